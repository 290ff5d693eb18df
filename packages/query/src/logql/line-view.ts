/** A row of a block as a pipeline takes it: one object for all rows, which decodes a text when it is asked for. */

import { type Labels, labelValue, type LogLevel } from '@atalaya/model';
import type { LineBlock } from './log-reader.ts';
import type { StoredLine } from './pipeline.ts';

/** The label that tells a line's level. */
export const DETECTED_LEVEL = 'detected_level';

/** The row of a block that was moved to last. */
export class LineView implements StoredLine {
  stream: Labels = [];
  timestamp = 0n;
  readonly #withLevel: boolean;
  readonly #levelOnly = new Map<LogLevel, readonly string[]>();
  #block: LineBlock | undefined;
  #row = 0;
  #text: string | undefined;

  /** @param withLevel whether `detected_level` is to be among the attributes of lines that have no such label themselves */
  constructor(withLevel: boolean) {
    this.#withLevel = withLevel;
  }

  /** Moves to a row; what was read of another one is forgotten. */
  moveTo(block: LineBlock, row: number, timestamp: bigint): void {
    this.#block = block;
    this.#row = row;
    this.#text = undefined;
    this.timestamp = timestamp;
    this.stream = block.streams[block.streamOf[row]!]!.labels;
  }

  get text(): string {
    return (this.#text ??= this.#block!.line(this.#row));
  }

  /** Length of the stored text in bytes. */
  get bytes(): number {
    return this.#block!.lineBytes(this.#row);
  }

  get attributes(): readonly string[] {
    const stored = this.#block!.attributes(this.#row);
    if (!this.#withLevel || labelValue(this.stream, DETECTED_LEVEL) !== '') return stored;
    const level = this.#block!.level(this.#row);
    if (stored.length === 0) return this.#alone(level);
    return withLevel(stored, level);
  }

  #alone(level: LogLevel): readonly string[] {
    let attributes = this.#levelOnly.get(level);
    if (attributes === undefined) this.#levelOnly.set(level, (attributes = [DETECTED_LEVEL, level]));
    return attributes;
  }
}

function withLevel(stored: readonly string[], level: LogLevel): readonly string[] {
  let at = 0;
  while (at < stored.length && stored[at]! < DETECTED_LEVEL) at += 2;
  if (stored[at] === DETECTED_LEVEL) return stored;
  return [...stored.slice(0, at), DETECTED_LEVEL, level, ...stored.slice(at)];
}
