/** `label_replace`: a label made of another one. */

import type { MetricExpression } from '@atalaya/lang';
import { compilePattern, type Labels, labelValue } from '@atalaya/model';
import { withLabel } from '../../promql/series.ts';

type LabelReplace = Extract<MetricExpression, { kind: 'label_replace' }>;

/** The labels of all series with the replacement made; those whose source does not match stay as they are. */
export function replaceLabels({ destination, replacement, source, pattern }: LabelReplace, labels: readonly Labels[]): Labels[] {
  // Other than in matchers a dot is no line feed here.
  const compiled = compilePattern(`(?-s:${pattern})`);
  return labels.map((set) => {
    const made = compiled.expand(labelValue(set, source), replacement);
    return made === undefined ? set : withLabel(set, destination, made);
  });
}
