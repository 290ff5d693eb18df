/** Drops spans that are too old or too many: whole days. */

import type { Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { dayOf } from '../metrics/day.ts';
import { lazyText, readLazily } from '../native/lazy.ts';
import { joined, sql, type Sql } from '../sql.ts';
import type { Operations } from './operations.ts';
import { DAY_HOURS } from './span-time.ts';

/** How much is kept. */
export interface TraceRetention {
  /** Milliseconds; 0 keeps for ever. */
  readonly ageMs: number;
  /** Bytes of spans on disk, their indexes included; 0 is no limit. */
  readonly bytes: number;
}

/** What a round of retention did. */
export interface TraceRetentionResult {
  readonly droppedDays: number;
  readonly droppedBytes: number;
}

/** Days that one statement drops at most. */
const DAYS_AT_ONCE = 200;

interface SpanDay {
  readonly id: string;
  readonly day: number;
  readonly bytes: number;
}

/** Applies the retention once. Spans of a day go when the whole day is too old; today's are never dropped for their size. */
export async function applyTraceRetention(
  engine: Engine,
  operations: Operations,
  retention: TraceRetention,
  now: number,
  log: Logger,
): Promise<TraceRetentionResult> {
  const today = dayOf(now);
  const firstKept = retention.ageMs === 0 ? Number.NEGATIVE_INFINITY : dayOf(now - retention.ageMs);
  const days = await spanDays(engine);
  let left = days.reduce((sum, { bytes }) => sum + bytes, 0);
  let droppedBytes = 0;
  const drops: Sql[] = [];
  for (const { id, day, bytes } of days) {
    const tooMuch = retention.bytes > 0 && left > retention.bytes && day < today;
    if (day >= firstKept && !tooMuch) break;
    drops.push(sql`DROP PARTITION ID ${id}`);
    left -= bytes;
    droppedBytes += bytes;
  }
  for (let at = 0; at < drops.length; at += DAYS_AT_ONCE) {
    await engine.execute(sql`ALTER TABLE otel_traces ${joined(drops.slice(at, at + DAYS_AT_ONCE), ', ')}`);
  }
  const firstDay = days[drops.length]?.day ?? firstKept;
  if (drops.length > 0 && Number.isFinite(firstDay)) await operations.removeBefore(firstDay * DAY_HOURS);
  const result = { droppedDays: drops.length, droppedBytes };
  if (drops.length > 0) log.info(result, 'retention dropped old spans');
  return result;
}

/** All days that have spans, the oldest first. */
async function spanDays(engine: Engine): Promise<SpanDay[]> {
  const { bytes } = await engine.query(
    sql`SELECT partition_id AS id, toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts
      WHERE active AND database = currentDatabase() AND table = 'otel_traces' GROUP BY partition_id`,
  );
  const days: SpanDay[] = [];
  for (const block of readLazily(bytes)) {
    const ids = block.column('id', 'String');
    const sizes = block.column('bytes', 'Float64');
    for (let row = 0; row < block.rows; row++) {
      const id = lazyText(ids, row);
      days.push({ id, day: Number(id), bytes: sizes[row] as number });
    }
  }
  return days.sort((a, b) => a.day - b.day);
}
