const bytesKept = 120;

/** A text on one line, with nothing in it that cannot be seen. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ').trim();
}

/**
 * The beginning of a text from outside, on one line and without control characters, at most 120 bytes of UTF-8:
 * such texts travel in payloads that have a limit, and are read by people in mails and logs.
 */
export function excerpt(text: string): string {
  const line = oneLine(text);
  let kept = '';
  let bytes = 0;
  for (const character of line) {
    bytes += utf8Bytes(character);
    if (bytes > bytesKept) return kept;
    kept += character;
  }
  return kept;
}

function utf8Bytes(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
