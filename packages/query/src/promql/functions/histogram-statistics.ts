/** Functions that read one number out of each native histogram: histogram_count, _sum, _avg, _stddev, _stdvar. */

import { METRIC_NAME, type NativeHistogram } from '@atalaya/model';
import type { Evaluation } from '../context.ts';
import { hasKind } from '../histogram/places.ts';
import { varianceOfHistogram } from '../histogram/statistics.ts';
import { dropNames } from '../names.ts';
import { dropLabels, joinEqualSeries } from '../series.ts';
import { EMPTY_VECTOR, FLOAT, HISTOGRAM, VectorBuilder, type VectorValue } from '../value.ts';

const NAME: ReadonlySet<string> = new Set([METRIC_NAME]);

const STATISTICS: Readonly<Record<string, (histogram: NativeHistogram) => number>> = {
  histogram_count: ({ count }) => count,
  histogram_sum: ({ sum }) => sum,
  histogram_avg: ({ sum, count }) => sum / count,
  histogram_stddev: (histogram) => Math.sqrt(varianceOfHistogram(histogram)),
  histogram_stdvar: varianceOfHistogram,
};

/** The statistic that the function is named after. Of floats nothing remains. */
export function statisticOf(name: string, vector: VectorValue, evaluation: Evaluation): VectorValue {
  const { steps, query } = evaluation;
  const { labels, histograms } = vector;
  if (histograms === undefined) return EMPTY_VECTOR;
  const compute = STATISTICS[name] as (histogram: NativeHistogram) => number;
  const { count } = steps;
  const out = new VectorBuilder(steps, labels.length);
  for (const [series, set] of labels.entries()) {
    query.budget.check();
    if (!hasKind(vector, series, count, HISTOGRAM)) continue;
    const at = out.addRow(set);
    for (let i = 0; i < count; i++) {
      if (vector.present[series * count + i] !== HISTOGRAM) continue;
      out.values[at + i] = compute(histograms[series * count + i]!);
      out.present[at + i] = FLOAT;
    }
  }
  const result = out.finish();
  if (query.delaysNameRemoval) return dropNames(result, evaluation);
  // Unlike other functions these leave `__type__` and `__unit__`, as in Prometheus.
  return joinEqualSeries({ ...result, labels: result.labels.map((set) => dropLabels(set, NAME)) }, steps);
}
