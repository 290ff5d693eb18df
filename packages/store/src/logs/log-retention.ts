/** Drops log lines that are too old or too many: whole days where nothing of a day is kept, else the lines of the streams that are kept for less long. */

import { type CompiledMatcher, compileMatcher, type Logger, type Matcher, matchesAll } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { DAY_MS, dayOf } from '../metrics/day.ts';
import { stringAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { fragment, joined, sql, type Sql, uint64List } from '../sql.ts';
import { fingerprints } from './read/chosen-streams.ts';
import type { Streams } from './streams.ts';

/** How much is kept. Ages in milliseconds, 0 keeps for ever. */
export interface LogRetention {
  /** Of streams for which no rule says otherwise. */
  readonly ageMs: number;
  /** Bytes of lines on disk, their index included; 0 is no limit. */
  readonly bytes: number;
  /** The first rule whose matchers a stream fulfils says how long its lines are kept. */
  readonly streams: readonly { readonly matchers: readonly Matcher[]; readonly ageMs: number }[];
}

/** What a round of retention did. */
export interface LogRetentionResult {
  readonly droppedDays: number;
  readonly droppedBytes: number;
  /** Streams of which older lines are being deleted while others of the day stay. */
  readonly thinnedStreams: number;
  readonly removedStreams: number;
}

/** Days that one statement drops, and streams that one names, at most. */
const DAYS_AT_ONCE = 200;
const CHUNK = 20_000;

/** How long each stream is kept. */
class StreamAges {
  readonly #retention: LogRetention;
  readonly #rules: readonly { readonly matchers: readonly CompiledMatcher[]; readonly ageMs: number }[];
  readonly #streams: Streams;

  constructor(retention: LogRetention, streams: Streams) {
    this.#retention = retention;
    this.#streams = streams;
    this.#rules = retention.streams.map(({ matchers, ageMs }) => ({ matchers: matchers.map(compileMatcher), ageMs }));
  }

  /** Milliseconds; infinite where lines are kept for ever. */
  of(slot: number): number {
    const labels = this.#streams.labels(slot);
    const rule = this.#rules.find(({ matchers }) => matchesAll(labels, matchers));
    return forEver(rule?.ageMs ?? this.#retention.ageMs);
  }
}

function forEver(ageMs: number): number {
  return ageMs === 0 ? Number.POSITIVE_INFINITY : ageMs;
}

interface LogDay {
  readonly id: string;
  readonly day: number;
  readonly bytes: number;
}

/** Applies the retention once. Lines of a day go when the whole day is too old; today's are never dropped for their size. */
export async function applyLogRetention(
  engine: Engine,
  streams: Streams,
  retention: LogRetention,
  now: number,
  log: Logger,
): Promise<LogRetentionResult> {
  const ages = new StreamAges(retention, streams);
  const cutoffs = new Map<number, number>();
  let longest = forEver(retention.ageMs);
  for (let slot = 0; slot < streams.index.size; slot++) {
    if (streams.index.isRemoved(slot)) continue;
    const age = ages.of(slot);
    longest = Math.max(longest, age);
    cutoffs.set(slot, dayOf(now - age));
  }
  const dropped = await dropDays(engine, retention.bytes, dayOf(now - longest), dayOf(now));
  const thinnedStreams = await thin(engine, streams, cutoffs, dayOf(now - longest));
  const removedStreams = await removeStreams(engine, streams, cutoffs, dropped.lastDay);
  const result = { droppedDays: dropped.days, droppedBytes: dropped.bytes, thinnedStreams, removedStreams };
  if (dropped.days > 0 || thinnedStreams > 0 || removedStreams > 0) log.info(result, 'retention dropped old log lines');
  return result;
}

async function dropDays(
  engine: Engine,
  limit: number,
  firstKept: number,
  today: number,
): Promise<{ days: number; bytes: number; lastDay: number }> {
  const all = await logDays(engine);
  let total = all.reduce((sum, { bytes }) => sum + bytes, 0);
  const drops: Sql[] = [];
  let bytes = 0;
  let lastDay = firstKept - 1;
  for (const day of all) {
    const tooMuch = limit > 0 && total > limit && day.day < today;
    if (day.day >= firstKept && !tooMuch) break;
    drops.push(sql`DROP PARTITION ID ${day.id}`);
    total -= day.bytes;
    bytes += day.bytes;
    lastDay = Math.max(lastDay, day.day);
  }
  for (let at = 0; at < drops.length; at += DAYS_AT_ONCE) {
    await engine.execute(sql`ALTER TABLE otel_logs ${joined(drops.slice(at, at + DAYS_AT_ONCE), ', ')}`);
  }
  return { days: drops.length, bytes, lastDay };
}

/** All days that have lines, the oldest first. */
async function logDays(engine: Engine): Promise<LogDay[]> {
  const { bytes } = await engine.query(
    sql`SELECT partition_id AS id, toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts
      WHERE active AND database = currentDatabase() AND table = 'otel_logs' GROUP BY partition_id`,
  );
  const days: LogDay[] = [];
  for (const block of readNative(bytes)) {
    const ids = column(block, 'id', 'String');
    const sizes = column(block, 'bytes', 'Float64').values;
    for (let row = 0; row < block.rows; row++) {
      const id = stringAt(ids, row);
      days.push({ id, day: Number(id), bytes: sizes[row] as number });
    }
  }
  return days.sort((a, b) => a.day - b.day);
}

/** Deletes lines of streams that are kept for less long than others. The engine does it in its own time, so that inserts need not wait. */
async function thin(engine: Engine, streams: Streams, cutoffs: ReadonlyMap<number, number>, firstKept: number): Promise<number> {
  const byCutoff = new Map<number, number[]>();
  for (const [slot, cutoff] of cutoffs) {
    if (cutoff <= firstKept || streams.index.firstDay(slot) >= cutoff) continue;
    const slots = byCutoff.get(cutoff);
    if (slots === undefined) byCutoff.set(cutoff, [slot]);
    else slots.push(slot);
  }
  let thinned = 0;
  for (const [cutoff, slots] of byCutoff) {
    for (let at = 0; at < slots.length; at += CHUNK) {
      const ids = uint64List(fingerprints(streams, Uint32Array.from(slots.slice(at, at + CHUNK))));
      const end = BigInt(cutoff) * BigInt(DAY_MS) * 1_000_000n;
      const old = fragment(sql`StreamId IN (${ids}) AND Timestamp < fromUnixTimestamp64Nano(toInt64(${end}))`);
      const having = await fingerprintsOf(engine, sql`SELECT DISTINCT StreamId AS id FROM otel_logs WHERE ${old}`);
      if (having.size === 0) continue;
      thinned += having.size;
      await engine.execute(sql`DELETE FROM otel_logs WHERE ${old} SETTINGS lightweight_deletes_sync = 0`);
    }
  }
  // Rewrites the parts that had lines deleted, and only those: else they would keep their size until a merge.
  if (thinned > 0) await engine.execute(sql`ALTER TABLE otel_logs APPLY DELETED MASK SETTINGS mutations_sync = 0`);
  return thinned;
}

/** Removes streams whose lines, by their age, are gone, and of which the table holds none any more. */
async function removeStreams(engine: Engine, streams: Streams, cutoffs: ReadonlyMap<number, number>, lastDropped: number): Promise<number> {
  const old = [...cutoffs]
    .filter(([slot, cutoff]) => streams.index.lastDay(slot) < Math.max(cutoff, lastDropped + 1))
    .map(([slot]) => slot);
  let removed = 0;
  for (let at = 0; at < old.length; at += CHUNK) {
    const chunk = old.slice(at, at + CHUNK);
    const ids = uint64List(fingerprints(streams, Uint32Array.from(chunk)));
    const left = await fingerprintsOf(engine, sql`SELECT DISTINCT StreamId AS id FROM otel_logs WHERE StreamId IN (${ids})`);
    removed += await streams.remove(chunk.filter((slot) => !left.has(`${streams.index.fpHigh(slot)}:${streams.index.idLow(slot)}`)));
  }
  return removed;
}

async function fingerprintsOf(engine: Engine, statement: Sql): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const block of readNative((await engine.query(statement)).bytes)) {
    const { words } = column(block, 'id', 'UInt64');
    for (let row = 0; row < block.rows; row++) found.add(`${words[row * 2 + 1]}:${words[row * 2]}`);
  }
  return found;
}
