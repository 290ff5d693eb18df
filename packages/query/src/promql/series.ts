/** Label sets while they are computed with: keys, projections, changes. */

import { type Labels, labelValue } from '@atalaya/model';
import { failed } from './context.ts';
import { HISTOGRAM, type HistogramPlaces, type Steps, type VectorValue, vectorOf } from './value.ts';

/** A text that is the same for equal label sets only. */
export function labelsKey(labels: Labels): string {
  return labels.join('\u{10ffff}');
}

/** The values of the given labels as one text, the same for equal values only. */
export function valuesKey(labels: Labels, names: readonly string[]): string {
  if (names.length === 1) return labelValue(labels, names[0] as string);
  let key = '';
  for (const name of names) key += `${labelValue(labels, name)}\u{10ffff}`;
  return key;
}

/** The set with only these labels. */
export function keepLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  const kept: string[] = [];
  for (let i = 0; i < labels.length; i += 2) if (names.has(labels[i] as string)) kept.push(labels[i] as string, labels[i + 1] as string);
  return kept;
}

/** The set without these labels. */
export function dropLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  const kept: string[] = [];
  for (let i = 0; i < labels.length; i += 2) if (!names.has(labels[i] as string)) kept.push(labels[i] as string, labels[i + 1] as string);
  return kept.length === labels.length ? labels : kept;
}

/** The set with one label set to a value; an empty value removes it. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const changed: string[] = [];
  let placed = value === '';
  for (let i = 0; i < labels.length; i += 2) {
    const current = labels[i] as string;
    if (!placed && current >= name) {
      changed.push(name, value);
      placed = true;
    }
    if (current !== name) changed.push(current, labels[i + 1] as string);
  }
  if (!placed) changed.push(name, value);
  return changed;
}

/**
 * Joins series with equal labels into one, which has the first one's mark for the removal of its name.
 * @throws AtalayaError QUERY_FAILED when two of them have a value at the same step.
 */
export function joinEqualSeries(vector: VectorValue, steps: Steps): VectorValue {
  const { labels, values, present, histograms, dropsName } = vector;
  const rows = new Map<string, number>();
  const target = labels.map((set, index) => {
    const key = labelsKey(set);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, index);
    return row ?? index;
  });
  if (rows.size === labels.length) return vector;
  const { count } = steps;
  const joinedLabels: Labels[] = [];
  const joinedValues = new Float64Array(rows.size * count);
  const joinedPresent = new Uint8Array(rows.size * count);
  const joinedHistograms: HistogramPlaces | undefined = histograms === undefined ? undefined : [];
  const placeOf = new Map<number, number>();
  for (const [series, into] of target.entries()) {
    let row = placeOf.get(into);
    if (row === undefined) {
      row = joinedLabels.length;
      placeOf.set(into, row);
      joinedLabels.push(labels[series] as Labels);
    }
    for (let i = 0; i < count; i++) {
      const from = series * count + i;
      if (present[from] === 0) continue;
      const to = row * count + i;
      if (joinedPresent[to] !== 0) throw failed('vector cannot contain metrics with the same labelset');
      joinedPresent[to] = present[from]!;
      joinedValues[to] = values[from]!;
      if (joinedHistograms !== undefined && present[from] === HISTOGRAM) joinedHistograms[to] = histograms![from];
    }
  }
  const joined = vectorOf(joinedLabels, joinedValues, joinedPresent, joinedHistograms);
  return dropsName === undefined ? joined : { ...joined, dropsName: Uint8Array.from(placeOf.keys(), (first) => dropsName[first]!) };
}

/** A label set as Prometheus' errors show it: `{__name__="up", job="node"}`. */
export function showLabels(labels: Labels): string {
  const parts: string[] = [];
  for (let i = 0; i < labels.length; i += 2) parts.push(`${labels[i]}=${JSON.stringify(labels[i + 1])}`);
  return `{${parts.join(', ')}}`;
}
