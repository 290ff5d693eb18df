/** sort and its kin. They order instant queries only: series of range queries are ordered by labels. */

import { compareLabels, type Labels, labelValue } from '@atalaya/model';
import { type HistogramPlaces, type Steps, type VectorValue, vectorOf } from '../value.ts';

/** The vector with its series in another order. */
export function reorder(vector: VectorValue, order: readonly number[], { count }: Steps): VectorValue {
  const values = new Float64Array(order.length * count);
  const present = new Uint8Array(order.length * count);
  const histograms: HistogramPlaces | undefined = vector.histograms === undefined ? undefined : [];
  for (const [place, series] of order.entries()) {
    if (histograms !== undefined) {
      for (let i = 0; i < count; i++) {
        const histogram = vector.histograms![series * count + i];
        if (histogram !== undefined) histograms[place * count + i] = histogram;
      }
    }
    values.set(vector.values.subarray(series * count, (series + 1) * count), place * count);
    present.set(vector.present.subarray(series * count, (series + 1) * count), place * count);
  }
  const labels = order.map((series) => vector.labels[series] as Labels);
  const { dropsName } = vector;
  const marks = dropsName === undefined ? {} : { dropsName: Uint8Array.from(order, (series) => dropsName[series]!) };
  return { ...vectorOf(labels, values, present, histograms), ...marks };
}

/** Orders by the value of the only step; NaN comes last either way. */
export function sortByValue(vector: VectorValue, descending: boolean, steps: Steps): VectorValue {
  if (steps.count !== 1) return vector;
  const { values } = vector;
  const order = [...vector.labels.keys()].sort((a, b) => {
    const left = values[a]!;
    const right = values[b]!;
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return descending ? right - left || 0 : left - right || 0;
  });
  return reorder(vector, order, steps);
}

/** Orders by the values of labels, runs of digits compared as numbers; ties by all labels. */
export function sortByLabel(vector: VectorValue, names: readonly string[], descending: boolean, steps: Steps): VectorValue {
  if (steps.count !== 1) return vector;
  const sign = descending ? -1 : 1;
  const { labels } = vector;
  const order = [...labels.keys()].sort((a, b) => {
    const left = labels[a] as Labels;
    const right = labels[b] as Labels;
    for (const name of names) {
      const difference = compareNaturally(labelValue(left, name), labelValue(right, name));
      if (difference !== 0) return difference * sign;
    }
    return compareLabels(left, right) * sign;
  });
  return reorder(vector, order, steps);
}

const CHUNKS = /\d+|\D+/g;

function compareNaturally(left: string, right: string): number {
  if (left === right) return 0;
  const leftChunks = left.match(CHUNKS) ?? [];
  const rightChunks = right.match(CHUNKS) ?? [];
  for (let i = 0; i < Math.min(leftChunks.length, rightChunks.length); i++) {
    const a = leftChunks[i] as string;
    const b = rightChunks[i] as string;
    if (a === b) continue;
    const difference = Number(a) - Number(b);
    if (/^\d/.test(a) && /^\d/.test(b) && difference !== 0) return difference;
    return a < b ? -1 : 1;
  }
  return leftChunks.length - rightChunks.length || (left < right ? -1 : 1);
}
