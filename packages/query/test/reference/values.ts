/** Values of the reference: plain objects, one for each sample, series and point. */

/** A sample; the time in milliseconds. */
export interface Sample {
  readonly time: number;
  readonly value: number;
}

/** One series: its labels, and its samples in order of time. `stale` ends it. */
export interface Series {
  readonly labels: LabelSet;
  readonly samples: readonly (Sample | { readonly time: number; readonly value: 'stale' })[];
}
export type LabelSet = Readonly<Record<string, string>>;
/** A series' value at an instant. */
export interface Point {
  readonly labels: LabelSet;
  readonly value: number;
}
/** A key that equal label sets have in common. */
export function keyOf(labels: LabelSet): string {
  return JSON.stringify(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The labels without the metric's name. */
export const nameless = ({ __name__: _name, ...rest }: LabelSet): LabelSet => rest;

/** Thrown where the query has no answer. */
export class Refused extends Error {}

/** The points, of which no two may have the same labels. @throws Refused */
export function distinct(points: readonly Point[]): readonly Point[] {
  if (new Set(points.map(({ labels }) => keyOf(labels))).size < points.length)
    throw new Refused('vector cannot contain metrics with the same labelset');
  return points;
}
