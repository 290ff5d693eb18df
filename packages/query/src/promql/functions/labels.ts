/** label_replace and label_join: functions of labels only. */

import { compilePattern, labelValue, type Pattern, PatternError } from '@atalaya/model';
import { failed } from '../context.ts';
import { joinEqualSeries, withLabel } from '../series.ts';
import type { Steps, VectorValue } from '../value.ts';

function checkName(name: string, role: string): void {
  // Bytes that are no UTF-8 have been read as U+FFFD.
  if (name === '' || name.includes('\ufffd')) throw failed(`invalid ${role}: ${name}`);
}

/** Sets `target` to `replacement`, filled from where `expression` matches the whole value of `source`. */
export function labelReplace(vector: VectorValue, texts: readonly string[], steps: Steps): VectorValue {
  const [target, replacement, source, expression] = texts as [string, string, string, string];
  let pattern: Pattern;
  try {
    pattern = compilePattern(expression);
  } catch (error) {
    if (error instanceof PatternError) throw failed(`invalid regular expression in label_replace(): ${expression}`);
    throw error;
  }
  checkName(target, 'destination label name in label_replace()');
  const labels = vector.labels.map((set) => {
    const value = pattern.expand(labelValue(set, source), replacement);
    return value === undefined ? set : withLabel(set, target, value);
  });
  return joinEqualSeries({ ...vector, labels }, steps);
}

/** Sets `target` to the values of the source labels with the separator between them. */
export function labelJoin(vector: VectorValue, texts: readonly string[], steps: Steps): VectorValue {
  const [target, separator, ...sources] = texts as [string, string, ...string[]];
  for (const source of sources) checkName(source, 'source label name in label_join()');
  checkName(target, 'destination label name in label_join()');
  const labels = vector.labels.map((set) => withLabel(set, target, sources.map((source) => labelValue(set, source)).join(separator)));
  return joinEqualSeries({ ...vector, labels }, steps);
}
