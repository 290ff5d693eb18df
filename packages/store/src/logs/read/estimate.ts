/** About how many lines a reading would look at, told by the indexes alone: nothing is read for it. */

import type { CancelSignal } from '@atalaya/model';
import { column, readNative } from '../../native/read.ts';
import { fragment, sql } from '../../sql.ts';
import { chooseStreams, ofStreams } from './chosen-streams.ts';
import { conditionsSql } from './conditions.ts';
import type { ReadSources } from './lines.ts';
import { clampTime, type LinesQuestion } from './requests.ts';
import { inRange } from './table-range.ts';

/** Which lines are asked about; regular expressions are not looked at. */
export type EstimateQuestion = Pick<LinesQuestion, 'matchers' | 'start' | 'end' | 'conditions'>;

/** Lines of the granules that the indexes leave. Rejects as the engine's queries do. */
export async function estimateLines(
  { engine, streams, limits }: ReadSources,
  question: EstimateQuestion,
  signal: CancelSignal,
): Promise<number> {
  const from = clampTime(question.start);
  const to = clampTime(question.end - 1n);
  const chosen = chooseStreams(streams, question.matchers, from, to);
  if (chosen.slots.length === 0 || from > to) return 0;
  // What the engine may refuse is no help to an index either; the texts that an expression must hold are lost with it.
  const conditions = question.conditions.filter(({ kind }) => kind !== 'matches');
  const where = [...(chosen.all ? [] : [ofStreams(streams, chosen.slots)]), ...conditionsSql(conditions, { streams, chosen })];
  const statement = sql`EXPLAIN ESTIMATE SELECT Body FROM otel_logs WHERE ${fragment(inRange(from, to, where))}`;
  let lines = 0;
  for (const block of readNative((await engine.query(statement, { limits, signal })).bytes)) {
    const { words } = column(block, 'rows', 'UInt64');
    for (let row = 0; row < block.rows; row++) lines += (words[row * 2] as number) + (words[row * 2 + 1] as number) * 2 ** 32;
  }
  return lines;
}
