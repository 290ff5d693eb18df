/** Metrics of spans that are looked at one by one, as the pipeline chooses them. */

import type { MetricsAggregation, SpansetPipeline } from '@atalaya/lang';
import type { TraceWork } from '../candidates.ts';
import { compileField } from '../expression.ts';
import { compilePipeline } from '../spansets.ts';
import { candidates } from '../trace-source.ts';
import { isNumeric } from '../value.ts';
import { ExemplarQuota, exemplarOf } from './exemplars.ts';
import { groupsBy, type SeriesGroups } from './groups.ts';
import type { Measure } from './measure.ts';
import { boundsOfSteps, stepAt, type TraceSteps } from './steps.ts';

/** What is looked at. */
export interface ObservedRequest {
  readonly pipeline: SpansetPipeline;
  readonly metrics: MetricsAggregation;
  readonly measure: Measure;
  readonly steps: TraceSteps;
  readonly exemplars: number;
  /** See {@link Measure.tell}. */
  readonly unit: number;
}

/** Candidates of the first portion; portions grow. */
const PORTION = 100;

/** Goes through all traces of the range. */
export async function observeSpans(request: ObservedRequest, groups: SeriesGroups, work: TraceWork): Promise<void> {
  const { pipeline, metrics, measure, steps, exemplars, unit } = request;
  const run = compilePipeline(pipeline);
  const groupOf = groupsBy(metrics.by);
  const read = metrics.field === undefined ? undefined : compileField(metrics.field);
  const quota = new ExemplarQuota(steps, exemplars);
  const alsoLooked = [...metrics.by, ...(metrics.field === undefined ? [] : [metrics.field])];
  for await (const portion of candidates({ ...boundsOfSteps(steps), pipeline, alsoLooked, chosenOnly: true, portion: PORTION }, work)) {
    for (const { trace } of portion) {
      for (const { spans } of run(trace)) {
        for (const span of spans) {
          work.budget.tick();
          const step = stepAt(steps, span.span.start);
          if (read === undefined) {
            const group = groups.group(groupOf(span));
            measure.add(group.measured, step, undefined);
            if (quota.take(span.span)) group.exemplars.push(exemplarOf(span.span));
            continue;
          }
          // A span without a number is none of the series.
          for (const value of read(span)) {
            if (!isNumeric(value)) continue;
            const number = Number(value.value);
            const group = groups.group(groupOf(span));
            measure.add(group.measured, step, number);
            if (quota.take(span.span)) group.exemplars.push(exemplarOf(span.span, number / unit));
          }
        }
      }
    }
  }
}
