/** Which samples a step of a range query looks at, told from its time alone: so that it is known when its value may be used again. */

import { childrenOf, type DurationExpression, type Expression, type TimeModifiers, withoutParentheses } from '@atalaya/lang';
import { METRIC_NAME } from '@atalaya/model';
import type { QueryWindow } from './context.ts';
import { durationOf } from './plan.ts';

/** Times in milliseconds. Wider than what is looked at, never narrower. */
export interface StepInputs {
  /** A step at time `t` looks at samples in `[t + oldest, t + newest]`. */
  readonly oldest: number;
  readonly newest: number;
  /** Every step looks at samples in `[fixedOldest, fixedNewest]`, because of `@`; infinities the wrong way round where none does. */
  readonly fixedOldest: number;
  readonly fixedNewest: number;
}

/** Functions whose value depends on the query's first and last step. */
const OF_THE_WINDOW = new Set(['start', 'end', 'range']);

/** The quantiles of those that warn, once for all steps, about one that is none: only when it is the same at every step is that a matter of each step. */
function quantilesOf(node: Expression): readonly Expression[] {
  if (node.kind === 'aggregation') return node.operator === 'quantile' && node.parameter !== undefined ? [node.parameter] : [];
  if (node.kind !== 'call') return [];
  if (node.name === 'histogram_quantiles') return node.args.slice(2);
  return node.name === 'quantile_over_time' || node.name === 'histogram_quantile' ? node.args.slice(0, 1) : [];
}

/** What the steps look at; `undefined` when a step's value depends on where the query begins or ends. @throws AtalayaError BAD_QUERY. */
export function inputsOf(expression: Expression, stepMs: number, lookbackMs: number): StepInputs | undefined {
  // Durations may be computed from the step; those that need the range are found before they are computed.
  const window: QueryWindow = { startMs: 0, endMs: 0, stepMs };
  const inputs = { oldest: 0, newest: 0, fixedOldest: Infinity, fixedNewest: -Infinity };
  let depends = false;

  const length = (duration: DurationExpression, mayBeNegative = false): number => {
    if (usesRange(duration)) {
      depends = true;
      return 0;
    }
    return durationOf(duration, window, mayBeNegative);
  };

  /** Times from `oldest` to `newest`, after the node's `@` and `offset`: relative to the step, or fixed. */
  interface Reach {
    readonly fixed: boolean;
    readonly oldest: number;
    readonly newest: number;
  }

  const shifted = (node: TimeModifiers, reach: Reach): Reach => {
    const offset = node.offset === undefined ? 0 : length(node.offset, true);
    const { at } = node;
    if (at === undefined) return { ...reach, oldest: reach.oldest - offset, newest: reach.newest - offset };
    if (at.kind !== 'time') depends = true;
    const time = at.kind === 'time' ? at.milliseconds : 0;
    return { fixed: true, oldest: time - offset, newest: time - offset };
  };

  const looksAt = ({ fixed, oldest, newest }: Reach, before: number, after: number): void => {
    if (fixed) {
      inputs.fixedOldest = Math.min(inputs.fixedOldest, oldest - before);
      inputs.fixedNewest = Math.max(inputs.fixedNewest, newest + after);
    } else {
      inputs.oldest = Math.min(inputs.oldest, oldest - before);
      inputs.newest = Math.max(inputs.newest, newest + after);
    }
  };

  function visit(node: Expression, reach: Reach, rangeMs = 0): void {
    if (quantilesOf(node).some((quantile) => withoutParentheses(quantile).kind !== 'number')) depends = true;
    switch (node.kind) {
      case 'selector': {
        // Border modifiers look a lookback beyond the range at either end.
        const beyond = node.border === undefined ? 0 : lookbackMs;
        return looksAt(shifted(node, reach), Math.max(rangeMs, lookbackMs) + beyond, beyond);
      }
      case 'matrix':
        // Series of several names that become equal without them are an error even when they take turns: not a matter of each step.
        if (!node.selector.matchers.some(({ name, operator }) => name === METRIC_NAME && operator === '=')) depends = true;
        return visit(node.selector, reach, length(node.range));
      case 'subquery': {
        const inner = shifted(node, reach);
        const back = length(node.range);
        if (node.step !== undefined) length(node.step);
        return visit(node.expression, { ...inner, oldest: inner.oldest - back });
      }
      case 'call':
        if (OF_THE_WINDOW.has(node.name)) depends = true;
        if (node.name === 'info') looksAt(reach, lookbackMs, 0);
        break;
      case 'number':
      case 'string':
      case 'parentheses':
      case 'unary':
      case 'binary':
      case 'aggregation':
        break;
    }
    for (const child of childrenOf(node)) visit(child, reach);
  }

  visit(expression, { fixed: false, oldest: 0, newest: 0 });
  return depends ? undefined : inputs;
}

function usesRange(duration: DurationExpression): boolean {
  switch (duration.kind) {
    case 'range':
      return true;
    case 'duration':
    case 'step':
      return false;
    case 'sign':
    case 'group':
      return usesRange(duration.operand);
    case 'operation':
      return usesRange(duration.left) || usesRange(duration.right);
  }
}
