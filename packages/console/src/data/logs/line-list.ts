/** The lines of a question, read page by page in both directions from where reading began. A store that views subscribe to. */

import { type ApiError, toApiError } from '../http.ts';
import { resolveRange, type TimeRangeText } from '../time-range.ts';
import { type Direction, type LogLine, sameness } from './line.ts';
import type { LinePage, PageRequest, QueryCost } from './loki.ts';
import { toNanoseconds } from './nanoseconds.ts';

/** Lines of one page. */
export const PAGE = 1000;
/** Loki gives no more at once, unless told otherwise. */
const LARGEST_PAGE = 5000;
/** More are not held: who reads so far is better served by a narrower question or a download. */
export const MOST_LINES = 100_000;

/** What is read, and how it is shown. */
export interface LinesQuestion {
  readonly query: string;
  /** Resolved each time that reading begins. */
  readonly range: TimeRangeText;
  /** The order of the list from top to bottom. */
  readonly order: 'newest' | 'oldest';
  /** Reading begins around this moment, not at the top of the range. */
  readonly around?: bigint;
}

/** One end of the list: whether the range has more there. */
export type EndState = 'more' | 'loading' | 'failed' | 'end' | 'full';

/** What the list shows. Replaced by a new object with every change. */
export interface LinesState {
  readonly lines: readonly LogLine[];
  /** Nothing is there yet, something is, or the first reading failed. */
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly error: ApiError | undefined;
  readonly top: EndState;
  readonly bottom: EndState;
  /** Lines that came in since, not in the list yet. */
  readonly fresh: number;
  /** Of the last reading. */
  readonly cost: QueryCost | undefined;
}

type Read = (request: PageRequest, signal: AbortSignal) => Promise<LinePage>;

const BEGINNING: LinesState = {
  lines: [],
  phase: 'loading',
  error: undefined,
  top: 'end',
  bottom: 'more',
  fresh: 0,
  cost: undefined,
};

/** Reads as it is scrolled. One list answers one question; another question makes another list. */
export class LineList {
  readonly question: LinesQuestion;
  readonly #read: Read;
  readonly #clock: () => number;
  #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  #state = BEGINNING;
  /** Lines that came in since and wait to be shown, in the list's order. */
  #waiting: readonly LogLine[] = [];
  /** There were more of these than one page: the list has to begin anew to have no gap. */
  #gap = false;
  #polling = false;
  /** Nanoseconds, inclusive. */
  #start = 0n;
  /** Nanoseconds, exclusive. Moves on with the clock where the range does. */
  #end = 0n;

  /** @param clock milliseconds since the epoch */
  constructor(question: LinesQuestion, read: Read, clock: () => number) {
    this.question = question;
    this.#read = read;
    this.#clock = clock;
  }

  get state(): LinesState {
    return this.#state;
  }

  /** Calls back after each change; gives the way to end that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all reading, until it begins again. */
  close(): void {
    this.#abort.abort();
  }

