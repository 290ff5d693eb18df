/** Finds traces, the newest first: slices of time backwards that grow by what they give, so that a question with many hits is quick and memory bounded. */

import { AtalayaError, type CancelSignal, type FoundTrace, type TimeBounds, type TracesRequest } from '@atalaya/model';
import { lazyText, readLazily } from '../../native/lazy.ts';
import { fragment, joined, sql, type Sql } from '../../sql.ts';
import { startsWithin } from '../span-time.ts';
import { indexHelp } from './index-help.ts';
import { predicateSql } from './predicate-sql.ts';
import type { TraceSources } from './sources.ts';
import { somewhereWithin, traceTimes } from './trace-times.ts';

/** Nanoseconds: five seconds. */
const FIRST_SLICE = 5_000_000_000n;
/** How much larger than the last a slice may be, at least and at most. */
const LEAST_GROWTH = 4;
const MOST_GROWTH = 64;
/** How long the engine should take for a slice, about, milliseconds: quick enough to be followed by a larger one, slow enough to be worth asking. */
const AIM_MS = 200;
/** Traces of a slice that are looked at together, and as many as are too few for the next slice to be of the same size. */
const PORTION = 2000;
const FEW = 200;
/** Spans that may be looked at where something rare is looked for in all the rest of the range. */
const RARE_ROWS = 500_000;

/** A trace with matching spans. */
interface Candidate {
  readonly traceId: string;
  readonly newest: bigint;
  /** Bits of the predicates that its spans in the slice fulfil. */
  readonly fulfilled: number;
}

/** The traces for which every predicate is fulfilled by a span within the range. @throws AtalayaError BAD_QUERY, or as the engine's queries do */
export async function findTraces(sources: TraceSources, request: TracesRequest, signal: CancelSignal): Promise<FoundTrace[]> {
  return new TraceSearch(sources, request, signal).run();
}

class TraceSearch {
  readonly #sources: TraceSources;
  readonly #request: TracesRequest;
  readonly #signal: CancelSignal;
  readonly #predicates: readonly Sql[];
  readonly #any: Sql;
  readonly #all: number;
  /** Whether the index tells of every predicate where it cannot hold. */
  readonly #indexed: boolean;
  /** Traces that were decided on. */
  readonly #seen = new Set<string>();
  readonly #found: FoundTrace[] = [];

  constructor(sources: TraceSources, request: TracesRequest, signal: CancelSignal) {
    this.#sources = sources;
    this.#request = request;
    this.#signal = signal;
    if (request.having.length > MOST_PREDICATES) {
      throw new AtalayaError('BAD_QUERY', { reason: `a search has at most ${MOST_PREDICATES} conditions on different spans` });
    }
    this.#predicates = request.having.map(predicateSql);
    this.#indexed = request.having.length > 0 && request.having.every((predicate) => indexHelp(predicate) !== undefined);
    this.#any = this.#predicates.length === 0 ? sql`1` : sql`(${joined(this.#predicates, ' OR ')})`;
    this.#all = 2 ** this.#predicates.length - 1;
  }

  async run(): Promise<FoundTrace[]> {
    const { start, end, before, limit } = this.#request;
    let to = before !== undefined && before < end ? before : end;
    let slice = FIRST_SLICE;
    let portion = PORTION;
    // What the first slice does not have may be rare: then the index leaves so little of all the rest that it is asked at once.
    let rare = false;
    while (to > start && this.#found.length < limit) {
      const from = later(start, to - (rare ? LARGEST_SLICE : slice));
      const answer = await this.#ask(from, to, portion, rare ? RARE_ROWS : undefined);
      if (answer === undefined) {
        if (!rare) slice = later(LEAST_SLICE, slice / 4n);
        rare = false;
        continue;
      }
      const { candidates, elapsedMs } = answer;
      await this.#decide(candidates, from);
      if (candidates.length < portion) {
        rare = this.#indexed && candidates.length === 0 && slice === FIRST_SLICE;
        to = from;
        if (candidates.length < FEW) slice = earlier(LARGEST_SLICE, slice * growth(elapsedMs));
        else if (candidates.length > PORTION / 2) slice = later(LEAST_SLICE, slice / 2n);
        portion = PORTION;
        continue;
      }
      // There are more in this slice. Those of the last one's nanosecond come again, and are known then.
      const last = (candidates.at(-1) as Candidate).newest;
      if (last + 1n >= to) portion *= 2;
      else portion = PORTION;
      to = last + 1n;
    }
    return this.#found.sort(newestFirst).slice(0, limit);
  }

