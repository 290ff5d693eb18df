/** Before evaluation: which samples each selector needs, so that all are read at once and evaluation never waits. */

import {
  type AtModifier,
  type DurationExpression,
  evaluateDuration,
  type Expression,
  type FunctionCall,
  childrenOf,
  type Subquery,
  type VectorSelector,
} from '@atalaya/lang';
import { AtalayaError } from '@atalaya/model';
import type { SelectRequest } from '../reader.ts';
import type { QueryWindow } from './context.ts';
import { statsOnlySelectors } from './histogram/stats-only.ts';
import { infoMatchers } from './functions/info.ts';

/** A node whose evaluation needs samples. */
export type ReadingNode = VectorSelector | FunctionCall;

/** What one selector has to read. */
export interface PlannedRead {
  /** The selector, or the call of info() that reads info metrics besides its argument. */
  readonly reads: ReadingNode;
  readonly request: SelectRequest;
  /** Whether stale markers are to be taken out, as range selectors need it. */
  readonly dropStale: boolean;
  /** Whether only count and sum of histograms are wanted, so that their resets are to be told exactly. */
  readonly statsOnly: boolean;
}

/** The instants that a step refers to after `@` and `offset`: from the step's own time, or always the same. */
export interface Shift {
  readonly at: number | undefined;
  readonly offset: number;
}

/** Resolves `@` and `offset`. */
export function shiftOf(node: { at: AtModifier | undefined; offset: DurationExpression | undefined }, window: QueryWindow): Shift {
  const offset = node.offset === undefined ? 0 : durationOf(node.offset, window, true);
  const { at } = node;
  if (at === undefined) return { at: undefined, offset };
  return { at: at.kind === 'time' ? at.milliseconds : at.kind === 'start' ? window.startMs : window.endMs, offset };
}

/** A duration in milliseconds. @throws AtalayaError BAD_QUERY when it cannot be computed, or is not positive where it has to be. */
export function durationOf(duration: DurationExpression, window: QueryWindow, mayBeNegative = false): number {
  let milliseconds: number;
  try {
    milliseconds = evaluateDuration(duration, { stepMs: window.stepMs, rangeMs: window.endMs - window.startMs });
  } catch (error) {
    if (error instanceof RangeError) throw new AtalayaError('BAD_QUERY', { reason: error.message }, { cause: error });
    throw error;
  }
  if (!(Math.abs(milliseconds) < 1e15)) throw new AtalayaError('BAD_QUERY', { reason: 'duration is out of range' });
  if (milliseconds <= 0 && !mayBeNegative) throw new AtalayaError('BAD_QUERY', { reason: 'duration must be greater than 0' });
  return milliseconds;
}

/** The steps of a subquery whose windows end at `[firstEnd, lastEnd]`: all multiples of its step inside the windows. */
export function subquerySteps(
  subquery: Subquery,
  firstEnd: number,
  lastEnd: number,
  rangeMs: number,
  window: QueryWindow,
  defaultStepMs: number,
) {
  const step = subquery.step === undefined ? defaultStepMs : durationOf(subquery.step, window);
  const after = firstEnd - rangeMs;
  const start = (Math.floor(after / step) + 1) * step;
  return { start, step, count: Math.max(0, Math.floor((lastEnd - start) / step) + 1) };
}

/** Finds every selector of an expression and what it reads. */
export function planReads(expression: Expression, window: QueryWindow, lookbackMs: number, defaultStepMs: number): PlannedRead[] {
  const reads: PlannedRead[] = [];
  const statsOnly = statsOnlySelectors(expression);

  function read(selector: VectorSelector, first: number, last: number, rangeMs: number | undefined): void {
    const { border, matchers } = selector;
    const shift = shiftOf(selector, window);
    const from = (shift.at ?? first) - shift.offset;
    const to = (shift.at ?? last) - shift.offset;
    // Windows are left-open, and timestamps are whole milliseconds. Border modifiers look beyond the windows.
    const inside = from - (rangeMs ?? 0) + 1 - (border === undefined && rangeMs !== undefined ? 0 : lookbackMs);
    // Whether a counter was reset before its first histogram in the window shows only against the one before.
    const start = statsOnly.has(selector) ? inside - lookbackMs : inside;
    const end = to + (border === 'smoothed' ? lookbackMs : 0);
    const dropStale = rangeMs !== undefined || border === 'smoothed';
    reads.push({ reads: selector, request: { matchers, start, end }, dropStale, statsOnly: statsOnly.has(selector) });
  }

  /** The info metrics that info() reads at its own steps. */
  function readInfos(node: FunctionCall, first: number, last: number): void {
    reads.push({
      reads: node,
      request: { matchers: infoMatchers(node), start: first - lookbackMs + 1, end: last },
      dropStale: false,
      statsOnly: false,
    });
  }

  function visit(node: Expression, first: number, last: number): void {
    switch (node.kind) {
      case 'selector':
        return read(node, first, last, undefined);
      case 'matrix':
        return read(node.selector, first, last, durationOf(node.range, window));
      case 'subquery': {
        const shift = shiftOf(node, window);
        const rangeMs = durationOf(node.range, window);
        const firstEnd = (shift.at ?? first) - shift.offset;
        const lastEnd = (shift.at ?? last) - shift.offset;
        const steps = subquerySteps(node, firstEnd, lastEnd, rangeMs, window, defaultStepMs);
        return visit(node.expression, steps.start, steps.start + Math.max(0, steps.count - 1) * steps.step);
      }
      case 'number':
      case 'string':
        return;
      case 'unary':
      case 'parentheses':
      case 'binary':
      case 'aggregation':
        for (const child of childrenOf(node)) visit(child, first, last);
        return;
      case 'call':
        if (node.name === 'info') {
          readInfos(node, first, last);
          return visit(node.args[0] as Expression, first, last);
        }
        for (const child of childrenOf(node)) visit(child, first, last);
    }
  }

  visit(expression, window.startMs, window.endMs);
  return reads;
}
