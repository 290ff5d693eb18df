/** What both versions of the protocol decode to, series by series. */

import type { MetadataEntry } from '@atalaya/journal';
import type { Labels, MetricType } from '@atalaya/model';
import type { ExemplarMessages } from './exemplar-messages.ts';
import type { HistogramMessages } from './histogram-messages.ts';
import { malformed, type ProtobufCursor } from '../protobuf/protobuf-cursor.ts';

/** Walks one request's series. Nothing is allocated per series; what a property holds is valid until the next `next()`. */
export interface SeriesDecoder {
  /** Goes to the next series; false after the last. @throws AtalayaError BAD_ENCODING */
  next(): boolean;
  /** Whether `keyLow` and `keyHigh` stand for this series' labels as they arrived. */
  readonly keyed: boolean;
  readonly keyLow: number;
  readonly keyHigh: number;
  readonly samples: SampleColumns;
  readonly histograms: HistogramMessages;
  readonly exemplars: ExemplarMessages;
  /** The labels as sent: unsorted, unchecked; for series whose key is not known. */
  labels(): Labels;
  /** Metadata of the request as far as it has been walked. */
  readonly metadata: MetadataEntry[];
  /** Metadata that was passed over because there was too much of it. */
  readonly metadataDropped: number;
}

/** Descriptions that one request may hold; senders send some thousands. */
export const MOST_METADATA = 65_536;
/** Series or symbols that one 2.0 request may hold: more do not fit into 32 MiB but as a flood of empty ones. */
const MOST_RANGES = 1 << 20;

/** Numbers of MetricType in both versions of the protocol. */
export const METRIC_TYPES: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** Field tags that Sample has in both versions. */
const SAMPLE_VALUE = 0x09;
const SAMPLE_TIMESTAMP = 0x10;

/** The samples of the series at hand as columns. */
export class SampleColumns {
  count = 0;
  timestamps = new Float64Array(16);
  /** Bits of the values, low word first. */
  valueWords = new Int32Array(32);

  /** Reads the Sample message that begins at the cursor with its length. */
  read(cursor: ProtobufCursor, end: number): void {
    const sampleEnd = cursor.lengthDelimited(end);
    if (this.count === this.timestamps.length) this.#grow();
    let timestamp = 0;
    let low = 0;
    let high = 0;
    while (cursor.at < sampleEnd) {
      const tag = cursor.tag(sampleEnd);
      if (tag === SAMPLE_VALUE) {
        if (cursor.at + 8 > sampleEnd) malformed(`a sample's value is cut off at byte ${sampleEnd}`);
        low = cursor.view.getInt32(cursor.at, true);
        high = cursor.view.getInt32(cursor.at + 4, true);
        cursor.at += 8;
      } else if (tag === SAMPLE_TIMESTAMP) timestamp = cursor.int64(sampleEnd);
      else cursor.skip(tag, sampleEnd);
    }
    this.timestamps[this.count] = timestamp;
    this.valueWords[this.count * 2] = low;
    this.valueWords[this.count * 2 + 1] = high;
    this.count++;
  }

  #grow(): void {
    const timestamps = new Float64Array(this.count * 2);
    timestamps.set(this.timestamps);
    const valueWords = new Int32Array(this.count * 4);
    valueWords.set(this.valueWords);
    this.timestamps = timestamps;
    this.valueWords = valueWords;
  }
}

/** Growable pairs of places in the body: where messages begin and end. */
export class Ranges {
  count = 0;
  #bounds = new Int32Array(128);

  /** @throws AtalayaError BAD_ENCODING beyond a million. */
  push(from: number, to: number): void {
    if (this.count === MOST_RANGES) malformed(`more than ${MOST_RANGES} series or symbols`);
    if (this.count * 2 === this.#bounds.length) {
      const larger = new Int32Array(this.#bounds.length * 2);
      larger.set(this.#bounds);
      this.#bounds = larger;
    }
    this.#bounds[this.count * 2] = from;
    this.#bounds[this.count * 2 + 1] = to;
    this.count++;
  }

  from(index: number): number {
    return this.#bounds[index * 2] as number;
  }

  to(index: number): number {
    return this.#bounds[index * 2 + 1] as number;
  }
}
