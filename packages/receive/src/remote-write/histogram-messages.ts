/** The native histograms of one series in a remote-write request. Both versions of the protocol have the same message for them. */

import type { CounterResetHint } from '@atalaya/model';
import type { ArrivedHistogram } from '../native-histogram/admit.ts';
import { type HistogramFields, HistogramMessage, readDoubles } from '../native-histogram/histogram-message.ts';
import { NumberList } from '../native-histogram/number-list.ts';
import type { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import { MessagePlaces } from './message-places.ts';

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
const RESET_HINT = 0x70;
const TIMESTAMP = 0x78;
const CUSTOM_VALUES = 16;
const RESETS: readonly CounterResetHint[] = ['unknown', 'reset', 'no-reset', 'gauge'];

export class HistogramMessages {
  readonly #places: MessagePlaces;
  readonly #message = new HistogramMessage(FIELDS);
  readonly #bounds = new NumberList();

  constructor(cursor: ProtobufCursor) {
    this.#places = new MessagePlaces(cursor, 'native histograms');
  }

  get count(): number {
    return this.#places.count;
  }

  clear(): void {
    this.#places.clear();
  }

  note(start: number): void {
    this.#places.note(start);
  }

  /** Histogram `index` of the series at hand. @throws AtalayaError BAD_ENCODING */
  read(index: number): { readonly timestamp: number; readonly histogram: ArrivedHistogram } {
    const { cursor } = this.#places;
    const message = this.#message;
    const bounds = this.#bounds;
    let timestamp = 0;
    let hint = 0;
    message.reset();
    bounds.count = 0;
    this.#places.eachField(index, (tag, end) => {
      if (message.read(cursor, tag, end)) return;
      if (tag === TIMESTAMP) timestamp = cursor.int64(end);
      else if (tag === RESET_HINT) hint = cursor.int64(end);
      else if (tag >>> 3 === CUSTOM_VALUES) readDoubles(cursor, tag, end, bounds);
      else cursor.skip(tag, end);
    });
    const histogram = message.histogram(message.namesFloatCount, RESETS[hint] ?? 'unknown', bounds);
    return { timestamp, histogram: { histogram, exact: !message.namesFloatCount, largest: message.largest(bounds) } };
  }
}
