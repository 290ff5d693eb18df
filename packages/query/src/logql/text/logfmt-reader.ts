/** Reads `key=value key="quoted value" key` from a text, one pair at a time. */

import { utf8Length } from './utf8.ts';

const SPACE = 0x20;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** One object reads many texts. */
export class LogfmtReader {
  #text = '';
  #at = 0;
  key = '';
  /** Where the value lies, without its quotes. */
  #valueStart = 0;
  #valueEnd = 0;
  #unquoted: string | undefined;
  /** What was wrong last, `''` when nothing was. */
  error = '';

  begin(text: string): void {
    this.#text = text;
    this.#at = 0;
    this.error = '';
  }

  get isEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The value of the pair; `''` for a key without one. */
  value(): string {
    return this.#unquoted ?? this.#text.slice(this.#valueStart, this.#valueEnd);
  }

  /**
   * Goes to the next pair; `false` when there is none, or when it is broken: then the reader stands behind it. Where the key is the likely
   * one, `key` is that very text.
   */
  next(likely = ''): boolean {
    const text = this.#text;
    this.#unquoted = undefined;
    this.#valueStart = 0;
    this.#valueEnd = 0;
    let at = this.#at;
    while (at < text.length && text.charCodeAt(at) <= SPACE) at++;
    const start = at;
    this.#at = at;
    if (at === text.length) return false;
    if (likely !== '' && text.startsWith(likely, at) && text.charCodeAt(at + likely.length) === EQUALS) {
      this.key = likely;
      return this.#valueAt(at + likely.length + 1);
    }
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === EQUALS || unit <= SPACE) break;
      if (unit === QUOTE) return this.#unexpected(at);
    }
    this.#at = at;
    const isPair = text.charCodeAt(at) === EQUALS;
    if (at === start) return this.#unexpected(at);
    this.key = text.slice(start, at);
    if (this.key.includes('\uFFFD')) return isPair ? this.#broken('invalid key', at) : this.#fail('invalid key', at);
    return isPair ? this.#valueAt(at + 1) : true;
  }

  #valueAt(at: number): boolean {
    const text = this.#text;
    this.#at = at;
    if (at === text.length) return true;
    const first = text.charCodeAt(at);
    if (first <= SPACE) return true;
    return first === QUOTE ? this.#quoted(at) : this.#bare(at);
  }

  #bare(start: number): boolean {
    const text = this.#text;
    let at = start;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit <= SPACE) break;
      if (unit === EQUALS || unit === QUOTE) return this.#unexpected(at);
    }
    this.#valueStart = start;
    this.#valueEnd = at;
    this.#at = at;
    return true;
  }

  #quoted(start: number): boolean {
    const text = this.#text;
    let hasEscapes = false;
    for (let at = start + 1; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === BACKSLASH) {
        hasEscapes = true;
        at++;
      } else if (unit === QUOTE) {
        this.#at = at + 1;
        if (!hasEscapes) {
          this.#valueStart = start + 1;
          this.#valueEnd = at;
          return true;
        }
        this.#unquoted = unescapeLogfmt(text.slice(start + 1, at));
        return this.#unquoted === undefined ? this.#fail('invalid quoted value', this.#at) : true;
      }
    }
    this.#at = text.length;
    return this.#fail('unterminated quoted value', this.#at);
  }

  #unexpected(at: number): false {
    return this.#broken(`unexpected '${this.#text[at]}'`, at);
  }

  /** Fails, and goes to the next space. */
  #broken(reason: string, at: number): false {
    let end = at;
    while (end < this.#text.length && this.#text.charCodeAt(end) > SPACE) end++;
    this.#at = end;
    return this.#fail(reason, at);
  }

  #fail(reason: string, at: number): false {
    this.error = `logfmt syntax error at pos ${utf8Length(this.#text, at) + 1} : ${reason}`;
    return false;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', "'": "'", b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** A quoted text without its escapes, which are those of JSON and `\'`; `undefined` when one is none. Halves of pairs become U+FFFD. */
function unescapeLogfmt(text: string): string | undefined {
  let isValid = true;
  const result = text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([^]?))/g, (_whole, code: string | undefined, letter: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    const meant = ESCAPES[letter];
    if (meant === undefined) isValid = false;
    return meant ?? '';
  });
  return isValid ? result.toWellFormed() : undefined;
}
