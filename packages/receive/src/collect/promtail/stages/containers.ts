/** Stages `docker` and `cri`: the forms in which container runtimes keep the output of containers. */

import { GO_LAYOUTS, GoTimeError, parseGoTime } from '@atalaya/lang';
import { changing, type Emit, type Holding, type StageEntry, type Stage, type StageReader } from './stage.ts';
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
export const readCriStage: StageReader = (config) => {
  const fields = config.section({ known: ['max_partial_lines', 'max_partial_line_size', 'max_partial_line_size_truncate'] });
  const streams = fields.get('max_partial_lines')?.count() || 100;
  const size = fields.get('max_partial_line_size')?.size() ?? 0;
  const truncates = fields.get('max_partial_line_size_truncate')?.boolean() ?? false;
  const bytes = truncates && size > 0 ? size : Infinity;
  return () => new CriStage(streams, bytes);
};

class CriStage implements Stage {
  readonly #streams: number;
  readonly #bytes: number;
  /** What came of the line of each stream so far. */
  readonly #parts = new Map<string, StageEntry>();
  readonly holding: Holding = {
    oldest: () => {
      let oldest: number | undefined;
      for (const { sequence } of this.#parts.values()) oldest = Math.min(oldest ?? sequence, sequence);
      return oldest;
    },
    waitMs: PART_WAIT_MS,
    flush: (emit) => {
      const parts = [...this.#parts.values()];
      this.#parts.clear();
      for (const part of parts) emit(part);
    },
  };

  /** @param streams how many may have an unfinished line at once @param bytes where a joined line is cut */
  constructor(streams: number, bytes: number) {
    this.#streams = streams;
    this.#bytes = bytes;
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
    const former = this.#parts.get(key);
    if (former === undefined && flags === 'P' && this.#parts.size >= this.#streams) this.holding.flush(emit);
    const joined = former === undefined ? entry : { ...entry, line: this.#cut(former.line + content), sequence: former.sequence };
    if (flags === 'P') this.#parts.set(key, joined);
    else {
      this.#parts.delete(key);
      emit(joined);
    }
  }

  #cut(line: string): string {
    if (line.length * 3 <= this.#bytes || Buffer.byteLength(line) <= this.#bytes) return line;
    // Not inside a character.
    return new TextDecoder().decode(Buffer.from(line).subarray(0, this.#bytes), { stream: true });
  }
}
