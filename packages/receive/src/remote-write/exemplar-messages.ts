/** The exemplars of one series in a remote-write request. The versions of the protocol differ in how labels are written. */

import type { Exemplar } from '../metric-writer.ts';
import { readDouble } from '../native-histogram/histogram-message.ts';
import { malformed, type ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import { MessagePlaces } from './message-places.ts';

const VALUE = 0x11;
const TIMESTAMP = 0x18;

/** Reads a field that holds labels, and adds them; false when the field is another one, and then it leaves the cursor alone. */
export type LabelFieldReader = (tag: number, end: number, into: string[]) => boolean;

export class ExemplarMessages {
  readonly #places: MessagePlaces;
  readonly #readLabels: LabelFieldReader;

  constructor(cursor: ProtobufCursor, readLabels: LabelFieldReader) {
    this.#places = new MessagePlaces(cursor, 'exemplars');
    this.#readLabels = readLabels;
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

  /** Exemplar `index` of the series at hand. @throws AtalayaError BAD_ENCODING */
  read(index: number): Exemplar {
    const { cursor } = this.#places;
    const labels: string[] = [];
    let value = 0;
    let timestamp = 0;
    this.#places.eachField(index, (tag, end) => {
      if (this.#readLabels(tag, end, labels)) return;
      if (tag === VALUE) value = readDouble(cursor, tag, end);
      else if (tag === TIMESTAMP) timestamp = cursor.int64(end);
      else cursor.skip(tag, end);
    });
    if (labels.length % 2 !== 0) malformed(`an exemplar has ${labels.length} label references; names and values alternate`);
    return { labels, value, timestamp };
  }
}
