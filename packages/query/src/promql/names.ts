/**
 * When metric names go: a result that is no sample of the metric any more loses its name, and the labels `__type__` and
 * `__unit__` that describe the metric. With `promql-delayed-name-removal` series are only marked, and the query's end
 * removes what is marked, so that in between names tell series apart and label functions can still read them.
 */

import { type Labels, METRIC_NAME } from '@atalaya/model';
import { type Evaluation, failed } from './context.ts';
import { joinEqualSeries, labelsKey } from './series.ts';
import type { SampleColumns, Steps, VectorValue } from './value.ts';

/** Labels that describe the metric rather than the thing that was measured. */
export const METRIC_LABELS: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__']);

/** The set without the labels that describe the metric. */
function withoutMetric(labels: Labels): Labels {
  let kept: string[] | undefined;
  for (let i = 0; i < labels.length; i += 2) {
    if (METRIC_LABELS.has(labels[i] as string)) kept ??= labels.slice(0, i);
    else kept?.push(labels[i] as string, labels[i + 1] as string);
  }
  return kept ?? labels;
}

/** The vector without metric names, now or at the query's end. Series that become equal are joined. Shares the arrays where nothing is joined. */
export function dropNames(vector: VectorValue, { query, steps }: Evaluation): VectorValue {
  if (!query.delaysNameRemoval) return removeNames(vector, steps);
  return { ...vector, dropsName: new Uint8Array(vector.labels.length).fill(1) };
}

/**
 * As {@link dropNames}, for functions of ranges: there two series that become equal are refused even where their points take turns.
 * @throws AtalayaError QUERY_FAILED
 */
export function dropNamesOfRanges(vector: VectorValue, evaluation: Evaluation): VectorValue {
  if (evaluation.query.delaysNameRemoval) return dropNames(vector, evaluation);
  const { labels, differ } = withoutMetrics(vector.labels);
  if (!differ && new Set(labels.map(labelsKey)).size < labels.length) throw failed('vector cannot contain metrics with the same labelset');
  return { ...vector, labels };
}

function removeNames(vector: VectorValue, steps: Steps): VectorValue {
  const { labels, differ } = withoutMetrics(vector.labels);
  return differ ? { ...vector, labels } : joinEqualSeries({ ...vector, labels }, steps);
}

/** The sets without the labels that describe the metrics, and whether they surely still differ from each other. */
export function withoutMetrics(labels: readonly Labels[]): { labels: readonly Labels[]; differ: boolean } {
  // One and the same name was all that is gone: without it they differ as they did with it.
  let differ = true;
  const name = labels[0]?.[0] === METRIC_NAME ? labels[0][1] : undefined;
  const nameless = labels.map((set) => {
    const rest = withoutMetric(set);
    const own = set[0] === METRIC_NAME ? set[1] : undefined;
    if (own !== name || rest.length !== set.length - (own === undefined ? 0 : 2)) differ = false;
    return rest;
  });
  return { labels: nameless, differ };
}

/** What a query answers with: marked names removed, series that become equal joined. @throws AtalayaError QUERY_FAILED */
export function removeMarkedNames(vector: VectorValue, steps: Steps): VectorValue {
  const { dropsName, ...rest } = vector;
  if (dropsName === undefined) return vector;
  const labels = rest.labels.map((set, series) => (dropsName[series] === 1 ? withoutMetric(set) : set));
  return joinEqualSeries({ ...rest, labels }, steps);
}

/** As {@link removeMarkedNames}, for the series of a subquery that is itself the answer. */
export function removeMarkedNamesOfSamples(samples: SampleColumns): SampleColumns {
  const { dropsName, labels } = samples;
  if (dropsName === undefined) return samples;
  return { ...samples, labels: labels.map((set, series) => (dropsName[series] === 1 ? withoutMetric(set) : set)) };
}

/** The vector, with the marks of the series that its own came from: both hold the very same label sets. */
export function withMarksOf(
  vector: VectorValue,
  source: { readonly labels: readonly Labels[]; readonly dropsName?: Uint8Array },
): VectorValue {
  const { dropsName } = source;
  if (dropsName === undefined) return vector;
  const marks = new Map(source.labels.map((set, series) => [set, dropsName[series]!] as const));
  return { ...vector, dropsName: Uint8Array.from(vector.labels, (set) => marks.get(set) ?? 0) };
}

/** Marks of aggregated series: a group loses its name when any of its members does, at the last step that has some. */
export function marksOfGroups(
  { labels, present, dropsName }: VectorValue,
  groupOf: Int32Array,
  groups: number,
  { count }: Steps,
): Uint8Array | undefined {
  if (dropsName === undefined) return undefined;
  const marks = new Uint8Array(groups);
  const lastSteps = new Int32Array(groups).fill(-1);
  for (let series = 0; series < labels.length; series++) {
    const group = groupOf[series]!;
    let last = count - 1;
    while (last >= 0 && present[series * count + last] === 0) last--;
    if (last > lastSteps[group]!) {
      lastSteps[group] = last;
      marks[group] = dropsName[series]!;
    } else if (last >= 0 && last === lastSteps[group]) marks[group]! |= dropsName[series]!;
  }
  return marks;
}
