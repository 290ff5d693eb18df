/** Numbers of eight bytes in protobuf: fixed64, sfixed64 and double, one by one or in packed lists. */

import type { NumberList } from '../../native-histogram/number-list.ts';
import { FIXED64, LENGTH_DELIMITED, malformed, type ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';

const TWO_TO_32 = 2 ** 32;

/** Reads at a cursor. Whole numbers beyond 2^53 are rounded. @throws AtalayaError BAD_ENCODING */
export class EightBytes {
  readonly #cursor: ProtobufCursor;

  constructor(cursor: ProtobufCursor) {
    this.#cursor = cursor;
  }

  double(end: number): number {
    return this.#cursor.view.getFloat64(this.#cursor.fixed(8, end), true);
  }

  unsigned(end: number): number {
    const { view } = this.#cursor;
    const at = this.#cursor.fixed(8, end);
    return view.getUint32(at + 4, true) * TWO_TO_32 + view.getUint32(at, true);
  }

  signed(end: number): number {
    const { view } = this.#cursor;
    const at = this.#cursor.fixed(8, end);
    return view.getInt32(at + 4, true) * TWO_TO_32 + view.getUint32(at, true);
  }

  /** Adds the doubles of a repeated field, packed or one by one. */
  doubles(tag: number, end: number, into: NumberList): void {
    const to = this.#listEnd(tag, end);
    while (this.#cursor.at < to) into.add(this.double(to));
  }

  /** Adds the whole numbers without sign of a repeated field, packed or one by one. */
  unsigneds(tag: number, end: number, into: NumberList): void {
    const to = this.#listEnd(tag, end);
    while (this.#cursor.at < to) into.add(this.unsigned(to));
  }

  #listEnd(tag: number, end: number): number {
    if ((tag & 7) === FIXED64) return Math.min(end, this.#cursor.at + 8);
    if ((tag & 7) !== LENGTH_DELIMITED) malformed(`wire type ${tag & 7} for a list of numbers before byte ${this.#cursor.at}`);
    return this.#cursor.lengthDelimited(end);
  }
}
