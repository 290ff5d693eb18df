/**
 * Looks through a line's text for its level and its trace: `level=warn`, `"severity": "ERROR"`, `[WARN]`, `panic:`, `trace_id=…`,
 * a W3C `traceparent`. One pass over the bytes, without making strings of anything but short words.
 */

import { LEVEL_NAMES, LEVEL_WORDS, levelNumber, levelOfValue } from './level-words.ts';

/** Bytes that are looked at; who writes more per line names its level early. */
const LOOKED_AT = 16_384;
/** Levels in running text count only near its start. */
const NEAR_START = 1024;
const LONGEST_WORD = 16;

/** What a word is made of, by byte: letters in lower case, digits, an underscore for what joins names (`_`, `.`, `-`); 0 for all else. */
const folded = new Uint8Array(256);
const JOINER = 0x5f;
for (let byte = 0; byte < 128; byte++) {
  const char = String.fromCharCode(byte);
  if (/[A-Za-z0-9]/.test(char)) folded[byte] = char.toLowerCase().charCodeAt(0);
  else if (/[_.-]/.test(char)) folded[byte] = JOINER;
}

const TRACE_NAMES = new Set(['trace_id', 'traceid', 'oteltraceid']);
const SPAN_NAMES = new Set(['span_id', 'spanid', 'otelspanid']);

/** Nearly all words are none that is looked for: a bit for each hash of one that is spares making strings of the others. */
const wanted = new Uint8Array(4096);
const hashStep = (hash: number, byte: number): number => (Math.imul(hash, 31) + byte) | 0;
const wantedPlace = (hash: number, length: number): number => (hash ^ (hash >>> 12) ^ length) & 4095;
for (const word of [...LEVEL_WORDS.keys(), ...LEVEL_NAMES, ...TRACE_NAMES, ...SPAN_NAMES, 'log']) {
  let hash = 0;
  for (let i = 0; i < word.length; i++) hash = hashStep(hash, word.charCodeAt(i));
  wanted[wantedPlace(hash, word.length)] = 1;
}

/** Words that are no level in running text unless they are set off (`[info]`, `INFO`, `info:`). */
const ONLY_SET_OFF = new Set(['trace', 'debug', 'info'].map((level) => levelNumber(level as 'info')));
/** Words that mean something else too often, but stand for a level as the value of a field. */
const NOT_IN_TEXT = new Set(['fine', 'finer', 'finest', 'alert', 'verbose', 'notice', 'information', 'emergency', 'eror', 'inf']);
const KLOG: Readonly<Record<string, number>> = {
  I: levelNumber('info'),
  W: levelNumber('warn'),
  E: levelNumber('error'),
  F: levelNumber('fatal'),
};

/** Finds levels and trace ids; one is used for many lines. */
export class LineScanner {
  /** Place in LOG_LEVELS; 0 when none was found. */
  level = 0;
  /** 32 lower-case hexadecimal digits, or nothing. */
  traceId = '';
  /** 16 lower-case hexadecimal digits, or nothing. */
  spanId = '';
  #bytes: Uint8Array = new Uint8Array();
  #end = 0;

