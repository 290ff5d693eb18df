/** Hints about metrics that may have been used wrongly. */

import type { FunctionCall } from '@atalaya/lang';
import { labelValue, METRIC_NAME } from '@atalaya/model';
import type { Annotations } from './annotations.ts';
import { hasKind } from './histogram/places.ts';
import { FLOAT, type Steps, type VectorValue } from './value.ts';

const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

/** Informs about rate() and increase() over what does not look like a counter. */
export function counterHint(node: FunctionCall, result: VectorValue, annotations: Annotations, { count }: Steps): void {
  if (node.name !== 'rate' && node.name !== 'increase') return;
  const seen = new Set<string>();
  // Whatever gave a histogram is one, whether it counts or not is told by the histogram itself.
  for (const [series, labels] of result.labels.entries()) {
    if (result.histograms === undefined || hasKind(result, series, count, FLOAT)) seen.add(labelValue(labels, METRIC_NAME));
  }
  for (const name of seen) {
    if (name === '' || COUNTER_NAME.test(name)) continue;
    const message = `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(name)}`;
    annotations.inform(message, node.args[0] ?? node);
  }
}
