/** Reads lines in portions: slices of time that grow and shrink by what they give, so that the newest lines come at once and memory is bounded. */

import { AtalayaError, type CancelSignal } from '@atalaya/model';
import type { Engine, QueryAnswer, QueryLimits } from '../../engine/engine.ts';
import { type LazyBlock, readLazily } from '../../native/lazy.ts';
import { fragment, sql, type Sql } from '../../sql.ts';
import { HOUR_NS } from '../log-day.ts';
import type { Streams } from '../streams.ts';
import { chooseStreams, type ChosenStreams, ofStreams } from './chosen-streams.ts';
import { conditionsSql } from './conditions.ts';
import { clampTime, type LinesQuestion, type TextCondition } from './requests.ts';
import { inRange } from './table-range.ts';

/** Lines on their way: still the engine's bytes, cheap to hand to another thread. */
export interface RawPortion {
  /** Native blocks with the columns of {@link LineColumns}, in the order asked for. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many of the rows count; those behind them come again. */
  readonly rows: number;
  /** Streams that occur and did not in an earlier portion of this reading. */
  readonly newStreams: Uint32Array;
  /** Whether labels that were discovered are wanted. */
  readonly discovered: boolean;
  /** Rows and bytes that the engine looked at. */
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/** What reading works on. */
export interface ReadSources {
  readonly engine: Engine;
  readonly streams: Streams;
  readonly limits: QueryLimits;
}

const FIRST_SLICE = 60_000_000_000n;
/** The first slice of those who want all there is: its lines are needed anyway. */
const FIRST_SLICE_OF_ALL = HOUR_NS;
/** How much larger than the last a slice may be, and which share of a portion it aims at. */
const GROWTH = 16;
const AIM = 0.7;

/** How large portions are: rows at first and at most, and bytes, about. */
interface PortionSize {
  readonly first: number;
  readonly most: number;
  readonly bytes: number;
}

/**
 * Each slice costs at least a look at a granule of every stream in its hours, so who wants everything gets few large portions, and who wants
 * some lines gets them soon.
 */
const ALL: PortionSize = { first: 50_000, most: 250_000, bytes: 32 * 1_048_576 };
const SOME: PortionSize = { first: 200, most: 20_000, bytes: 4 * 1_048_576 };

/** One reading. {@link next} gives portion after portion. */
export class LineReading {
  readonly #sources: ReadSources;
  readonly #question: LinesQuestion;
  readonly #chosen: ChosenStreams;
  #where: readonly Sql[];
  readonly #columns: Sql;
  /** What is still to be read, both inclusive. */
  #from: bigint;
  #to: bigint;
  #slice: bigint;
  readonly #size: PortionSize;
  #rows: number;
  #withoutExpressions = false;
  readonly #told = new Set<string>();

  /** @throws AtalayaError BAD_QUERY for an invalid regular expression. */
  constructor(sources: ReadSources, question: LinesQuestion) {
    this.#sources = sources;
    this.#question = question;
    this.#from = clampTime(question.start);
    this.#to = clampTime(question.end - 1n);
    const { streams } = sources;
    this.#chosen = chooseStreams(streams, question.matchers, this.#from, this.#to);
    this.#where = this.#conditions(question.conditions);
    this.#columns = columnsOf(question.attributes, this.#chosen.otlp);
    const { expected } = question;
    this.#slice = expected === undefined ? FIRST_SLICE_OF_ALL : FIRST_SLICE;
    this.#size = expected === undefined ? ALL : SOME;
    this.#rows = Math.min(Math.max(this.#size.first, expected ?? 0), this.#size.most);
  }