  #set(change: Partial<LinesState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** The direction in time in which the list goes on downwards. */
  get #down(): Direction {
    return this.question.order === 'newest' ? 'backward' : 'forward';
  }

  /** Reads the first lines, at the range's present end. */
  async begin(): Promise<void> {
    this.#abort.abort();
    const { signal } = (this.#abort = new AbortController());
    const { around, range } = this.question;
    const resolved = resolveRange(range, this.#clock());
    const start = (this.#start = toNanoseconds(resolved.start));
    const end = (this.#end = toNanoseconds(resolved.end));
    this.#waiting = [];
    this.#gap = false;
    this.#set(BEGINNING);
    try {
      if (around === undefined) {
        const page = await this.#page(this.#down, start, end, PAGE);
        if (signal.aborted) return;
        this.#set({ lines: page.lines, cost: page.cost, phase: 'ready', bottom: page.full ? 'more' : 'end' });
        return;
      }
      const half = PAGE / 2;
      const [before, after] = await Promise.all([
        this.#page('backward', start, around + 1n, half),
        this.#page('forward', around + 1n, end, half),
      ]);
      if (signal.aborted) return;
      const [up, down] = this.#down === 'backward' ? [after, before] : [before, after];
      this.#set({
        lines: [...up.lines.toReversed(), ...down.lines],
        cost: down.cost,
        phase: 'ready',
        top: up.full ? 'more' : 'end',
        bottom: down.full ? 'more' : 'end',
      });
    } catch (error) {
      if (!signal.aborted) this.#set({ phase: 'failed', error: toApiError(error) });
    }
  }

  /** Reads on at one end. */
  async more(side: 'top' | 'bottom'): Promise<void> {
    const { lines } = this.#state;
    const state = this.#state[side];
    if (this.#state.phase !== 'ready' || (state !== 'more' && state !== 'failed')) return;
    if (lines.length >= MOST_LINES) return this.#set({ [side]: 'full' });
    const { signal } = this.#abort;
    this.#set({ [side]: 'loading', error: undefined });
    const direction = (side === 'bottom') === (this.#down === 'backward') ? 'backward' : 'forward';
    const edge = side === 'bottom' ? lines.at(-1) : lines[0];
    if (edge === undefined) return;
    try {
      const page = await this.#after(edge.time, direction);
      if (signal.aborted) return;
      const before = this.#state.lines;
      const added = page.lines.slice(0, MOST_LINES - before.length);
      const next = side === 'bottom' ? [...before, ...added] : [...added.toReversed(), ...before];
      const full = added.length < page.lines.length;
      this.#set({ lines: next, [side]: full ? 'full' : page.full ? 'more' : 'end', cost: page.cost });
    } catch (error) {
      if (!signal.aborted) this.#set({ [side]: 'failed', error: toApiError(error) });
    }
  }

  /**
   * The page after a moment in a direction. Lines of that very moment may have been cut off by the page before: they are asked
   * for again, and those that are there already are left out. Where a page is nothing but these, a larger one is asked for.
   */
  async #after(time: bigint, direction: Direction): Promise<LinePage & { full: boolean }> {
    const start = this.#start;
    const end = this.#end;
    const known = new Map<string, number>();
    for (const line of this.#state.lines) if (line.time === time) known.set(sameness(line), (known.get(sameness(line)) ?? 0) + 1);
    for (let limit = PAGE; ; limit = LARGEST_PAGE) {
      const page =
        direction === 'backward' ? await this.#page(direction, start, time + 1n, limit) : await this.#page(direction, time, end, limit);
      const left = new Map(known);
      const lines = page.lines.filter((line) => {
        if (line.time !== time) return true;
        const key = sameness(line);
        const times = left.get(key) ?? 0;
        left.set(key, times - 1);
        return times <= 0;
      });
      if (lines.length > 0 || !page.full) return { ...page, lines };
      if (limit === LARGEST_PAGE) {
        // More lines in one nanosecond than a page holds: the rest of them cannot be reached, what lies beyond can.
        return direction === 'backward' ? this.#page(direction, start, time, PAGE) : this.#page(direction, time + 1n, end, PAGE);
      }
    }
  }

  async #page(direction: Direction, start: bigint, end: bigint, limit: number): Promise<LinePage & { full: boolean }> {
    const { query } = this.question;
    const page = start < end ? await this.#read({ query, start, end, limit, direction }, this.#abort.signal) : { lines: [], cost: NO_COST };
    return { ...page, full: page.lines.length >= limit };
  }

  /** Looks for lines that came in since; at the top they wait until {@link showFresh}, at the bottom they are read on. */
  async poll(): Promise<void> {
    const end = toNanoseconds(this.#clock());
    const { lines, phase, top, bottom } = this.#state;
    if (phase === 'failed') return this.begin();
    if (this.#polling || this.#gap || phase !== 'ready') return;
    if (this.question.order === 'oldest') {
      this.#end = end;
      if (lines.length === 0) await this.begin();
      else if (bottom === 'end') this.#set({ bottom: 'more' });
      return;
    }
    if (top !== 'end') return;
    this.#polling = true;
    try {
      const newest = this.#waiting[0] ?? lines[0];
      const { signal } = this.#abort;
      const from = newest === undefined ? this.#start : newest.time;
      const page = await this.#read({ query: this.question.query, start: from, end, limit: PAGE, direction: 'backward' }, signal);
      if (signal.aborted) return;
      const known = new Set([...this.#waiting, ...lines].slice(0, PAGE).map(sameness));
      const added = page.lines.filter((line) => line.time !== from || !known.has(sameness(line)));
      this.#gap = page.lines.length >= PAGE && newest !== undefined;
      this.#waiting = this.#gap ? page.lines : [...added, ...this.#waiting];
      if (added.length > 0) this.#set({ fresh: this.#waiting.length });
    } catch {
      // The next time it may succeed; the page says elsewhere that the server is away.
    } finally {
      this.#polling = false;
    }
  }

  /** Puts the lines that came in since on top. */
  showFresh(): void {
    if (this.#waiting.length === 0) return;
    const lines = this.#gap ? this.#waiting : [...this.#waiting, ...this.#state.lines].slice(0, MOST_LINES);
    const cut = this.#gap || this.#waiting.length + this.#state.lines.length > MOST_LINES;
    this.#waiting = [];
    this.#gap = false;
    this.#set({ lines, fresh: 0, ...(cut ? { bottom: 'more' as const } : {}) });
  }
}

const NO_COST: QueryCost = { bytes: 0, lines: 0, duration: 0 };
