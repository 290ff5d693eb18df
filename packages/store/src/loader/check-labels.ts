/** Makes sure that label sets out of the journal are in canonical form, before the index takes that for granted. */

import { LABEL_SEPARATOR } from '@atalaya/model';

/** Label sets as batches hold them: that of `i` ends at `ends[i]`. @throws RangeError naming the first that is not canonical. */
export function checkLabelSets(
  { count, ends, labels }: { readonly count: number; readonly ends: Uint32Array; readonly labels: Uint8Array },
  what: string,
): void {
  let start = 0;
  for (let i = 0; i < count; i++) {
    const end = ends[i] as number;
    if (end < start || end > labels.length) throw new RangeError(`the labels of ${what} ${i} end at ${end}, out of bounds`);
    let separators = 0;
    for (let at = start; at < end; at++) if (labels[at] === LABEL_SEPARATOR) separators++;
    if (separators % 2 !== 0 || (end > start && labels[end - 1] !== LABEL_SEPARATOR)) {
      throw new RangeError(`the labels of ${what} ${i} are not in canonical form`);
    }
    start = end;
  }
}
