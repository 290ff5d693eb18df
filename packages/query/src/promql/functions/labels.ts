/** label_replace and label_join: functions of labels only. */

import { compilePattern, labelValue, METRIC_NAME, type Pattern, PatternError } from '@atalaya/model';
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
  const named: boolean[] = [];
  const labels = vector.labels.map((set, series) => {
    const value = pattern.expand(labelValue(set, source), replacement);
    named[series] = value !== undefined && target === METRIC_NAME;
    return value === undefined ? set : withLabel(set, target, value);
  });
  return joinEqualSeries(keepingNames({ ...vector, labels }, named), steps);
}

/** Sets `target` to the values of the source labels with the separator between them. */
export function labelJoin(vector: VectorValue, texts: readonly string[], steps: Steps): VectorValue {
  const [target, separator, ...sources] = texts as [string, string, ...string[]];
  for (const source of sources) checkName(source, 'source label name in label_join()');
  checkName(target, 'destination label name in label_join()');
  const labels = vector.labels.map((set) => withLabel(set, target, sources.map((source) => labelValue(set, source)).join(separator)));
  const named = vector.labels.map(() => target === METRIC_NAME);
  return joinEqualSeries(keepingNames({ ...vector, labels }, named), steps);
}

/** A name that was set on purpose is not removed at the query's end. */
function keepingNames(vector: VectorValue, named: readonly boolean[]): VectorValue {
  const { dropsName } = vector;
  return dropsName === undefined ? vector : { ...vector, dropsName: dropsName.map((mark, series) => (named[series] === true ? 0 : mark)) };
}
