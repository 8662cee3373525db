import type { QueryForm } from '../http/query-form.ts';
import { AwsError } from '../service.ts';

/** A message attribute; a Binary value stays in base64. */
export interface MessageAttribute {
  readonly dataType: string;
  readonly value: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const maximumBytes = 262_144;

/** Throws InvalidParameter for what the Publish page of the SNS API Reference does not allow. */
export function readMessage(form: QueryForm, attributes: MessageAttributes): string {
  const message = form.get('Message') ?? '';
  if (message === '') throw invalid('Empty message');
  if (form.get('MessageStructure') === 'json') checkJsonStructure(message);
  // "All parts of the message attribute … are included in the message size restriction" (SNS, "Message attributes").
  const parts = Object.entries(attributes).flatMap(([name, { dataType, value }]) => [name, dataType, value]);
  const bytes = [message, ...parts].reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  if (bytes <= maximumBytes) return message;
  throw invalid(`Message too long (${bytes} bytes of UTF-8 with attributes; allowed: ${maximumBytes})`);
}

/** Throws InvalidParameter unless ASCII, under 100 characters, without control characters or a leading blank. */
export function readSubject(form: QueryForm): string | undefined {
  const subject = form.get('Subject');
  if (subject === undefined || /^[!-~][ -~]{0,98}$/.test(subject)) return subject;
  const allowed = '1 to 99 ASCII characters without line breaks, not starting with a blank';
  throw invalid(`Subject (${subject.length} characters; allowed: ${allowed})`);
}

/** Throws InvalidParameterValue for an unknown data type and for an empty value. */
export function readAttributes(form: QueryForm): MessageAttributes {
  const entries = form.structures('MessageAttributes.entry').map((entry) => {
    const name = entry.get('Name') ?? '';
    const dataType = entry.get('Value.DataType') ?? '';
    const value = entry.get(dataType.startsWith('Binary') ? 'Value.BinaryValue' : 'Value.StringValue') ?? '';
    checkAttribute(name, { dataType, value });
    return [name, { dataType, value }] as const;
  });
  return Object.fromEntries(entries);
}

function checkAttribute(name: string, { dataType, value }: MessageAttribute): void {
  const where = `The message attribute '${name}'`;
  if (!/^(?!AWS\.|Amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i.test(name)) {
    throw invalidValue(`${where} has a name that is not allowed.`);
  }
  if (!/^(?:String\.Array|(?:String|Number|Binary)(?:\..+)?)$/.test(dataType)) {
    const allowed = 'String, String.Array, Number, Binary';
    throw invalidValue(`${where} has an invalid message attribute type '${dataType}', allowed: ${allowed}.`);
  }
  if (value === '') throw invalidValue(`${where} must contain non-empty message attribute value.`);
  if (/^Number/.test(dataType) && !Number.isFinite(Number(value))) {
    throw invalidValue(`${where} has the Number value '${value}', which is not a number.`);
  }
  if (dataType === 'String.Array' && !Array.isArray(parseJson(value))) {
    throw invalidValue(`${where} has a String.Array value that is not a JSON array.`);
  }
}

function checkJsonStructure(message: string): void {
  const parsed = parseJson(message);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  if (!('default' in parsed) || typeof parsed.default !== 'string') {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
}

/** Undefined when the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
}

function invalidValue(message: string): AwsError {
  return new AwsError('ParameterValueInvalid', message);
}
