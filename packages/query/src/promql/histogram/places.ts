/** Vectors that hold floats and histograms, seen as if they held only one of them. */

import { FLOAT, HISTOGRAM, type VectorValue } from '../value.ts';

/** The vector without its histograms: most functions know floats only, and pass over the others. */
export function floatsOnly(vector: VectorValue): VectorValue {
  if (vector.histograms === undefined) return vector;
  const present = vector.present.map((kind) => (kind === FLOAT ? FLOAT : 0));
  return withoutHistograms(vector, present);
}

function withoutHistograms({ histograms: _histograms, ...rest }: VectorValue, present: Uint8Array): VectorValue {
  return { ...rest, present };
}

/** The vector with a float in the place of each histogram, for those who only ask where there is something. */
export function presenceOnly(vector: VectorValue): VectorValue {
  if (vector.histograms === undefined) return vector;
  const present = vector.present.map((kind) => (kind === 0 ? 0 : FLOAT));
  return withoutHistograms(vector, present);
}

/** Whether a series has a point of one kind at any of the steps. */
export function hasKind({ present }: VectorValue, series: number, count: number, kind: typeof FLOAT | typeof HISTOGRAM): boolean {
  const at = present.indexOf(kind, series * count);
  return at >= 0 && at < (series + 1) * count;
}
