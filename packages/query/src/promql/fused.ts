/** Which expressions an aggregation consumes row by row, so that series × steps never exist: selectors and functions of plain ranges. */

import { type Expression, withoutParentheses } from '@atalaya/lang';
import type { Evaluation } from './context.ts';
import { derivedOf } from './derived-labels.ts';
import { KEEPS_NAME, OVER_TIME_FUNCTIONS } from './functions/over-time.ts';
import { RATE_FUNCTIONS } from './functions/rate.ts';
import { counterHint } from './hints.ts';
import type { VectorRows } from './rows.ts';
import { instantRows, selectRange } from './select.ts';
import { EMPTY_VECTOR } from './value.ts';
import { rangeRows } from './windows.ts';

/** The rows of an expression where they can be had one by one, as a call of evaluate would give them together. */
export function rowsOf(expression: Expression, evaluation: Evaluation): VectorRows | undefined {
  const node = withoutParentheses(expression);
  if (node.kind === 'selector') return instantRows(node, evaluation);
  if (node.kind !== 'call') return undefined;
  const argument = node.args[0] === undefined ? undefined : withoutParentheses(node.args[0]);
  const kernel = RATE_FUNCTIONS[node.name] ?? OVER_TIME_FUNCTIONS[node.name];
  if (kernel === undefined || argument?.kind !== 'matrix' || argument.selector.border !== undefined) return undefined;
  const { query } = evaluation;
  const range = selectRange(argument, evaluation);
  if (query.delaysNameRemoval || range.samples.histograms !== undefined) return undefined;
  const rows = rangeRows(range, evaluation, kernel);
  if (KEEPS_NAME.has(node.name)) return rows;
  const nameless = derivedOf(rows.labels).nameless();
  // Series of several metrics may be equal without their names; those have to be seen together.
  if (nameless === undefined) return undefined;
  return {
    ...rows,
    labels: nameless,
    done: () => counterHint(node, { ...EMPTY_VECTOR, labels: rows.labels }, query.annotations, evaluation.steps),
  };
}
