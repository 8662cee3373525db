/** A value of an XML reply: an array repeats its element, an undefined member is left out. */
export type XmlValue = string | number | boolean | undefined | XmlMembers | readonly XmlValue[];

export interface XmlMembers {
  readonly [name: string]: XmlValue;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

/** A document with one root element in AWS's namespace for the service, or in none. */
export function xmlDocument(root: string, members: XmlMembers, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `${declaration}<${root}${attribute}>${content(members)}</${root}>`;
}

function content(members: XmlMembers): string {
  return Object.entries(members)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((item) => element(name, item)).join('');
  const inner = typeof value === 'object' ? content(value) : escapeText(String(value));
  return `<${name}>${inner}</${name}>`;
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function escapeText(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => entities[character] ?? character);
}
