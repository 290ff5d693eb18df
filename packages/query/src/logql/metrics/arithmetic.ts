/** What LogQL's binary operators do to two numbers. */

import type { LogqlBinary } from '@atalaya/lang';
import { type NumberOperation, operationOf } from '../../promql/arithmetic.ts';

type LogqlOperator = LogqlBinary['operator'];

/** An operator that makes a number of two. */
export type NumberOperator = Exclude<LogqlOperator, 'and' | 'or' | 'unless'>;

const COMPARISONS: ReadonlySet<LogqlOperator> = new Set(['==', '!=', '>', '>=', '<', '<=']);

export function isComparison(operator: LogqlOperator): boolean {
  return COMPARISONS.has(operator);
}

/** The operation of an arithmetic operator or a comparison (which gives 1 or 0). Unlike PromQL, LogQL divides nothing by zero: it is NaN. */
export function numberOperation(operator: NumberOperator): NumberOperation {
  const operation = operationOf(operator) as NumberOperation;
  return operator === '/' ? (left, right) => (right === 0 ? NaN : left / right) : operation;
}
