/** Metrics that the store counts by itself: of spans chosen by filters alone, about their number or their durations. */

import type { MetricsAggregation, TraceqlField } from '@atalaya/lang';
import type { FoundTrace, SpanCounts, SpanField, SpanPredicate, TimeBounds } from '@atalaya/model';
import { spansOf, type TraceWork } from '../candidates.ts';
import { storedField } from '../expression.ts';
import { compilePredicate } from '../predicate.ts';
import { isLimit } from '../limits.ts';
import { isAlways } from '../push-down.ts';
import { TraceView } from '../trace-view.ts';
import { ExemplarQuota, exemplarOf } from './exemplars.ts';
import { groupsBy, type SeriesGroups } from './groups.ts';
import type { Measured } from './measure.ts';
import { boundsOfSteps, type TraceSteps } from './steps.ts';

/** Fields of which a reader's texts are those that the engine has itself. */
const COUNTABLE: ReadonlySet<string> = new Set(['name', 'statusMessage', 'scopeName', 'scopeVersion', 'kind', 'status']);

/** The fields as readers know them; nothing where one of them cannot be counted by. */
export function countableFields(by: readonly TraceqlField[]): SpanField[] | undefined {
  const fields = by.map((field) => {
    const stored = field.kind === 'attribute' && field.ofParent ? undefined : storedField(field);
    if (stored === undefined) return undefined;
    // Of several events or links the store may take another one for the first.
    const fits = stored.kind === 'attribute' ? stored.scope !== 'event' && stored.scope !== 'link' : COUNTABLE.has(stored.name);
    return fits ? stored : undefined;
  });
  return fields.every((field) => field !== undefined) ? fields : undefined;
}

/** Whether what a function measures is counted by the store: nothing but spans, or their durations. */
export function isCounted({ field }: MetricsAggregation): boolean {
  return field === undefined || (field.kind === 'intrinsic' && field.intrinsic === 'duration');
}

/** What is counted. */
export interface CountedRequest {
  readonly metrics: MetricsAggregation;
  readonly having: SpanPredicate;
  readonly by: readonly SpanField[];
  readonly steps: TraceSteps;
  readonly exemplars: number;
}

/** Has the store count, and puts what it gives into series. */
export async function countSpans(
  { metrics, having, by, steps, exemplars }: CountedRequest,
  groups: SeriesGroups,
  work: TraceWork,
): Promise<void> {
  const durations = metrics.metric === 'quantile_over_time' || metrics.metric === 'histogram_over_time';
  const bounds = boundsOfSteps(steps);
  const request = { ...bounds, having, width: steps.width, by, durations, groups: work.budget.limits.series };
  const counted = await work.reader.counts(request, work.signal).catch((error: unknown) => {
    if (isLimit(error, request.groups)) work.budget.series(request.groups + 1);
    throw error;
  });
  work.budget.check();
  for (const { values, buckets } of counted) {
    const { measured } = groups.group(values.map((value, i) => (isKeyword(by[i]!) ? value?.toLowerCase() : value)));
    for (const bucket of buckets) fill(measured, metrics.metric, bucket);
  }
  if (exemplars > 0 && counted.length > 0) await addExemplars({ metrics, having, steps, exemplars }, bounds, groups, work);
}

function isKeyword(field: SpanField): boolean {
  return field.kind === 'intrinsic' && (field.name === 'kind' || field.name === 'status');
}

function fill(
  { counts, sums, extremes, powers }: Measured,
  metric: string,
  { at, spans, sum, min, max, byPower }: SpanCounts['buckets'][number],
): void {
  counts[at] = spans;
  if (sums !== undefined) sums[at] = sum;
  if (extremes !== undefined) extremes[at] = metric === 'min_over_time' ? min : max;
  if (powers !== undefined) for (const [power, count] of byPower ?? []) powers[at]!.set(power, count);
}

/** Stretches of time that are asked for exemplars one by one. */
const STRETCHES = 4n;

/** Exemplars are found as traces are, the newest of a few stretches of time. */
async function addExemplars(
  { metrics, having, steps, exemplars }: Omit<CountedRequest, 'by'>,
  { start, end }: TimeBounds,
  groups: SeriesGroups,
  work: TraceWork,
): Promise<void> {
  const quota = new ExemplarQuota(steps, exemplars);
  const groupOf = groupsBy(metrics.by);
  const fulfils = compilePredicate(having);
  const each = Math.ceil(exemplars / Number(STRETCHES));
  const width = (end - start + STRETCHES - 1n) / STRETCHES;
  const found: FoundTrace[] = [];
  for (let from = start; from < end; from += width) {
    const stretch = { start: from, end: from + width < end ? from + width : end };
    found.push(...(await work.reader.traces({ ...stretch, having: isAlways(having) ? [] : [having], limit: each }, work.signal)));
  }
  const spans = await spansOf(found, { having, within: { start, end } }, work);
  const all = [...spans.values()].flatMap((some) => new TraceView(some, fulfils).spans.filter(({ eligible }) => eligible));
  for (const span of all) if (quota.take(span.span)) groups.exemplar(groupOf(span), exemplarOf(span.span));
}
