/** The live tail: a socket that is opened again when it breaks, and a bounded buffer of the newest lines. */

import type { Clock, Timer } from '@atalaya/model';

import { type LogLine, readStreams, sameness, type StreamAnswer } from './line.ts';

/** Lines that are kept; older ones make way. */
export const TAIL_LINES = 5000;
/** The rate is that of the last so many milliseconds. */
const RATE_WINDOW_MS = 5000;
/** Waits before the next attempt, milliseconds; the last one again and again. */
const WAITS = [500, 1000, 2000, 5000] as const;

/** How the tail stands. */
export type TailPhase = 'connecting' | 'live' | 'waiting' | 'refused';

/** What a view shows of a tail. */
export interface TailState {
  readonly phase: TailPhase;
  /** Newest first. */
  readonly lines: readonly LogLine[];
  readonly paused: boolean;
  /** Lines that came in during the pause. */
  readonly held: number;
  readonly perSecond: number;
  /** Lines that the server left out since it could not send them as fast as they came. */
  readonly dropped: number;
}

/** The part of a WebSocket that is used. */
export interface TailSocket {
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  close(): void;
}

/** Where a tail of a query is served; `start` in nanoseconds. */
export function tailAddress(origin: string, query: string, start: bigint): string {
  const search = new URLSearchParams({ query, start: String(start), limit: String(TAIL_LINES) });
  return `${origin.replace(/^http/, 'ws')}/loki/api/v1/tail?${search.toString()}`;
}

interface TailMessage {
  readonly streams?: readonly StreamAnswer[];
  readonly dropped_entries?: readonly unknown[] | null;
}

/** Follows a query until it is closed. */
export class Tail {
  readonly #open: (start: bigint) => TailSocket;
  readonly #clock: Clock;
  readonly #streamLabels: ReadonlySet<string> | undefined;
  readonly #listeners = new Set<() => void>();
  #state: TailState = { phase: 'connecting', lines: [], paused: false, held: 0, perSecond: 0, dropped: 0 };
  /** Newest first; what is shown is taken from here when there is no pause. */
  #buffer: LogLine[] = [];
  #arrivals: { at: number; count: number }[] = [];
  #socket: TailSocket | undefined;
  #timer: Timer | undefined;
  #failures = 0;
  #closed = false;

  constructor(open: (start: bigint) => TailSocket, clock: Clock, streamLabels?: ReadonlySet<string>) {
    this.#open = open;
    this.#clock = clock;
    this.#streamLabels = streamLabels;
  }

  get state(): TailState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(change: Partial<TailState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** Connects; after a break it goes on from the newest line that came. */
  start(): void {
    this.#closed = false;
    this.#set({ phase: 'connecting' });
    const from = this.#buffer[0]?.time ?? BigInt(this.#clock.now()) * 1_000_000n;
    const socket = this.#open(from);
    this.#socket = socket;
    let opened = false;
    socket.addEventListener('open', () => {
      opened = true;
      this.#failures = 0;
      this.#set({ phase: 'live' });
    });
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    socket.addEventListener('close', () => {
      if (this.#closed || this.#socket !== socket) return;
      this.#failures += opened ? 0 : 1;
      // Never let in: a query that cannot be followed, or a server that is away; it is tried on, but said.
      this.#set({ phase: this.#failures > WAITS.length ? 'refused' : 'waiting' });
      const wait = WAITS[Math.min(this.#failures, WAITS.length - 1)] as number;
      this.#timer = this.#clock.after(wait, () => this.start());
    });
  }

  #take(text: string): void {
    const message = JSON.parse(text) as TailMessage;
    const newest = this.#buffer[0]?.time;
    // A connection that was opened anew begins with the moment where the last one ended.
    const known = new Set(
      this.#buffer
        .slice(0, 200)
        .filter(({ time }) => time === newest)
        .map(sameness),
    );
    const lines = readStreams(message.streams ?? [], 'backward', this.#streamLabels).filter(
      (line) => line.time !== newest || !known.has(sameness(line)),
    );
    const dropped = this.#state.dropped + (message.dropped_entries?.length ?? 0);
    if (lines.length === 0 && dropped === this.#state.dropped) return;
    this.#buffer = merged(lines, this.#buffer).slice(0, TAIL_LINES);
    this.#arrivals.push({ at: this.#clock.now(), count: lines.length });
    this.#set({
      dropped,
      perSecond: this.#rate(),
      ...(this.#state.paused ? { held: Math.min(this.#state.held + lines.length, TAIL_LINES) } : { lines: this.#buffer }),
    });
  }

  #rate(): number {
    const since = this.#clock.now() - RATE_WINDOW_MS;
    this.#arrivals = this.#arrivals.filter(({ at }) => at > since);
    return this.#arrivals.reduce((sum, { count }) => sum + count, 0) / (RATE_WINDOW_MS / 1000);
  }

  /** Renews the rate while nothing comes. */
  tick(): void {
    const perSecond = this.#rate();
    if (perSecond !== this.#state.perSecond) this.#set({ perSecond });
  }

  /** Holds what is shown still, or goes on with all that came meanwhile. */
  pause(paused: boolean): void {
    if (paused === this.#state.paused) return;
    this.#set(paused ? { paused } : { paused, held: 0, lines: this.#buffer });
  }

  /** Empties what is shown. */
  clear(): void {
    this.#buffer = [];
    this.#set({ lines: [], held: 0, dropped: 0 });
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#socket?.close();
  }
}

/** Two lists, newest first, as one; lines that came late find their place. */
function merged(added: readonly LogLine[], before: readonly LogLine[]): LogLine[] {
  const first = before[0];
  const last = added.at(-1);
  if (first === undefined || last === undefined || last.time >= first.time) return [...added, ...before];
  return [...added, ...before].sort((a, b) => (a.time === b.time ? 0 : a.time < b.time ? 1 : -1));
}
