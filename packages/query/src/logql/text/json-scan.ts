/** Looks through JSON without building anything of it, as leniently, and with the same complaints, as the library that Loki uses. */

/** What may be wrong with JSON, in that library's words. */
export const JSON_FAULTS = {
  json: 'Malformed JSON error',
  string: `Value is string, but can't find closing '"' symbol`,
  array: "Value is array, but can't find closing ']' symbol",
  object: "Value looks like object, but can't find closing '}' symbol",
  type: 'Unknown value type',
  escape: 'Encountered an invalid escape sequence in a string',
} as const;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const BACKSLASH = 0x5c;

const isSpace = (unit: number): boolean => unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;

/** The place of the next character that is no space; the text's length when there is none. */
export function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && isSpace(text.charCodeAt(next))) next++;
  return next;
}

/** The place of the quote that ends a string whose content begins at `at`; -1 when there is none. */
export function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (before > at && text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end;
  }
  return -1;
}

/** The place behind the list or object that begins at `at`; -1 when it does not end. What is inside is not looked at, but for strings. */
export function blockEnd(text: string, at: number): number {
  const open = text.charCodeAt(at);
  const close = open === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT;
  let level = 0;
  for (let next = at; next < text.length; next++) {
    const unit = text.charCodeAt(next);
    if (unit === QUOTE) {
      next = stringEnd(text, next + 1);
      if (next < 0) return -1;
    } else if (unit === open) level++;
    else if (unit === close && --level === 0) return next + 1;
  }
  return -1;
}

/** The place behind a number, `true`, `false`, `null`, or whatever stands in such a place. */
function tokenEnd(text: string, at: number): number {
  let end = at;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit === COMMA || unit === CLOSE_OBJECT || unit === CLOSE_LIST || isSpace(unit)) break;
  }
  return end;
}

/** A value in a text. One object serves many values. */
export class JsonValue {
  kind: 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object' = 'null';
  /** The value, without the quotes of a string: `[start, end)`. */
  start = 0;
  end = 0;
  /** Where the text goes on behind it. */
  next = 0;

  /** Finds the value that begins at `at`. Gives what is wrong, `''` when nothing is. */
  read(text: string, at: number): string {
    this.start = at;
    switch (text.charCodeAt(at)) {
      case QUOTE:
        this.kind = 'string';
        this.start = at + 1;
        this.end = stringEnd(text, at + 1);
        this.next = this.end + 1;
        return this.end < 0 ? JSON_FAULTS.string : '';
      case OPEN_LIST:
        this.kind = 'array';
        this.end = this.next = blockEnd(text, at);
        return this.end < 0 ? JSON_FAULTS.array : '';
      case OPEN_OBJECT:
        this.kind = 'object';
        this.end = this.next = blockEnd(text, at);
        return this.end < 0 ? JSON_FAULTS.object : '';
      default:
        this.end = this.next = tokenEnd(text, at);
        return this.#token(text);
    }
  }

  #token(text: string): string {
    const unit = text.charCodeAt(this.start);
    if ((unit >= 0x30 && unit <= 0x39) || unit === 0x2d) this.kind = 'number';
    else {
      const token = text.slice(this.start, this.end);
      if (token === 'true' || token === 'false') this.kind = 'boolean';
      else if (token === 'null') this.kind = 'null';
      else return JSON_FAULTS.type;
    }
    return '';
  }

  /** The content of a string without its escapes, any other value as it is written; `undefined` when an escape is none. */
  content(text: string): string | undefined {
    const raw = text.slice(this.start, this.end);
    return this.kind === 'object' ? raw : unescapeJson(raw);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The content of a string without its escapes; `undefined` when one is none. Halves of pairs become U+FFFD. */
export function unescapeJson(raw: string): string | undefined {
  if (!raw.includes('\\')) return raw;
  let isValid = true;
  const text = raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([^]?))/g, (_whole, code: string | undefined, letter: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    const meant = ESCAPES[letter];
    if (meant === undefined) isValid = false;
    return meant ?? '';
  });
  return isValid ? text.toWellFormed() : undefined;
}