  /** Looks through `bytes[start, end)`; what was found is in the fields until the next call. */
  scan(bytes: Uint8Array, start: number, end: number): void {
    this.level = 0;
    this.traceId = '';
    this.spanId = '';
    this.#bytes = bytes;
    this.#end = Math.min(end, start + LOOKED_AT);
    let named = false;
    let weak = this.#klog(start);
    let strong = weak;
    let at = start;
    const limit = this.#end;
    while (at < limit) {
      let byte = folded[bytes[at] as number] as number;
      if (byte === 0 || byte === JOINER) {
        at++;
        continue;
      }
      // A word, up to its last letter or digit.
      const from = at;
      let to = at;
      let hash = 0;
      let hashTo = 0;
      do {
        hash = (Math.imul(hash, 31) + byte) | 0;
        at++;
        if (byte !== JOINER) {
          to = at;
          hashTo = hash;
        }
        byte = folded[bytes[at] as number] as number;
      } while (at < limit && byte !== 0);
      const length = to - from;
      if (length > LONGEST_WORD) {
        if (length === 55 && this.traceId === '') this.#traceparent(from);
        continue;
      }
      if (wanted[wantedPlace(hashTo, length)] === 0) continue;
      const word = this.#text(from, to).toLowerCase().replaceAll(/[.-]/g, '_');
      if (!named && LEVEL_NAMES.has(word)) {
        const level = levelOfValue(this.#value(at));
        if (level !== 0) {
          this.level = level;
          named = true;
        }
      } else if (this.traceId === '' && TRACE_NAMES.has(word)) {
        this.traceId = traceIdOf(this.#value(at));
      } else if (this.spanId === '' && SPAN_NAMES.has(word)) {
        this.spanId = spanIdOf(this.#value(at));
      } else if (!named && strong === 0 && from - start < NEAR_START) {
        const level = this.#inText(word, from, to, at);
        if (level > 0) strong = level;
        else if (level < 0 && weak === 0) weak = -level;
      }
    }
    if (!named) this.level = strong === 0 ? weak : strong;
  }

  /** The level of a word in running text: positive when it is set off, negative when it merely occurs, 0 when it is none. */
  #inText(word: string, from: number, to: number, at: number): number {
    const level = word === 'log' ? levelNumber('info') : LEVEL_WORDS.get(word);
    if (level === undefined) return 0;
    const bytes = this.#bytes;
    const first = bytes[from] as number;
    const upper = first < 0x60 && (bytes[to - 1] as number) < 0x60;
    const before = bytes[from - 1];
    const after = at === to ? bytes[at] : undefined;
    // What PostgreSQL calls LOG is always followed by a colon.
    if (word === 'log') return upper && after === 0x3a ? level : 0;
    const inBrackets = (before === 0x5b && after === 0x5d) || (before === 0x3c && after === 0x3e) || (before === 0x28 && after === 0x29);
    if (inBrackets || (upper && !(before === 0x2f || after === 0x2f))) return level;
    if (NOT_IN_TEXT.has(word)) return 0;
    if (after === 0x3a && before !== 0x2f) return level;
    return ONLY_SET_OFF.has(level) || before === 0x2f || after === 0x2f || after === 0x3d ? 0 : -level;
  }

  /** `E0102 15:04:05.000000 …`: how Kubernetes' components begin their lines. */
  #klog(start: number): number {
    const bytes = this.#bytes;
    if (this.#end - start < 6 || bytes[start + 5] !== 0x20) return 0;
    for (let i = 1; i < 5; i++) if ((bytes[start + i] as number) < 0x30 || (bytes[start + i] as number) > 0x39) return 0;
    return KLOG[String.fromCharCode(bytes[start] as number)] ?? 0;
  }

  /** The value behind a name that ends at a place: after `=`, `:`, `": "` and the like; empty where there is none. */
  #value(nameEnd: number): string {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = nameEnd;
    // The quote that may close the name, escaped or not.
    while (at < end && (bytes[at] === 0x22 || bytes[at] === 0x5c || bytes[at] === 0x27)) at++;
    while (at < end && bytes[at] === 0x20) at++;
    if (bytes[at] !== 0x3d && bytes[at] !== 0x3a) return '';
    at++;
    while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x22 || bytes[at] === 0x5c || bytes[at] === 0x27)) at++;
    const from = at;
    while (at < end && at - from <= 64 && folded[bytes[at] as number] !== 0) at++;
    return this.#text(from, at);
  }

  /** `00-<trace id>-<span id>-01`. */
  #traceparent(from: number): void {
    const text = this.#text(from, from + 55);
    const parts = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(text);
    if (parts === null) return;
    this.traceId = traceIdOf(parts[1] as string);
    if (this.traceId !== '' && this.spanId === '') this.spanId = spanIdOf(parts[2] as string);
  }

  #text(from: number, to: number): string {
    return String.fromCharCode.apply(null, this.#bytes.subarray(from, to) as unknown as number[]);
  }
}

/** A text as a trace id: 32 hexadecimal digits, of 16 the last ones; nothing when it is none. */
export function traceIdOf(text: string): string {
  if (!/^(?:[0-9a-fA-F]{16}){1,2}$/.test(text) || /^0+$/.test(text)) return '';
  return text.toLowerCase().padStart(32, '0');
}

/** A text as a span id: 16 hexadecimal digits; nothing when it is none. */
export function spanIdOf(text: string): string {
  return /^[0-9a-fA-F]{16}$/.test(text) && !/^0+$/.test(text) ? text.toLowerCase() : '';
}

/** What an attribute called so may hold. */
export function attributeKind(name: string): AttributeKind | undefined {
  if (name.length > LONGEST_WORD) return undefined;
  const known = kinds.get(name);
  if (known !== undefined) return known === 'other' ? undefined : known;
  const kind = kindOf(name);
  if (kinds.size >= MOST_KINDS) kinds.clear();
  kinds.set(name, kind ?? 'other');
  return kind;
}

type AttributeKind = 'level' | 'trace' | 'span';

/** Kinds of the names that came lately: there are few, and they come with each line. */
const kinds = new Map<string, AttributeKind | 'other'>();
const MOST_KINDS = 4096;

function kindOf(name: string): AttributeKind | undefined {
  const word = name.toLowerCase().replaceAll(/[.-]/g, '_');
  if (LEVEL_NAMES.has(word)) return 'level';
  if (TRACE_NAMES.has(word)) return 'trace';
  return SPAN_NAMES.has(word) ? 'span' : undefined;
}
