/** Stages `docker` and `cri`: the forms in which container runtimes keep the output of containers. */

import { GO_LAYOUTS, GoTimeError, parseGoTime } from '@atalaya/lang';
import { changing, type Emit, type Holding, type StageEntry, type Stage, type StageReader } from './stage.ts';
import { BLOCK_BYTES, type OpenBlock, OpenBlocks } from './open-blocks.ts';
import { streamKey } from './stream-key.ts';

const LAYOUT = GO_LAYOUTS['RFC3339Nano'] as string;

function readTime(text: string): bigint | undefined {
  try {
    return parseGoTime(LAYOUT, text);
  } catch (error) {
    if (error instanceof GoTimeError) return undefined;
    throw error;
  }
}

/** `docker`: `{"log": …, "stream": …, "time": …}`. A line of another form stays as it is. */
export const readDockerStage: StageReader = (config) => {
  config.section({ known: [] });
  return changing((entry) => {
    const record = readDockerLine(entry.line);
    if (record === undefined) return;
    const { log, stream, time } = record;
    if (typeof log === 'string') {
      entry.extracted.set('output', log);
      entry.line = log;
    }
    if (typeof stream === 'string') {
      entry.extracted.set('stream', stream);
      entry.labels.set('stream', stream);
    }
    if (typeof time === 'string') {
      entry.extracted.set('timestamp', time);
      entry.timestamp = readTime(time) ?? entry.timestamp;
    }
  });
};

function readDockerLine(line: string): { log?: unknown; stream?: unknown; time?: unknown } | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as { log?: unknown; stream?: unknown; time?: unknown };
  } catch {
    return undefined;
  }
}

/** Time, stream, flags (`P` for a part, `F` for the last or only part), text. */
const CRI_LINE = /^(\S+) (stdout|stderr) (\S+) (.*)$/s;
/** A part whose rest does not come is let go after this. Containers write the parts of a line at once. */
const PART_WAIT_MS = 10_000;

/** `cri`: the lines of containerd and CRI-O, parts of long lines joined. */
export const readCriStage: StageReader = (config, { clock }) => {
  const fields = config.section({ known: ['max_partial_lines', 'max_partial_line_size', 'max_partial_line_size_truncate'] });
  const streams = fields.get('max_partial_lines')?.count() || 100;
  const size = fields.get('max_partial_line_size')?.size() ?? 0;
  const truncates = fields.get('max_partial_line_size_truncate')?.boolean() ?? false;
  const bytes = truncates && size > 0 ? size : Infinity;
  return () => new CriStage(new OpenBlocks(clock, PART_WAIT_MS, streams), bytes);
};

class CriStage implements Stage {
  readonly #lines: OpenBlocks<PartialLine>;
  readonly #bytes: number;

  /** @param lines of streams whose line is unfinished @param bytes where a joined line is cut */
  constructor(lines: OpenBlocks<PartialLine>, bytes: number) {
    this.#lines = lines;
    this.#bytes = bytes;
  }

  get holding(): Holding {
    return this.#lines;
  }

  process(entry: StageEntry, emit: Emit): void {
    const match = CRI_LINE.exec(entry.line);
    if (match === null) {
      emit(entry);
      return;
    }
    const [, time, stream, flags, content] = match as unknown as [string, string, string, string, string];
    for (const [name, value] of Object.entries({ time, stream, flags, content })) entry.extracted.set(name, value);
    entry.labels.set('stream', stream);
    entry.timestamp = readTime(time) ?? entry.timestamp;
    entry.line = content;

    const key = streamKey(entry.labels);
    let line = this.#lines.get(key);
    if (line === undefined && flags === 'P') {
      line = new PartialLine();
      this.#lines.add(key, line, emit);
    }
    this.#lines.touch(key, emit);
    if (line === undefined) {
      emit(entry);
      return;
    }
    line.add(entry, this.#bytes, emit);
    if (flags === 'P') return;
    line.finish(emit);
    this.#lines.delete(key);
  }
}

/** What came of a line so far: the text of all parts, and what else the last one has. */
class PartialLine implements OpenBlock {
  #entry: StageEntry | undefined;

  get sequence(): number | undefined {
    return this.#entry?.sequence;
  }

  add(part: StageEntry, bytes: number, emit: Emit): void {
    if (this.#entry !== undefined && this.#entry.line.length + part.line.length > BLOCK_BYTES) this.finish(emit);
    const former = this.#entry;
    this.#entry = former === undefined ? part : { ...part, line: cut(former.line + part.line, bytes), sequence: former.sequence };
  }

  finish(emit: Emit): void {
    const entry = this.#entry;
    this.#entry = undefined;
    if (entry !== undefined) emit(entry);
  }
}

/** The first so many bytes, never ending inside a character. */
function cut(line: string, bytes: number): string {
  if (line.length * 3 <= bytes || Buffer.byteLength(line) <= bytes) return line;
  return new TextDecoder().decode(Buffer.from(line).subarray(0, bytes), { stream: true });
}
