/** Questions about the lines of a selection that are no queries of LogQL: their text, read and ready to run. */

import { LogqlError, parseLogql } from '@atalaya/lang';
import { AtalayaError, type Matcher, SERVICE_NAME } from '@atalaya/model';
import { compilePipeline } from './compile-pipeline.ts';
import { storedConditions } from './conditions.ts';
import type { LineCondition } from './log-reader.ts';
import type { Pipeline } from './pipeline.ts';

/** A selection of lines. */
export interface LineSelection {
  readonly matchers: readonly Matcher[];
  /** What a reader can check by itself. */
  readonly conditions: readonly LineCondition[];
  /** All stages; undefined when there are none. */
  readonly pipeline: Pipeline | undefined;
  /** Whether the text names a label that may have been discovered. */
  readonly discovered: boolean;
}

/** Reads a selection such as `{app="x"} |= "y"`. @throws AtalayaError BAD_QUERY, also for queries that give numbers. */
export function readSelection(query: string): LineSelection {
  try {
    const expression = parseLogql(query);
    if (expression.kind !== 'logs') throw new AtalayaError('BAD_QUERY', { reason: 'only log selector is supported' });
    const { matchers, stages } = expression;
    return {
      matchers,
      conditions: storedConditions(stages).conditions,
      pipeline: stages.length === 0 ? undefined : compilePipeline(stages),
      discovered: query.includes(SERVICE_NAME),
    };
  } catch (error) {
    if (error instanceof LogqlError) throw new AtalayaError('BAD_QUERY', { reason: error.message });
    throw error;
  }
}
