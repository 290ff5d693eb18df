/** Metrics queries: series made of spans. */

import type { TraceqlQuery } from '@atalaya/lang';
import { AtalayaError, type TimeBounds } from '@atalaya/model';
import type { TraceSeries } from '../answer.ts';
import type { TraceWork } from '../candidates.ts';
import { plainFilter } from '../push-down.ts';
import { compareSpans } from './compare.ts';
import { countableFields, countSpans, isCounted } from './counted.ts';
import { SeriesGroups } from './groups.ts';
import { measureOf } from './measure.ts';
import { observeSpans } from './observed.ts';
import { throughStages } from './series-stages.ts';
import { stepsOf, timesOf, type TraceSteps } from './steps.ts';

/** Nanoseconds of a second: durations are told in seconds. */
const SECOND = 1e9;

/** When, and with how many exemplars. */
export interface MetricsRequest extends TimeBounds {
  readonly step: bigint | undefined;
  readonly exemplars: number;
}

/** Computes the series of a query, and the times of their values. @throws AtalayaError */
export async function spanMetrics(
  query: TraceqlQuery,
  { start, end, step, exemplars }: MetricsRequest,
  work: TraceWork,
): Promise<{ readonly timestamps: Float64Array; readonly series: TraceSeries[] }> {
  const steps = stepsOf({ start, end }, step, work.budget.limits);
  const series = await firstSeries(query, steps, exemplarsOf(query, exemplars), work);
  return { timestamps: timesOf(steps), series: throughStages(series, query.series) };
}

async function firstSeries(
  { pipeline, metrics }: TraceqlQuery,
  steps: TraceSteps,
  exemplars: number,
  work: TraceWork,
): Promise<TraceSeries[]> {
  if (metrics === undefined) {
    throw new AtalayaError('BAD_QUERY', { reason: 'not a metrics query: it ends without a metrics function such as | rate()' });
  }
  if (metrics.kind === 'compare') return compareSpans({ pipeline, comparison: metrics, steps }, work);
  const measure = measureOf(metrics, steps.count, Number(steps.width) / SECOND);
  const groups = new SeriesGroups(measure, steps.count, work.budget);
  const filter = plainFilter(pipeline);
  const by = countableFields(metrics.by);
  const { field } = metrics;
  const isDuration = field?.kind === 'intrinsic' && TIMES.has(field.intrinsic);
  const unit = isDuration ? SECOND : 1;
  if (work.pushesDown && isCounted(metrics) && filter?.exact === true && by !== undefined) {
    await countSpans({ metrics, having: filter.predicate, by, steps, exemplars }, groups, work);
  } else {
    await observeSpans({ pipeline, metrics, measure, steps, exemplars, unit }, groups, work);
  }
  return groups.series(metrics, unit);
}

const TIMES: ReadonlySet<string> = new Set(['duration', 'traceDuration', 'eventTimeSinceStart']);

/** The hint `exemplars` goes before what was asked for: a number, or whether there are any. */
function exemplarsOf({ hints }: TraceqlQuery, asked: number): number {
  const hint = hints.find(({ name }) => name === 'exemplars')?.value;
  if (hint?.type === 'int') return Math.min(Number(hint.value), MOST_EXEMPLARS);
  return hint?.type === 'boolean' && !hint.value ? 0 : Math.min(asked, MOST_EXEMPLARS);
}

const MOST_EXEMPLARS = 1000;
