/** Entries of several lines that are being put together, one of each stream: how long and how large they may get. */

import type { Clock } from '@atalaya/model';
import type { Emit, Holding } from './stage.ts';

/** An entry that is being put together. */
export interface OpenBlock {
  /** Sequence of its first line; `undefined` while there is none. */
  readonly sequence: number | undefined;
  /** Lets out what there is, if there is anything. */
  finish(emit: Emit): void;
}

/** A joined entry gets no longer than this, which is below what a line may have by default, so that none is cut. */
export const BLOCK_BYTES = 1_000_000;

interface Aged<Block> {
  readonly block: Block;
  /** When its last line came, by the monotonic clock. */
  touchedAt: number;
}

/** The blocks of a stage by stream. A block is let go when nothing came for `waitMs`, while other streams go on. */
export class OpenBlocks<Block extends OpenBlock> implements Holding {
  readonly waitMs: number;
  readonly #clock: Clock;
  readonly #most: number;
  readonly #blocks = new Map<string, Aged<Block>>();
  #lookedAt: number;

  /** @param most how many streams may have a block; the oldest makes room */
  constructor(clock: Clock, waitMs: number, most: number) {
    this.#clock = clock;
    this.waitMs = waitMs;
    this.#most = most;
    this.#lookedAt = clock.monotonic();
  }

  get(stream: string): Block | undefined {
    return this.#blocks.get(stream)?.block;
  }

  add(stream: string, block: Block, emit: Emit): void {
    if (this.#blocks.size >= this.#most) {
      const [oldest, { block: former }] = this.#blocks.entries().next().value as [string, Aged<Block>];
      former.finish(emit);
      this.#blocks.delete(oldest);
    }
    this.#blocks.set(stream, { block, touchedAt: this.#clock.monotonic() });
  }

  delete(stream: string): void {
    this.#blocks.delete(stream);
  }

  /** Notes that a line of the stream came, and lets go what has waited for long enough. */
  touch(stream: string, emit: Emit): void {
    const now = this.#clock.monotonic();
    const touched = this.#blocks.get(stream);
    if (touched !== undefined) touched.touchedAt = now;
    if (now - this.#lookedAt < this.waitMs / 4) return;
    this.#lookedAt = now;
    for (const { block, touchedAt } of this.#blocks.values()) if (now - touchedAt >= this.waitMs) block.finish(emit);
  }

  oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { block } of this.#blocks.values()) {
      if (block.sequence !== undefined) oldest = Math.min(oldest ?? block.sequence, block.sequence);
    }
    return oldest;
  }

  flush(emit: Emit): void {
    for (const { block } of this.#blocks.values()) block.finish(emit);
  }
}
