/** Decodes prometheus.WriteRequest, the message of remote write 1.0. */

import type { MetadataEntry } from '@atalaya/journal';
import type { Labels } from '@atalaya/model';
import { METRIC_TYPES, MOST_METADATA, SampleColumns, type SeriesDecoder } from './decoded-series.ts';
import { ExemplarMessages } from './exemplar-messages.ts';
import { HistogramMessages } from './histogram-messages.ts';
import { type HashSeed, hashRange } from './keyed-hash.ts';
import { decodeText, ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import { messageTag } from '../protobuf/tags.ts';

const REQUEST_TIMESERIES = messageTag(1);
const REQUEST_METADATA = messageTag(3);
/** Of a series, and of an exemplar. */
const SERIES_LABEL = messageTag(1);
const SERIES_SAMPLE = messageTag(2);
const SERIES_EXEMPLAR = messageTag(3);
const SERIES_HISTOGRAM = messageTag(4);
const LABEL_NAME = messageTag(1);
const LABEL_VALUE = messageTag(2);
const METADATA_TYPE = 0x08;
const METADATA_FAMILY = messageTag(2);
const METADATA_HELP = messageTag(4);
const METADATA_UNIT = messageTag(5);

/** One body, walked once from front to back. */
export class WriteRequestV1 implements SeriesDecoder {
  readonly samples = new SampleColumns();
  readonly metadata: MetadataEntry[] = [];
  metadataDropped = 0;
  keyed = false;
  keyLow = 0;
  keyHigh = 0;
  readonly histograms: HistogramMessages;
  readonly exemplars: ExemplarMessages;
  readonly #cursor: ProtobufCursor;
  readonly #seed: HashSeed;
  readonly #key = new Int32Array(2);
  #seriesStart = 0;
  #seriesEnd = 0;

  constructor(body: Uint8Array, seed: HashSeed) {
    this.#cursor = new ProtobufCursor(body);
    this.histograms = new HistogramMessages(this.#cursor);
    this.exemplars = new ExemplarMessages(this.#cursor, (tag, end, into) => {
      if (tag !== SERIES_LABEL) return false;
      this.#label(this.#cursor.lengthDelimited(end), into);
      return true;
    });
    this.#seed = seed;
  }

  next(): boolean {
    const cursor = this.#cursor;
    const end = cursor.bytes.length;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === REQUEST_TIMESERIES) {
        const seriesEnd = cursor.lengthDelimited(end);
        this.#series(seriesEnd);
        return true;
      }
      if (tag === REQUEST_METADATA) this.#metadata(cursor.lengthDelimited(end));
      else cursor.skip(tag, end);
    }
    return false;
  }

  #series(end: number): void {
    const cursor = this.#cursor;
    const start = cursor.at;
    this.#seriesStart = start;
    this.#seriesEnd = end;
    this.samples.count = 0;
    this.histograms.clear();
    this.exemplars.clear();
    // All known senders put the labels first, in one run: hashed as it lies there, it finds the series.
    this.#passLabels(end);
    hashRange(cursor.view, start, cursor.at, this.#seed, this.#key, 0);
    this.keyLow = this.#key[0] as number;
    this.keyHigh = this.#key[1] as number;
    this.keyed = true;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === SERIES_SAMPLE) this.samples.read(cursor, end);
      else {
        if (tag === SERIES_LABEL) this.keyed = false;
        else if (tag === SERIES_HISTOGRAM) this.histograms.note(cursor.at);
        else if (tag === SERIES_EXEMPLAR) this.exemplars.note(cursor.at);
        cursor.skip(tag, end);
      }
    }
  }

  /** Moves the cursor behind the labels at the start of a series. */
  #passLabels(end: number): void {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    let at = cursor.at;
    while (at + 1 < end && bytes[at] === SERIES_LABEL) {
      const length = bytes[at + 1] as number;
      if (length < 0x80 && at + 2 + length <= end) at += 2 + length;
      else {
        cursor.at = at + 1;
        at = cursor.lengthDelimited(end);
      }
    }
    cursor.at = at;
  }

  labels(): Labels {
    const cursor = this.#cursor;
    const resumeAt = cursor.at;
    const labels: string[] = [];
    cursor.at = this.#seriesStart;
    while (cursor.at < this.#seriesEnd) {
      const tag = cursor.tag(this.#seriesEnd);
      if (tag === SERIES_LABEL) this.#label(cursor.lengthDelimited(this.#seriesEnd), labels);
      else cursor.skip(tag, this.#seriesEnd);
    }
    cursor.at = resumeAt;
    return labels;
  }

  #label(end: number, labels: string[]): void {
    const cursor = this.#cursor;
    let name = '';
    let value = '';
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === LABEL_NAME) name = this.#text(end);
      else if (tag === LABEL_VALUE) value = this.#text(end);
      else cursor.skip(tag, end);
    }
    labels.push(name, value);
  }

  #metadata(end: number): void {
    const cursor = this.#cursor;
    let type = 0;
    let family = '';
    let help = '';
    let unit = '';
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === METADATA_TYPE) type = cursor.int64(end);
      else if (tag === METADATA_FAMILY) family = this.#text(end);
      else if (tag === METADATA_HELP) help = this.#text(end);
      else if (tag === METADATA_UNIT) unit = this.#text(end);
      else cursor.skip(tag, end);
    }
    if (this.metadata.length === MOST_METADATA) this.metadataDropped++;
    else this.metadata.push([family, METRIC_TYPES[type] ?? 'unknown', help, unit]);
  }

  #text(end: number): string {
    const cursor = this.#cursor;
    const textEnd = cursor.lengthDelimited(end);
    const text = decodeText(cursor.bytes.subarray(cursor.at, textEnd));
    cursor.at = textEnd;
    return text;
  }
}
