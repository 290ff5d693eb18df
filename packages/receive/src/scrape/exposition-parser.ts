/**
 * Walks over a scraped body line by line: the Prometheus text format 0.0.4 and OpenMetrics 1.0. It finds where the series
 * text of a sample lies, its value and its timestamp; what the series text means is read only for series not seen before
 * (series-text.ts), so a known line costs no string.
 */

import { type Hash64, hashBytes } from '@atalaya/model';
import type { ArrivedHistogram } from '../native-histogram/admit.ts';
import { type Exposition, FOUND, type ScrapedExemplar } from './exposition.ts';
import { type ExpositionError, expositionError } from './exposition-error.ts';
import { isNotANumberText, readFloat } from './read-float.ts';
import { type MetadataLine, parseExemplarLabels, parseMetadataText, parseSeriesText } from './series-text.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** One pass over one body. Reused from body to body by {@link reset}. */
export class ExpositionParser implements Exposition {
  /** The body. */
  bytes: Buffer = Buffer.alloc(0);
  /** Where the line of what was found begins. */
  lineStart = 0;
  /** Of a sample: its series text (`name{…}` as written). Of metadata: the whole line without its end. */
  textStart = 0;
  textEnd = 0;
  /** Of a sample. */
  value = NaN;
  /** Of a sample: milliseconds since the epoch; NaN where the line has none. */
  timestamp = NaN;
  /** Of a sample: 1 when it has an exemplar. */
  exemplarCount = 0;
  #openMetrics = false;
  /** Where the exemplar's labels, value and timestamp (0: none) begin. */
  #exemplarLabels = 0;
  #exemplarValue = 0;
  #exemplarTime = 0;
  #at = 0;
  #ended = false;

  /** Begins a body. */
  reset(bytes: Buffer, openMetrics: boolean): void {
    this.bytes = bytes;
    this.#openMetrics = openMetrics;
    this.#at = 0;
    this.#ended = false;
  }

  /** Moves to the next sample or metadata line. @throws ExpositionError */
  next(): number {
    const { bytes } = this;
    const end = bytes.length;
    for (;;) {
      let at = this.#at;
      if (at >= end) return this.#finish();
      this.lineStart = at;
      let byte = bytes[at] as number;
      while (byte === SPACE || byte === TAB) byte = bytes[++at] as number;
      if (byte === HASH) {
        if (this.#comment(at)) return FOUND.metadata;
      } else if (byte === LINE_FEED || at >= end) {
        if (this.#openMetrics) throw this.error('an empty line is not allowed in OpenMetrics');
        this.#at = at + 1;
      } else {
        this.#sample(at);
        return FOUND.sample;
      }
    }
  }

  key(into: Hash64): void {
    hashBytes(this.bytes, this.textStart, this.textEnd, 0, into);
  }

  labels(): Map<string, string> {
    return parseSeriesText(this.bytes.subarray(this.textStart, this.textEnd));
  }

  metadata(): MetadataLine[] {
    return [parseMetadataText(this.bytes.subarray(this.textStart, this.textEnd))];
  }

  /** The text formats have no native histograms. */
  histogram(): ArrivedHistogram {
    throw new RangeError('a line of text is no native histogram');
  }

  /** The error for the line that was found last. */
  error(reason: string): ExpositionError {
    return expositionError(this.bytes, this.lineStart, reason);
  }

  #sample(start: number): void {
    const { bytes } = this;
    const end = bytes.length;
    let at = start;
    let byte = bytes[at] as number;
    // Every byte up to the space counts as SPACE itself: control characters end a name and are refused by what follows.
    while (at < end && byte > SPACE && byte !== OPEN) byte = bytes[++at] as number;
    let seriesEnd = at;
    while (byte === SPACE || byte === TAB) byte = bytes[++at] as number;
    if (byte === OPEN) {
      at = this.#braces(at);
      seriesEnd = at;
      byte = bytes[at] as number;
      while (byte === SPACE || byte === TAB) byte = bytes[++at] as number;
    }
    this.textStart = start;
    this.textEnd = seriesEnd;

    const valueStart = at;
    while (at < end && byte > SPACE) byte = bytes[++at] as number;
    if (at === valueStart) throw this.error('no value');
    const value = readFloat(bytes, valueStart, at);
    // oxlint-disable-next-line no-self-compare -- the cheapest test for NaN, on every line
    if (value !== value && !isNotANumberText(bytes, valueStart, at)) throw this.error('the value is not a number');
    this.value = value;
    this.timestamp = NaN;
    this.exemplarCount = 0;
    while (byte === SPACE || byte === TAB) byte = bytes[++at] as number;
    if (at < end && byte !== LINE_FEED) at = this.#afterValue(at);
    this.#at = at + 1;
  }

  /** Passes over `{…}`, heeding quotes. Gives the place after the closing brace. */
  #braces(open: number): number {
    const { bytes } = this;
    const end = bytes.length;
    let at = open + 1;
    for (; at < end; at++) {
      let byte = bytes[at] as number;
      if (byte === CLOSE) return at + 1;
      if (byte === LINE_FEED) break;
      if (byte !== QUOTE) continue;
      byte = bytes[++at] as number;
      while (at < end && byte !== QUOTE && byte !== LINE_FEED) {
        if (byte === BACKSLASH) at++;
        byte = bytes[++at] as number;
      }
      if (byte !== QUOTE) throw this.error('a quote is not closed');
    }
    throw this.error('a brace is not closed');
  }

