/** Stage `multiline`: lines that do not begin an entry belong to the one before, as with stack traces. */

import type { SearchPattern } from '@atalaya/model';
import { readExpression, readStageDuration } from './expression.ts';
import type { Emit, Holding, Stage, StageEntry, StageReader } from './stage.ts';
import { streamKey } from './stream-key.ts';

const DEFAULT_LINES = 128;
const DEFAULT_WAIT_MS = 3000;
/** How many streams may be in the middle of an entry. */
const STREAMS = 1000;

export const readMultilineStage: StageReader = (config) => {
  const fields = config.section({ known: ['firstline', 'max_wait_time', 'max_lines'] });
  const firstLine = readExpression(
    fields.get('firstline') ?? config.fail('firstline is missing: the expression that the first line of an entry matches'),
  );
  const wait = fields.get('max_wait_time');
  const waitMs = wait === undefined ? DEFAULT_WAIT_MS : readStageDuration(wait);
  const maxLines = fields.get('max_lines')?.count() ?? DEFAULT_LINES;
  return () => new MultilineStage(firstLine, waitMs, maxLines);
};

/** The entry of a stream that is being put together. */
interface Block {
  /** The first line's entry: its time, labels and extracted values are those of the whole. */
  start: StageEntry;
  /** Empty between entries. */
  lines: string[];
  /** Of the first line in `lines`. */
  sequence: number;
}

class MultilineStage implements Stage {
  readonly #firstLine: SearchPattern;
  readonly #maxLines: number;
  readonly #blocks = new Map<string, Block>();
  readonly holding: Holding;

  constructor(firstLine: SearchPattern, waitMs: number, maxLines: number) {
    this.#firstLine = firstLine;
    this.#maxLines = maxLines;
    this.holding = {
      waitMs,
      oldest: () => {
        let oldest: number | undefined;
        for (const { lines, sequence } of this.#blocks.values()) {
          if (lines.length > 0) oldest = Math.min(oldest ?? sequence, sequence);
        }
        return oldest;
      },
      flush: (emit) => {
        for (const block of this.#blocks.values()) finish(block, emit);
      },
    };
  }

  process(entry: StageEntry, emit: Emit): void {
    const key = streamKey(entry.labels);
    const first = this.#firstLine.test(entry.line);
    let block = this.#blocks.get(key);
    if (block === undefined) {
      // Before the first beginning of an entry there is nothing to belong to.
      if (!first) {
        emit(entry);
        return;
      }
      block = { start: entry, lines: [], sequence: entry.sequence };
      this.#makeRoom(emit);
      this.#blocks.set(key, block);
    }
    if (first) {
      finish(block, emit);
      block.start = entry;
    }
    if (block.lines.length === 0) block.sequence = entry.sequence;
    block.lines.push(entry.line);
    if (block.lines.length === this.#maxLines) finish(block, emit);
  }

  #makeRoom(emit: Emit): void {
    if (this.#blocks.size < STREAMS) return;
    const [key, block] = this.#blocks.entries().next().value as [string, Block];
    finish(block, emit);
    this.#blocks.delete(key);
  }
}

function finish(block: Block, emit: Emit): void {
  if (block.lines.length === 0) return;
  const { start, lines, sequence } = block;
  block.lines = [];
  // Copies, because lines behind a block that was too long still belong to this start.
  emit({
    labels: new Map(start.labels),
    attributes: new Map(start.attributes),
    extracted: new Map(start.extracted),
    timestamp: start.timestamp,
    line: lines.join('\n'),
    sequence,
  });
}
