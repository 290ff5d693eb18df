/**
 * The program's own log as a stream among the others: `{job="atalaya", service_name="atalaya"}`, the sentence as the line, level and details as
 * structured metadata. It never holds up whoever logs, and does not feed on itself: what is logged while lines are written down is left out, and a
 * sentence that comes again and again is bounded.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, labelsOf, type Timer } from '@atalaya/model';
import type { LogWriter } from '@atalaya/receive';
import { SentenceLimit } from './sentence-limit.ts';

const LABELS = labelsOf({ job: 'atalaya', service_name: 'atalaya' });
const FLUSH_EVERY_MS = 500;
const MOST_LINES = 10_000;
/** UTF-16 units of waiting lines. */
const MOST_UNITS = 8 << 20;
const LEVELS: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** Counts since the start. */
export interface OwnLogStats {
  readonly written: number;
  /** No room was left, because writing failed for long. */
  readonly dropped: number;
  /** Left out, so that the log does not feed on itself. */
  readonly suppressed: number;
}

interface OwnLine {
  readonly time: number;
  readonly text: string;
  readonly attributes: readonly string[];
  readonly units: number;
}

/** Takes the lines that the log writes; keeps them until there is a writer, and while it fails. */
export class OwnLogs {
  readonly #clock: Clock;
  readonly #sentences: SentenceLimit;
  readonly #writing = new AsyncLocalStorage<true>();
  #waiting: OwnLine[] = [];
  #units = 0;
  #writer: LogWriter | undefined;
  #timer: Timer | undefined;
  #flushing: Promise<void> | undefined;
  #off = false;
  #written = 0;
  #dropped = 0;
  #suppressed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sentences = new SentenceLimit(clock);
  }

  /** A line of the log, JSON as pino writes it. Never throws, and returns at once. */
  take(json: string): void {
    if (this.#off) return;
    if (this.#writing.getStore() === true) {
      this.#suppressed++;
      return;
    }
    const line = parseLine(json);
    if (line === undefined) return;
    if (!this.#sentences.admits(line.text)) this.#suppressed++;
    else if (this.#waiting.length >= MOST_LINES || this.#units + line.units > MOST_UNITS) this.#dropped++;
    else {
      this.#waiting.push(line);
      this.#units += line.units;
    }
  }

  /** From now on lines are written down. */
  start(writer: LogWriter): void {
    this.#writer = writer;
    this.#timer = this.#clock.every(FLUSH_EVERY_MS, () => void this.#flush());
  }

  /** Lines are not wanted: forgets those that wait, and takes no more. */
  switchOff(): void {
    this.#off = true;
    this.#waiting = [];
    this.#units = 0;
  }

  /** Writes down what waits, and takes no more. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#flushing;
    await this.#flush();
    this.switchOff();
  }

  stats(): OwnLogStats {
    return { written: this.#written, dropped: this.#dropped, suppressed: this.#suppressed };
  }

  /** Writes down what waits. What fails stays, and is tried again with the next lines. */
  #flush(): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined || this.#waiting.length === 0) return Promise.resolve();
    this.#flushing ??= this.#writing
      .run(true, () => this.#write(writer))
      .finally(() => {
        this.#flushing = undefined;
      });
    return this.#flushing;
  }

  async #write(writer: LogWriter): Promise<void> {
    const lines = this.#waiting;
    const units = this.#units;
    this.#waiting = [];
    this.#units = 0;
    try {
      // A batch whose fate is unknown is sent again: the store then has to look for repetitions.
      const appender = writer.appender({ mayRepeat: true, truncates: true });
      const origin = appender.origin(LABELS);
      if (typeof origin === 'string') throw new Error(`the stream of the own log is refused: ${origin}`);
      let refused = 0;
      for (const { time, text, attributes } of lines) {
        const seconds = Math.floor(time / 1000);
        const outcome = appender.line(origin, seconds, Math.round((time - seconds * 1000) * 1e6), text, { attributes });
        if (outcome !== 'written') refused++;
      }
      await appender.commit();
      this.#written += lines.length - refused;
      this.#dropped += refused;
    } catch {
      this.#waiting = [...lines, ...this.#waiting];
      this.#units += units;
    }
  }
}

function parseLine(json: string): OwnLine | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { time, level, msg, ...details } = fields;
  const text = typeof msg === 'string' ? msg : '';
  const attributes = ['level', LEVELS[Number(level)] ?? String(level)];
  let units = text.length;
  for (const [name, value] of Object.entries(details)) {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    attributes.push(name, shown);
    units += name.length + shown.length;
  }
  return { time: Number(time), text, attributes, units };
}
