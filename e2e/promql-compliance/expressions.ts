/** Everything that is asked of both programs: every function, aggregation and operator, with every modifier and way of matching. */

import { FUNCTION_EXPRESSIONS } from './function-expressions.ts';
import { type Difference, DIFFERENT } from './known-differences.ts';
import { OPERATOR_EXPRESSIONS } from './operator-expressions.ts';
import { each } from './templates.ts';

/** One expression, and why 2.42 must answer it otherwise where it must. */
export interface Case {
  readonly expression: string;
  readonly differs?: Difference;
  /** What to send to 2.42 instead, where only a name has changed. */
  readonly older?: string;
}

/** All cases. */
export const CASES: readonly Case[] = [
  ...[...FUNCTION_EXPRESSIONS, ...OPERATOR_EXPRESSIONS].map((expression) => ({ expression })),
  ...each('double_exponential_smoothing({metric}[10m], {sf}, {tf})', {
    metric: ['memory_bytes', 'temperature'],
    sf: ['0.1', '0.9', '1.5'],
    tf: ['0.5'],
  }).map((expression) => ({ expression, older: expression.replace('double_exponential_smoothing', 'holt_winters') })),
  ...(Object.entries(DIFFERENT) as [Difference, readonly string[]][]).flatMap(([differs, expressions]) =>
    expressions.map((expression) => ({ expression, differs })),
  ),
];
