import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sqsError } from './errors.ts';

/** A message attribute; a Binary value stays in base64. */
export interface MessageAttribute {
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: string;
}

/** What a sender hands over. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly delaySeconds?: number;
}

/** The older of SQS's two limits for a message and for a batch: a queue may still be set to it. Bytes. */
export const maximumMessageBytes = 262_144;

const attributesSchema = z.record(
  z.string(),
  z.object({
    DataType: z.string(),
    StringValue: z.string().optional(),
    BinaryValue: z.string().optional(),
  }),
);

/** XML's characters (SendMessage, "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"). */
const allowedCharacters = /^[\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Reads the members of SendMessage, or of an entry of its batch; throws what SQS refuses. */
export function readMessage(input: Readonly<Record<string, unknown>>): OutgoingMessage {
  const { MessageBody: body, DelaySeconds: delaySeconds = 0 } = input;
  if (typeof body !== 'string' || body === '') throw sqsError.missing('MessageBody');
  if (!allowedCharacters.test(body)) throw sqsError.invalidContents();
  if (typeof delaySeconds !== 'number' || !(delaySeconds >= 0 && delaySeconds <= 900)) {
    throw sqsError.invalid(
      `Value ${String(delaySeconds)} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
  const message = { body, attributes: readAttributes(input['MessageAttributes'] ?? {}), delaySeconds };
  const bytes = messageBytes(message);
  if (bytes <= maximumMessageBytes) return message;
  throw sqsError.invalid(
    `One or more parameters are invalid. Reason: Message must be shorter than ${maximumMessageBytes} bytes.`,
  );
}

function readAttributes(input: unknown): OutgoingMessage['attributes'] {
  const { data } = attributesSchema.safeParse(input);
  if (!data) throw sqsError.invalid('The message attributes are not well formed.');
  const entries = Object.entries(data);
  if (entries.length > 10) {
    throw sqsError.invalid(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    );
  }
  return Object.fromEntries(
    entries.map(([name, { DataType, StringValue, BinaryValue }]) => {
      const isBinary = /^Binary(?:\..+)?$/.test(DataType);
      const value = isBinary ? BinaryValue : StringValue;
      if (!isBinary && !/^(?:String|Number)(?:\..+)?$/.test(DataType)) {
        throw sqsError.invalid(`The type of message (user) attribute '${name}' is invalid.`);
      }
      if (!/^(?!AWS\.|Amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i.test(name)) {
        throw sqsError.invalid(`The message (user) attribute name '${name}' is invalid.`);
      }
      if (value === undefined || value === '') {
        throw sqsError.invalid(`Message (user) attribute '${name}' must contain a non-empty value.`);
      }
      return [name, { dataType: DataType, ...(isBinary ? { binaryValue: value } : { stringValue: value }) }];
    }),
  );
}

/** As SQS counts them: the body, and name, type and value of every attribute. */
export function messageBytes({ body, attributes }: OutgoingMessage): number {
  const parts = Object.entries(attributes).flatMap(([name, attribute]) => [
    name,
    attribute.dataType,
    attribute.stringValue ?? '',
    Buffer.from(attribute.binaryValue ?? '', 'base64'),
  ]);
  return [body, ...parts].reduce((sum, part) => sum + Buffer.byteLength(part), 0);
}

/** MD5OfMessageBody, which the SDKs compare. */
export function bodyDigest(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/** MD5OfMessageAttributes (SQS Developer Guide, "Calculating the MD5 message digest for message attributes"). */
export function attributesDigest(attributes: OutgoingMessage['attributes']): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const update = (part: string | Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(part));
    hash.update(length).update(part);
  };
  for (const name of names) {
    const { dataType = '', stringValue, binaryValue = '' } = attributes[name] ?? {};
    update(name);
    update(dataType);
    hash.update(Buffer.of(stringValue === undefined ? 2 : 1));
    update(stringValue ?? Buffer.from(binaryValue, 'base64'));
  }
  return hash.digest('hex');
}
