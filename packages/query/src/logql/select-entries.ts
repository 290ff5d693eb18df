/** Log queries: lines through a pipeline, newest or oldest first, until there are enough. */

import type { LogSelection } from '@atalaya/lang';
import type { CancelSignal } from '@atalaya/model';
import type { LogEntry } from './answer.ts';
import { compilePipeline } from './compile-pipeline.ts';
import { storedConditions } from './conditions.ts';
import type { LogqlBudget } from './limits.ts';
import { LineView } from './line-view.ts';
import type { LogReader } from './log-reader.ts';

/** Which lines are wanted. */
export interface EntriesRequest {
  /** Nanoseconds since the epoch, inclusive. */
  readonly start: bigint;
  /** Nanoseconds since the epoch, exclusive. */
  readonly end: bigint;
  /** Nanoseconds that lie at least between a line and the next one that is given; 0 gives all. */
  readonly interval: bigint;
  /** Most lines, of all streams together. */
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
}

/** About what an entry takes besides its text. */
const ENTRY_BYTES = 200;

/** Reads until the limit is reached. */
export async function selectEntries(
  { matchers, stages }: LogSelection,
  { start, end, interval, limit, direction }: EntriesRequest,
  reader: LogReader,
  budget: LogqlBudget,
  signal: CancelSignal,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  if (limit <= 0) return entries;
  const { conditions, complete } = storedConditions(stages);
  const pipeline = compilePipeline(stages);
  const line = new LineView(true);
  // Where conditions say all, every line that comes is one of the answer.
  const expected = complete && interval === 0n ? { expected: limit } : {};
  let next: bigint | undefined;
  const request = { matchers, start, end, direction, conditions, attributes: true, ...expected } as const;
  for await (const block of reader.lines(request, signal)) {
    budget.took(block.rows);
    for (let row = 0; row < block.rows; row++) {
      budget.tick();
      const timestamp = block.timestamps[row]!;
      line.moveTo(block, row, timestamp);
      const processed = pipeline.process(line);
      if (processed === undefined) continue;
      budget.matched(1);
      if (next !== undefined && (direction === 'forward' ? timestamp < next : timestamp > next)) continue;
      if (interval > 0n) next = direction === 'forward' ? timestamp + interval : timestamp - interval;
      const { text, labels } = processed;
      budget.hold(text.length * 2 + ENTRY_BYTES);
      budget.answers(text.length);
      if (entries.push({ timestamp, line: text, labels: labels.all(), categories: labels.categorised() }) >= limit) return entries;
    }
  }
  return entries;
}
