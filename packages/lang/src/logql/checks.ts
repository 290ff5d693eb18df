/** What a LogQL expression must fulfil beyond its grammar. */

import { compileMatcher, type Matcher } from '@atalaya/model';
import type { LogqlExpression, LogqlOperator, RangeAggregation, RangeOperation, VectorAggregation, VectorOperation } from './ast.ts';
import { LogqlError } from './error.ts';

/** A selector has to name something that streams must have, so that nobody asks for all of them by mistake. */
export function checkMatchers(matchers: readonly Matcher[], start: number, end: number): void {
  if (matchers.some((matcher) => !compileMatcher(matcher).matches(''))) return;
  const reason = 'queries require at least one regexp or equality matcher that does not have an empty-compatible value';
  throw LogqlError.meaning(start, end, `${reason}. For instance, app=~".*" does not meet this requirement, but app=~".+" will`);
}

const WITHOUT_UNWRAP: ReadonlySet<RangeOperation> = new Set([
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'absent_over_time',
]);
const WITH_UNWRAP: ReadonlySet<RangeOperation> = new Set([
  'rate',
  'rate_counter',
  'avg_over_time',
  'sum_over_time',
  'min_over_time',
  'max_over_time',
  'stdvar_over_time',
  'stddev_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
  'absent_over_time',
]);
const GROUPS: ReadonlySet<RangeOperation> = new Set([
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'stdvar_over_time',
  'stddev_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
]);

/** Whether the parts of a range aggregation go together. `literal` is its parameter as it was written. */
export function checkRange({ operation, parameter, unwrap, grouping, start, end }: RangeAggregation, literal: string): void {
  const wrong = (reason: string): LogqlError => LogqlError.meaning(start, end, reason);
  if (operation === 'quantile_over_time') {
    if (parameter === undefined) throw wrong(`parameter required for operation ${operation}`);
  } else if (parameter !== undefined) throw wrong(`parameter ${literal} not supported for operation ${operation}`);
  if (grouping !== undefined && !GROUPS.has(operation)) throw wrong(`grouping not allowed for ${operation} aggregation`);
  if (unwrap === undefined && !WITHOUT_UNWRAP.has(operation)) throw wrong(`invalid aggregation ${operation} without unwrap`);
  if (unwrap !== undefined && !WITH_UNWRAP.has(operation)) throw wrong(`invalid aggregation ${operation} with unwrap`);
}

const COUNTED: ReadonlySet<VectorOperation> = new Set(['topk', 'bottomk', 'approx_topk']);

/** Whether the parts of a vector aggregation go together. `literal` is its parameter as it was written. */
export function checkAggregation({ operation, parameter, grouping, start, end }: VectorAggregation, literal: string): void {
  const wrong = (reason: string): LogqlError => LogqlError.meaning(start, end, reason);
  if (!COUNTED.has(operation)) {
    if (parameter !== undefined) throw wrong(`unsupported parameter for operation ${operation}(${literal},`);
  } else if (parameter === undefined) throw wrong(`parameter required for operation ${operation}`);
  else if (!Number.isInteger(parameter)) throw wrong(`invalid parameter ${operation}(${literal},`);
  else if (parameter <= 0) throw wrong(`invalid parameter (must be greater than 0) ${operation}(${literal}`);
  if (grouping === undefined) return;
  if (operation === 'approx_topk') throw wrong(`grouping not allowed for ${operation} aggregation`);
  if (operation === 'sort' || operation === 'sort_desc') throw wrong("sort and sort_desc doesn't allow grouping by");
}

/** Whether an operator can join two expressions: numbers only, and sets of series for `and`, `or`, `unless`. */
export function checkOperands(operator: LogqlOperator, left: LogqlExpression, right: LogqlExpression): void {
  for (const [leg, side] of [
    ['left', left],
    ['right', right],
  ] as const) {
    if (side.kind === 'logs') {
      const type = side.stages.length === 0 ? 'MatchersExpr' : 'PipelineExpr';
      throw LogqlError.meaning(side.start, side.end, `unexpected type for ${leg} leg of binary operation (${operator}): *syntax.${type}`);
    }
    if (side.kind === 'number' && (operator === 'and' || operator === 'or' || operator === 'unless')) {
      const reason = `unexpected literal for ${leg} leg of logical/set binary operation (${operator}): ${side.value.toFixed(6)}`;
      throw LogqlError.meaning(side.start, side.end, reason);
    }
  }
}
