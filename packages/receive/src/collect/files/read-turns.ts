/** Whose turn it is to be read: files take turns, so that one that grows fast does not keep the others waiting. */

import type { Clock, Timer } from '@atalaya/model';
import type { Outlet } from '../outlet.ts';
import type { FileTail } from './file-tail.ts';

/** Bytes that a file gets read in one turn. */
const TURN_BYTES = 256 * 1024;
/** Files that are read at the same time: one on a file system that hangs must not hold up the others. */
const READERS = 4;
const TICK_MS = 100;

/** Reads files while there is room for their lines. */
export class ReadTurns {
  readonly #clock: Clock;
  readonly #outlet: Outlet;
  readonly #tails = new Set<FileTail>();
  readonly #queue: FileTail[] = [];
  readonly #queued = new Set<FileTail>();
  readonly #idle: Buffer[] = [];
  readonly #timer: Timer;
  readonly #running = new Set<Promise<void>>();
  readonly #abort = new AbortController();

  constructor(outlet: Outlet, clock: Clock) {
    this.#outlet = outlet;
    this.#clock = clock;
    for (let reader = 0; reader < READERS; reader++) this.#idle.push(Buffer.alloc(0));
    this.#timer = clock.every(TICK_MS, () => this.#tick());
  }

  add(tail: FileTail): void {
    this.#tails.add(tail);
    this.due(tail);
  }

  remove(tail: FileTail): void {
    this.#tails.delete(tail);
  }

  /** Has the file looked at as soon as possible. */
  due(tail: FileTail): void {
    if (this.#abort.signal.aborted || this.#queued.has(tail)) return;
    this.#queued.add(tail);
    this.#queue.push(tail);
    this.#next();
  }

  /** Ends; resolves when no file is being read any more. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#timer.cancel();
    this.#queue.length = 0;
    await Promise.all(this.#running);
  }

  #tick(): void {
    const now = this.#clock.monotonic();
    for (const tail of this.#tails) {
      if (tail.pollAt > now) continue;
      if (tail.closed) this.#tails.delete(tail);
      else this.due(tail);
    }
  }

  #next(): void {
    const tail = this.#queue[0];
    const buffer = this.#idle.pop();
    if (tail === undefined || buffer === undefined || this.#abort.signal.aborted) {
      if (buffer !== undefined) this.#idle.push(buffer);
      return;
    }
    this.#queue.shift();
    const turn = this.#turn(tail, buffer.length === 0 ? Buffer.allocUnsafeSlow(TURN_BYTES) : buffer);
    this.#running.add(turn);
    void turn.finally(() => this.#running.delete(turn));
  }

  async #turn(tail: FileTail, buffer: Buffer): Promise<void> {
    // Not before the turn is over may the file be queued again by the tick.
    tail.pollAt = Infinity;
    let more = false;
    try {
      await this.#outlet.room(this.#abort.signal);
      more = !this.#abort.signal.aborted && (await tail.turn(buffer)) === 'more';
    } catch (error) {
      tail.failed(error);
    }
    this.#queued.delete(tail);
    this.#idle.push(buffer);
    if (tail.closed) this.#tails.delete(tail);
    if (more) this.due(tail);
    else if (tail.pollAt === Infinity) tail.pollAt = 0;
    this.#next();
  }
}
