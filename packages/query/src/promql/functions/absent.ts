/** absent and absent_over_time: a sample where there is none. */

import { type Expression, withoutParentheses } from '@atalaya/lang';
import { type Labels, labelsOf, METRIC_NAME } from '@atalaya/model';
import { mixedFunction, overMixedRanges } from '../histogram/over-ranges.ts';
import type { RangeValue, Steps, VectorValue } from '../value.ts';
import { overRanges, perWindow } from '../windows.ts';
import type { Evaluation } from '../context.ts';

/** The labels that a missing series surely would have: those of equality matchers that stand alone for their label. */
export function absentLabels(argument: Expression): Labels {
  const inner = withoutParentheses(argument);
  const selector = inner.kind === 'matrix' ? inner.selector : inner;
  if (selector.kind !== 'selector') return [];
  const known = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, operator, value } of selector.matchers) {
    if (name === METRIC_NAME) continue;
    if (operator === '=' && !seen.has(name)) known.set(name, value);
    else known.delete(name);
    seen.add(name);
  }
  return labelsOf(known);
}

/** 1 at every step where no series of the vector has a value. */
export function absent(vector: VectorValue, labels: Labels, { count }: Steps): VectorValue {
  const present = new Uint8Array(count).fill(1);
  for (let series = 0; series < vector.labels.length; series++) {
    for (let i = 0; i < count; i++) if (vector.present[series * count + i] === 1) present[i] = 0;
  }
  return { kind: 'vector', labels: [labels], values: new Float64Array(count).fill(1), present };
}

/** 1 at every step where no window holds a sample. */
export function absentOverTime(range: RangeValue, labels: Labels, evaluation: Evaluation, place: Expression): VectorValue {
  const kernel = perWindow(1, () => 1);
  const found =
    range.samples.histograms === undefined
      ? overRanges(range, evaluation, kernel)
      : overMixedRanges(range, evaluation, kernel, mixedFunction('absent_over_time'), place);
  return absent(found, labels, evaluation.steps);
}
