/** The native histograms of one series in a remote-write request. Both versions of the protocol have the same message for them. */

import type { CounterResetHint } from '@atalaya/model';
import type { ArrivedHistogram } from '../native-histogram/admit.ts';
import { type HistogramFields, HistogramMessage, readDoubles } from '../native-histogram/histogram-message.ts';
import { NumberList } from '../native-histogram/number-list.ts';
import { malformed, type ProtobufCursor } from '../protobuf/protobuf-cursor.ts';

const FIELDS: HistogramFields = {
  countInt: 1,
  countFloat: 2,
  sum: 3,
  schema: 4,
  zeroThreshold: 5,
  zeroCountInt: 6,
  zeroCountFloat: 7,
  negativeSpans: 8,
  negativeDeltas: 9,
  negativeCounts: 10,
  positiveSpans: 11,
  positiveDeltas: 12,
  positiveCounts: 13,
};
/** In one series of one request, which is walked without a pause. */
const MOST_HISTOGRAMS = 16_384;
const RESET_HINT = 0x70;
const TIMESTAMP = 0x78;
const CUSTOM_VALUES = 16;
const RESETS: readonly CounterResetHint[] = ['unknown', 'reset', 'no-reset', 'gauge'];

/** Notes where the messages lie while a series is walked, and reads them when they are wanted. */
export class HistogramMessages {
  readonly #cursor: ProtobufCursor;
  readonly #message = new HistogramMessage(FIELDS);
  readonly #bounds = new NumberList();
  #starts: number[] = [];

  constructor(cursor: ProtobufCursor) {
    this.#cursor = cursor;
  }

  get count(): number {
    return this.#starts.length;
  }

  clear(): void {
    if (this.#starts.length > 0) this.#starts = [];
  }

  /** A message's length is at `start`; that it lies within its series is seen when it is passed over. */
  note(start: number): void {
    if (this.#starts.length === MOST_HISTOGRAMS) malformed(`more than ${MOST_HISTOGRAMS} native histograms in one series`);
    this.#starts.push(start);
  }

  /** Histogram `index` of the series at hand. @throws AtalayaError BAD_ENCODING */
  read(index: number): { readonly timestamp: number; readonly histogram: ArrivedHistogram } {
    const cursor = this.#cursor;
    const message = this.#message;
    const bounds = this.#bounds;
    const resumeAt = cursor.at;
    cursor.at = this.#starts[index] as number;
    const end = cursor.lengthDelimited(cursor.bytes.length);
    let timestamp = 0;
    let hint = 0;
    message.reset();
    bounds.count = 0;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (message.read(cursor, tag, end)) continue;
      if (tag === TIMESTAMP) timestamp = cursor.int64(end);
      else if (tag === RESET_HINT) hint = cursor.int64(end);
      else if (tag >>> 3 === CUSTOM_VALUES) readDoubles(cursor, tag, end, bounds);
      else cursor.skip(tag, end);
    }
    cursor.at = resumeAt;
    const histogram = message.histogram(message.namesFloatCount, RESETS[hint] ?? 'unknown', bounds);
    return { timestamp, histogram: { histogram, exact: !message.namesFloatCount, largest: message.largest(bounds) } };
  }
}