  /** The next lines; `undefined` at the end. A portion may hold none. Rejects as the engine's queries do. */
  async next(signal: CancelSignal): Promise<RawPortion | undefined> {
    if (this.#from > this.#to || this.#chosen.slots.length === 0) return undefined;
    const backward = this.#question.direction === 'backward';
    const from = backward ? later(this.#to - this.#slice + 1n, this.#from) : this.#from;
    const to = backward ? this.#to : earlier(this.#from + this.#slice - 1n, this.#to);
    const limit = this.#rows;
    const answer = await this.#ask(from, to, limit, signal);
    if (answer === undefined) return this.next(signal);
    const blocks = readLazily(answer.bytes);
    const found = blocks.reduce((sum, { rows }) => sum + rows, 0);
    if (found < limit) {
      this.#go(from, to);
      this.#fitRows(answer, found);
      this.#fitSlice(found);
      return this.#portion(answer, blocks, found);
    }
    // There may be more at the last line's time than were given: that time is read once more, whole.
    const times = blocks.flatMap((block) => [...block.column('t', 'Int64')]);
    const last = times.at(-1) as bigint;
    const rows = times.indexOf(last);
    this.#fitRows(answer, found);
    if (rows > 0) {
      const first = times[0] as bigint;
      const covered = backward ? first - last : last - first;
      if (covered < this.#slice) this.#slice = covered + 1n;
      if (backward) this.#to = last;
      else this.#from = last;
      return this.#portion(answer, blocks, rows);
    }
    const whole = await this.#ask(last, last, undefined, signal);
    this.#go(last, last);
    if (whole === undefined) return this.next(signal);
    const all = readLazily(whole.bytes);
    return this.#portion(
      whole,
      all,
      all.reduce((sum, block) => sum + block.rows, 0),
    );
  }

  /** Notes that a slice is read. */
  #go(from: bigint, to: bigint): void {
    if (this.#question.direction === 'backward') this.#to = from - 1n;
    else this.#from = to + 1n;
  }

  /** As many rows next time as fill a portion. */
  #fitRows({ bytes }: QueryAnswer, rows: number): void {
    if (rows === 0) return;
    const fitting = Math.floor(this.#size.bytes / (bytes.length / rows));
    this.#rows = Math.max(1, Math.min(this.#rows * 2, fitting, this.#size.most));
  }

  /** As much time next time as, by what a whole slice held, nearly fills a portion. */
  #fitSlice(found: number): void {
    const factor = Math.min(GROWTH, (AIM * this.#rows) / Math.max(1, found));
    this.#slice = later(1n, (this.#slice * BigInt(Math.ceil(factor * 100))) / 100n);
  }

  /**
   * Asks for one slice; `undefined` when it is to be asked for otherwise: fewer lines, because they are so long that the engine's memory does not
   * do, or without expressions that the engine does not take. Whoever reads looks at the lines again.
   */
  async #ask(from: bigint, to: bigint, limit: number | undefined, signal: CancelSignal): Promise<QueryAnswer | undefined> {
    const { engine, limits } = this.#sources;
    const backward = this.#question.direction === 'backward';
    const order = backward ? sql`Timestamp DESC, Batch DESC, _part_offset DESC` : sql`Timestamp, Batch, _part_offset`;
    const end = limit === undefined ? sql`` : sql`LIMIT ${limit}`;
    const statement = sql`SELECT ${fragment(this.#columns)} FROM otel_logs
      WHERE ${fragment(inRange(from, to, this.#where))} ORDER BY ${fragment(order)} ${fragment(end)}`;
    try {
      return await engine.query(statement, { limits, signal });
    } catch (error) {
      if (error instanceof AtalayaError && error.code === 'BAD_QUERY' && this.#leaveOutExpressions()) return undefined;
      const tooLong = error instanceof AtalayaError && error.code === 'QUERY_LIMIT' && limit !== undefined && limit > 1;
      if (!tooLong) throw error;
      this.#rows = Math.ceil(limit / 16);
      return undefined;
    }
  }

  /** Reads on without regular expressions; tells whether there were any. */
  #leaveOutExpressions(): boolean {
    const { conditions } = this.#question;
    if (this.#withoutExpressions || !conditions.some(({ kind }) => kind === 'matches')) return false;
    this.#withoutExpressions = true;
    this.#where = this.#conditions(conditions.filter(({ kind }) => kind !== 'matches'));
    return true;
  }

  #conditions(conditions: readonly TextCondition[]): Sql[] {
    const { streams } = this.#sources;
    const { slots, all } = this.#chosen;
    return [...(all ? [] : [ofStreams(streams, slots)]), ...conditionsSql(conditions, { streams, chosen: this.#chosen })];
  }

  #portion(answer: QueryAnswer, blocks: readonly LazyBlock[], rows: number): RawPortion {
    const { rowsRead, bytesRead, bytes } = answer;
    return { bytes, rows, newStreams: this.#newStreams(blocks, rows), discovered: this.#question.discovered ?? false, rowsRead, bytesRead };
  }

  #newStreams(blocks: readonly LazyBlock[], rows: number): Uint32Array {
    const { index } = this.#sources.streams;
    const slots: number[] = [];
    let left = rows;
    for (const block of blocks) {
      const words = block.column('s', 'UInt64');
      let before = '';
      for (let row = 0; row < Math.min(block.rows, left); row++) {
        const key = `${words[row * 2 + 1]}:${words[row * 2]}`;
        if (key === before) continue;
        before = key;
        if (this.#told.has(key)) continue;
        this.#told.add(key);
        const slot = index.slotOf(words[row * 2] as number, words[row * 2 + 1] as number);
        if (slot >= 0) slots.push(slot);
      }
      left -= block.rows;
    }
    return Uint32Array.from(slots);
  }
}

/** Stream, time, text and level; with attributes what labels of the line are made of. */
function columnsOf(attributes: boolean, otlp: boolean): Sql {
  const basic = sql`StreamId AS s, toUnixTimestamp64Nano(Timestamp) AS t, Body AS b, toUInt8(DetectedLevel) AS l`;
  if (!attributes) return basic;
  const map = (name: Sql): Sql => sql`CAST(${fragment(name)}, 'Map(String, String)')`;
  const plain = sql`${fragment(basic)}, ${fragment(map(sql`LogAttributes`))} AS a`;
  if (!otlp) return plain;
  return sql`${fragment(plain)}, toUInt8(IsOtlp) AS o, ${fragment(map(sql`ResourceAttributes`))} AS ra, ${fragment(map(sql`ScopeAttributes`))} AS sa,
    ScopeName AS sn, CAST(ScopeVersion, 'String') AS sv, CAST(SeverityText, 'String') AS st, SeverityNumber AS sy, TraceId AS ti, SpanId AS si,
    TraceFlags AS tf`;
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
