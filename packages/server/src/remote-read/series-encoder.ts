/** What every form of writing series down has in common. */

import type { SelectedSeries } from '@atalaya/store';

/** Bytes of an answer. */
export interface EncodedPiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the bytes hold decompressed, where they are compressed. */
  readonly contentBytes: number;
}

/** Writes series down one after the other, sorted by labels. */
export interface SeriesEncoder {
  /** Takes in one of the series of a set; it has samples. */
  add(set: SelectedSeries, series: number): void;
  /** What was written since the last call; empty when nothing was. `last` after all series. */
  take(last: boolean): EncodedPiece;
}

/** The words of a set's values: low and high, alternating. */
export function valueWords({ values }: SelectedSeries): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