  /**
   * Traces with matching spans in a slice, the newest first; `undefined` when the slice is too much for the engine's memory, or there are more
   * than `mostRows` spans that the index does not leave out.
   */
  async #ask(
    from: bigint,
    to: bigint,
    portion: number,
    mostRows: number | undefined,
  ): Promise<{ readonly candidates: Candidate[]; readonly elapsedMs: number } | undefined> {
    const { engine, limits } = this.#sources;
    const statement = sql`SELECT TraceId AS id, toUnixTimestamp64Nano(max(Timestamp)) AS newest, toFloat64(${fragment(this.#fulfilled())}) AS fulfilled
      FROM otel_traces WHERE ${fragment(startsWithin(from, to))} AND ${fragment(this.#any)}
      GROUP BY TraceId ORDER BY newest DESC, id LIMIT ${portion}`;
    try {
      const settings = mostRows === undefined ? {} : { max_rows_to_read: mostRows, use_skip_indexes_on_data_read: 0 };
      const { bytes, elapsedMs } = await engine.query(statement, { limits, settings, signal: this.#signal });
      return { candidates: candidatesIn(bytes), elapsedMs };
    } catch (error) {
      const tooMuch = error instanceof AtalayaError && error.code === 'QUERY_LIMIT' && to - from > LEAST_SLICE;
      if (tooMuch) return undefined;
      throw error;
    }
  }

  /** Which predicates the spans of a trace fulfil, as bits. With one there is no question. */
  #fulfilled(): Sql {
    if (this.#predicates.length < 2) return sql`${this.#all}`;
    const bits = this.#predicates.map((predicate, i) => sql`max(${fragment(predicate)}) * ${2 ** i}`);
    return sql`arraySum([${joined(bits, ', ')}])`;
  }

  /** Adds those of the candidates of the slice from `from` on that are what is looked for. */
  async #decide(candidates: readonly Candidate[], from: bigint): Promise<void> {
    const { before, end, start, limit } = this.#request;
    const fresh = candidates.filter(({ traceId }) => !this.#seen.has(traceId));
    // Of several predicates most candidates fulfil one only.
    const together = this.#predicates.length > 1 ? MOST_TOGETHER : Math.min(MOST_TOGETHER, Math.max(limit, LEAST_TOGETHER));
    for (let at = 0; at < fresh.length && this.#found.length < limit; at += together) {
      const some = fresh.slice(at, at + together);
      for (const { traceId } of some) this.#seen.add(traceId);
      const ids = some.map(({ traceId }) => traceId);
      const times = await traceTimes(this.#sources, ids, this.#signal);
      const within = ({ traceId, newest }: Candidate): TimeBounds => times.get(traceId) ?? { start: newest, end: newest + 1n };
      // Later than the slice it has no matching spans, or it would have been seen; what does not begin before it has shown all that it fulfils.
      const incomplete = some.filter((one) => one.fulfilled !== this.#all && from > start && within(one).start < from);
      const completed = await this.#fulfilling(incomplete, start, end, within);
      const complete = some.filter(({ traceId, fulfilled }) => (fulfilled | (completed.get(traceId) ?? 0)) === this.#all);
      const newer = before === undefined ? [] : complete.filter((one) => within(one).end > before);
      const excluded = before === undefined ? NONE : await this.#fulfilling(newer, before, end, within);
      for (const candidate of complete) {
        const { traceId, newest } = candidate;
        if (!excluded.has(traceId)) this.#found.push({ traceId, newest, ...within(candidate) });
      }
    }
  }

  /** Which predicates spans of some traces fulfil from `start` on and before `end`; traces without matching spans are left out. */
  async #fulfilling(
    some: readonly Candidate[],
    start: bigint,
    end: bigint,
    within: (candidate: Candidate) => TimeBounds,
  ): Promise<ReadonlyMap<string, number>> {
    if (some.length === 0) return NONE;
    const { engine, limits } = this.#sources;
    const ids = some.map(({ traceId }) => sql`${traceId}`);
    const conditions = [startsWithin(start, end), somewhereWithin(some.map(within)), sql`TraceId IN (${joined(ids, ', ')})`, this.#any];
    const statement = sql`SELECT TraceId AS id, toUnixTimestamp64Nano(max(Timestamp)) AS newest, toFloat64(${fragment(this.#fulfilled())}) AS fulfilled
      FROM otel_traces WHERE ${joined(conditions, ' AND ')} GROUP BY TraceId`;
    const { bytes } = await engine.query(statement, { limits, signal: this.#signal });
    return new Map(candidatesIn(bytes).map(({ traceId, fulfilled }) => [traceId, fulfilled]));
  }
}

/** Bits of a number. */
const MOST_PREDICATES = 30;
/** Candidates that are decided on together: as many as are wanted, within these bounds. */
const LEAST_TOGETHER = 20;
const MOST_TOGETHER = 1000;
/** A slice that is not made smaller still. */
const LEAST_SLICE = 1_000_000n;
/** 146 years. The engine loses rows in ranges that are wider than 63 bits of nanoseconds. */
const LARGEST_SLICE = 2n ** 62n;
const NONE: ReadonlyMap<string, number> = new Map();

function candidatesIn(bytes: Uint8Array): Candidate[] {
  return readLazily(bytes).flatMap((block) => {
    const ids = block.column('id', 'String');
    const newest = block.column('newest', 'Int64');
    const fulfilled = block.column('fulfilled', 'Float64');
    return Array.from({ length: block.rows }, (_, row) => ({
      traceId: lazyText(ids, row),
      newest: newest[row] as bigint,
      fulfilled: fulfilled[row] as number,
    }));
  });
}

/** How much larger the next slice is to be when one held few matches. */
function growth(elapsedMs: number): bigint {
  return BigInt(Math.round(Math.min(MOST_GROWTH, Math.max(LEAST_GROWTH, AIM_MS / Math.max(1, elapsedMs)))));
}

function newestFirst(a: FoundTrace, b: FoundTrace): number {
  if (a.newest !== b.newest) return a.newest > b.newest ? -1 : 1;
  return a.traceId < b.traceId ? -1 : 1;
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
