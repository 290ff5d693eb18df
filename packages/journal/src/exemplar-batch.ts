/** The exemplars of a metric batch as columns, and the bytes they travel as. */

import { ColumnReader, joinColumns } from './column-bytes.ts';

/** Exemplars: measurements with labels of their own, above all the trace they were made in. */
export interface ExemplarBatch {
  readonly count: number;
  /** Two words (low, high) per exemplar: the series. */
  readonly fingerprints: Uint32Array;
  /** Milliseconds since the epoch. */
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  /** `ends[i]` is where the canonical label set of exemplar `i` ends in `labels`; it starts at `ends[i - 1]`, or 0. */
  readonly ends: Uint32Array;
  readonly labels: Uint8Array;
}

const VERSION = 1;
const WHAT = "metric batch's list of exemplars";

/** Bytes within a metric batch. */
export function encodeExemplars({ count, fingerprints, timestamps, values, ends, labels }: ExemplarBatch): Uint8Array<ArrayBuffer> {
  return joinColumns(VERSION, count, [
    fingerprints.subarray(0, count * 2),
    timestamps.subarray(0, count),
    values.subarray(0, count),
    ends.subarray(0, count),
    labels.subarray(0, count === 0 ? 0 : ends[count - 1]),
  ]);
}

/** Reads them; views into `bytes`, as of the whole batch. @throws RangeError */
export function decodeExemplars(bytes: Uint8Array): ExemplarBatch {
  const columns = new ColumnReader(WHAT, bytes);
  const { version, rows: count } = columns;
  if (version !== VERSION) throw new RangeError(`${WHAT} of version ${version}; this program reads version ${VERSION}`);
  const exemplars = {
    count,
    fingerprints: columns.words(count * 2),
    timestamps: columns.floats(count),
    values: columns.floats(count),
    ends: columns.words(count),
    labels: columns.octets(),
  };
  columns.end();
  let last = 0;
  for (const end of exemplars.ends) {
    if (end < last) throw new RangeError(`the label sets of a ${WHAT} end at ${last}, then at ${end}`);
    last = end;
  }
  if (last !== exemplars.labels.length) {
    throw new RangeError(`the label sets of a ${WHAT} end at ${last}, their bytes at ${exemplars.labels.length}`);
  }
  return exemplars;
}
