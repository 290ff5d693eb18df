/** Stage `multiline`: lines that do not begin an entry belong to the one before, as with stack traces. */

import type { Clock, SearchPattern } from '@atalaya/model';
import { readExpression, readStageDuration } from './expression.ts';
import { BLOCK_BYTES, type OpenBlock, OpenBlocks } from './open-blocks.ts';
import type { Emit, Stage, StageEntry, StageReader } from './stage.ts';
import { streamKey } from './stream-key.ts';

const DEFAULT_LINES = 128;
const DEFAULT_WAIT_MS = 3000;
/** How many streams may be in the middle of an entry. */
const STREAMS = 1000;

export const readMultilineStage: StageReader = (config, { clock }) => {
  const fields = config.section({ known: ['firstline', 'max_wait_time', 'max_lines'] });
  const firstLine = readExpression(
    fields.get('firstline') ?? config.fail('firstline is missing: the expression that the first line of an entry matches'),
  );
  const wait = fields.get('max_wait_time');
  const waitMs = wait === undefined ? DEFAULT_WAIT_MS : readStageDuration(wait);
  const maxLines = fields.get('max_lines')?.count() ?? DEFAULT_LINES;
  return () => new MultilineStage(firstLine, waitMs, maxLines, clock);
};

class MultilineStage implements Stage {
  readonly #firstLine: SearchPattern;
  readonly #maxLines: number;
  readonly #blocks: OpenBlocks<Block>;

  constructor(firstLine: SearchPattern, waitMs: number, maxLines: number, clock: Clock) {
    this.#firstLine = firstLine;
    this.#maxLines = maxLines;
    this.#blocks = new OpenBlocks(clock, waitMs, STREAMS);
  }

  get holding(): OpenBlocks<Block> {
    return this.#blocks;
  }

  process(entry: StageEntry, emit: Emit): void {
    const stream = streamKey(entry.labels);
    const first = this.#firstLine.test(entry.line);
    let block = this.#blocks.get(stream);
    if (block === undefined && first) {
      block = new Block(entry);
      this.#blocks.add(stream, block, emit);
    }
    this.#blocks.touch(stream, emit);
    // Before the first beginning of an entry there is nothing to belong to.
    if (block === undefined) {
      emit(entry);
      return;
    }
    if (first) block.begin(entry, emit);
    block.add(entry, emit);
    if (block.lineCount === this.#maxLines) block.finish(emit);
  }
}

/** The entry of a stream that is being put together. */
class Block implements OpenBlock {
  /** The first line's entry: its time, labels and extracted values are those of the whole. */
  #start: StageEntry;
  /** Empty between entries. */
  #lines: string[] = [];
  #bytes = 0;
  #sequence = 0;

  constructor(start: StageEntry) {
    this.#start = start;
  }

  get sequence(): number | undefined {
    return this.#lines.length === 0 ? undefined : this.#sequence;
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  begin(start: StageEntry, emit: Emit): void {
    this.finish(emit);
    this.#start = start;
  }

  add({ line, sequence }: StageEntry, emit: Emit): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#bytes + bytes > BLOCK_BYTES) this.finish(emit);
    if (this.#lines.length === 0) this.#sequence = sequence;
    this.#lines.push(line);
    this.#bytes += bytes;
  }

  finish(emit: Emit): void {
    if (this.#lines.length === 0) return;
    const { labels, attributes, extracted, timestamp } = this.#start;
    const line = this.#lines.join('\n');
    this.#lines = [];
    this.#bytes = 0;
    // Copies, because lines behind a block that was too long still belong to this start.
    emit({
      labels: new Map(labels),
      attributes: new Map(attributes),
      extracted: new Map(extracted),
      timestamp,
      line,
      sequence: this.#sequence,
    });
  }
}