  /** Timestamp and exemplar. Gives the place of the line's end. */
  #afterValue(start: number): number {
    const { bytes } = this;
    let at = start;
    if (bytes[at] !== HASH) {
      at = this.#wordEnd(at);
      const written = readFloat(bytes, start, at);
      const timestamp = this.#openMetrics ? Math.round(written * 1000) : written;
      if (!Number.isSafeInteger(timestamp)) {
        throw this.error(`the timestamp is not a ${this.#openMetrics ? 'number of seconds' : 'whole number of milliseconds'}`);
      }
      this.timestamp = timestamp;
      at = this.#skipBlanks(at);
    }
    if (this.#openMetrics && bytes[at] === HASH) at = this.#exemplar(at);
    if (at < bytes.length && bytes[at] !== LINE_FEED) throw this.error('unexpected text after the sample');
    return at;
  }

  exemplars(): ScrapedExemplar[] {
    if (this.exemplarCount === 0) return [];
    const { bytes } = this;
    const labels = parseExemplarLabels(bytes.subarray(this.#exemplarLabels, this.#braces(this.#exemplarLabels)));
    const value = readFloat(bytes, this.#exemplarValue, this.#wordEnd(this.#exemplarValue));
    const time = this.#exemplarTime;
    const timestamp = time === 0 ? NaN : Math.round(readFloat(bytes, time, this.#wordEnd(time)) * 1000);
    return [{ labels, value, timestamp }];
  }

  /** `# {labels} value [timestamp]`: checked, and read when somebody asks. */
  #exemplar(hash: number): number {
    const { bytes } = this;
    let at = this.#skipBlanks(hash + 1);
    if (bytes[at] !== OPEN) throw this.error('an exemplar begins with {');
    this.#exemplarLabels = at;
    at = this.#skipBlanks(this.#braces(at));
    this.#exemplarValue = at;
    this.#exemplarTime = 0;
    for (let word = 0; word < 2; word++) {
      if (word === 1) {
        if (at >= bytes.length || bytes[at] === LINE_FEED) break;
        this.#exemplarTime = at;
      }
      const end = this.#wordEnd(at);
      if (Number.isNaN(readFloat(bytes, at, end)) && !isNotANumberText(bytes, at, end)) throw this.error('an exemplar needs a value');
      at = this.#skipBlanks(end);
    }
    this.exemplarCount = 1;
    return at;
  }

  /** A line that begins with `#`: whether it is metadata. Others are passed over. */
  #comment(hash: number): boolean {
    const { bytes } = this;
    const found = bytes.indexOf(LINE_FEED, hash);
    const lineEnd = found === -1 ? bytes.length : found;
    this.#at = lineEnd + 1;
    const at = this.#skipBlanks(hash + 1);
    const wordEnd = this.#wordEnd(at);
    if (at === hash + 1 || (wordEnd - at !== 4 && wordEnd - at !== 3)) return false;
    const word = bytes.toString('latin1', at, wordEnd);
    if (word === 'EOF' && this.#openMetrics) {
      if (this.#at < bytes.length) throw this.error('text follows after # EOF');
      this.#ended = true;
    }
    if (wordEnd === lineEnd) return false;
    if (word !== 'HELP' && word !== 'TYPE' && !(word === 'UNIT' && this.#openMetrics)) return false;
    this.textStart = hash;
    this.textEnd = lineEnd;
    return true;
  }

  #finish(): number {
    if (!this.#openMetrics || this.#ended) return FOUND.end;
    this.lineStart = Math.max(0, this.bytes.lastIndexOf(LINE_FEED, this.bytes.length - 2) + 1);
    throw this.error('the text does not end with # EOF');
  }

  #skipBlanks(start: number): number {
    let at = start;
    while (this.bytes[at] === SPACE || this.bytes[at] === TAB) at++;
    return at;
  }

  #wordEnd(start: number): number {
    let at = start;
    while (at < this.bytes.length && (this.bytes[at] as number) > SPACE) at++;
    return at;
  }
}
