/** Remembers, at the start, the lines that were received last: a sender that got no answer from the run before sends them again. */

import type { Engine } from '../engine/engine.ts';
import { type LazyTexts, readLazily } from '../native/lazy.ts';
import { fragment, sql } from '../sql.ts';
import { LineHasher } from './line-hash.ts';
import { firstKeyAt } from '../loader/record-key.ts';
import type { RecentHashes } from '../loader/recent-hashes.ts';

/** Senders give up after some minutes; Promtail after eight and a half. */
const REMEMBERED_MS = 10 * 60_000;
/** More lines than these are not read: the start would take too long. */
const MOST_LINES = 200_000;
const MOST_BYTES = 64 * 1_048_576;

/** Fills the memory of recent lines from the table; gives how many there were. `now` is in milliseconds. */
export async function rememberLines(engine: Engine, recent: RecentHashes, now: number): Promise<number> {
  const first = await firstKey(engine, firstKeyAt(now - REMEMBERED_MS));
  if (first === undefined) return 0;
  const { bytes } = await engine.query(
    sql`SELECT StreamId AS s, toUnixTimestamp64Nano(Timestamp) AS t, Body AS b, CAST(LogAttributes, 'Map(String, String)') AS a,
        TraceId AS i, SpanId AS j
      FROM otel_logs WHERE Batch >= ${first} AND ${fragment(NOT_FROM_ELSEWHERE)}`,
  );
  const hasher = new LineHasher();
  let lines = 0;
  for (const block of readLazily(bytes)) {
    const ids = block.column('s', 'UInt64');
    const times = new Uint32Array(block.column('t', 'Int64').buffer);
    const texts = block.column('b', 'String');
    const [traceIds, spanIds] = [block.column('i', 'String'), block.column('j', 'String')];
    const { offsets, keys, values } = block.column('a', 'Map(String, String)');
    for (let row = 0; row < block.rows; row++) {
      const line = {
        streamLow: ids[row * 2] as number,
        streamHigh: ids[row * 2 + 1] as number,
        timeLow: times[row * 2] as number,
        timeHigh: times[row * 2 + 1] as number,
      };
      const from = row === 0 ? 0 : (offsets[row - 1] as number);
      const to = offsets[row] as number;
      const [name, nameEnd] = packedRange(keys, from, to);
      const [value, valueEnd] = packedRange(values, from, to);
      const [body, bodyEnd] = packedRange(texts, row, row + 1);
      hasher.hash(line, texts.bytes, body, bodyEnd, keys.bytes, name, nameEnd, values.bytes, value, valueEnd);
      hasher.addId(traceIds.bytes, ...packedRange(traceIds, row, row + 1));
      hasher.addId(spanIds.bytes, ...packedRange(spanIds, row, row + 1));
      recent.add(hasher.low, hasher.high);
    }
    lines += block.rows;
  }
  return lines;
}

/** Lines that did not come through the journal have no record. */
const NOT_FROM_ELSEWHERE = sql`Batch != 0`;

/** The oldest record, not before `earliest`, from which on there are not too many lines; `undefined` when there are none. */
async function firstKey(engine: Engine, earliest: bigint): Promise<bigint | undefined> {
  const { bytes } = await engine.query(
    sql`SELECT Batch AS key, toFloat64(count()) AS lines, toFloat64(sum(length(Body))) AS bytes FROM otel_logs
      WHERE Batch >= ${earliest} AND ${fragment(NOT_FROM_ELSEWHERE)} GROUP BY key ORDER BY key DESC LIMIT ${MOST_LINES}`,
  );
  let first: bigint | undefined;
  let lines = 0;
  let size = 0;
  for (const block of readLazily(bytes)) {
    const keys = block.column('key', 'UInt64');
    for (let row = 0; row < block.rows; row++) {
      lines += block.column('lines', 'Float64')[row] as number;
      size += block.column('bytes', 'Float64')[row] as number;
      if (lines > MOST_LINES || size > MOST_BYTES) return first;
      first = (BigInt(keys[row * 2 + 1] as number) << 32n) | BigInt(keys[row * 2] as number);
    }
  }
  return first;
}

/** Where texts `[from, to)` of a column lie with their lengths. */
function packedRange({ starts, ends }: LazyTexts, from: number, to: number): [start: number, end: number] {
  if (from === to) return [0, 0];
  const start = starts[from] as number;
  let prefix = 1;
  for (let length = (ends[from] as number) - start; length >= 0x80; length = Math.floor(length / 0x80)) prefix++;
  return [start - prefix, ends[to - 1] as number];
}
