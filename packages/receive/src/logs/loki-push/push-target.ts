/** Where the decoders of push requests put what they read: into an appender, refusals into the words that Loki has for them. */

import { AtalayaError, formatLabels, type Labels } from '@atalaya/model';
import type { LogAppender, LogLimits, LogRejectReason, LogWriter, OriginRef } from '../../log-writer.ts';

/** Refusals that an answer spells out. */
const MOST_TOLD = 10;
const LONGEST_TOLD = 1000;
const LONGEST_SHOWN = 300;

/** One request's lines. */
export class PushTarget {
  readonly #writer: LogWriter;
  readonly #now: number;
  readonly appender: LogAppender;
  /** Streams and lines in the request, refused ones included. */
  streams = 0;
  lines = 0;
  refused = 0;
  /** Whether something was refused only because there are too many streams at the moment. */
  tooManyStreams = false;
  readonly #told: string[] = [];
  #untold = 0;
  #labels: Labels = [];
  #origin: OriginRef | LogRejectReason = 'missing_labels';

  /** @param appender an empty one */
  constructor(writer: LogWriter, appender: LogAppender, now: number) {
    this.#writer = writer;
    this.#now = now;
    this.appender = appender;
  }

  /** Begins a stream: the lines that follow belong to it. */
  stream(labels: Labels): void {
    this.streams++;
    this.#labels = labels;
    this.#origin = this.appender.origin(labels);
    if (typeof this.#origin === 'number') return;
    if (this.#origin === 'stream_limit') this.tooManyStreams = true;
    this.#tell(this.#streamRefusal(this.#origin));
  }

  line(seconds: number, nanoseconds: number, text: string | Uint8Array, attributes: readonly string[]): void {
    this.lines++;
    if (typeof this.#origin === 'string') {
      this.refused++;
      this.#writer.countRefused(this.#origin, 1);
      return;
    }
    const outcome = this.appender.line(this.#origin, seconds, nanoseconds, text, { attributes });
    if (outcome === 'written') return;
    this.refused++;
    this.#tell(() => this.#lineRefusal(outcome, seconds, text, attributes));
  }

  /** What was refused and why, in Loki's words; empty when nothing was. */
  get refusalText(): string {
    const more = this.#untold === 0 ? [] : [`and ${this.#untold} more`];
    return [...this.#told, ...more].join('\n');
  }

  #tell(text: () => string): void {
    if (this.#told.length < MOST_TOLD) this.#told.push(text().slice(0, LONGEST_TOLD));
    else this.#untold++;
  }

  #streamRefusal(reason: LogRejectReason): () => string {
    const { limits } = this.#writer;
    return () => {
      const stream = shown(formatLabels(this.#labels));
      if (reason === 'missing_labels') return 'error at least one label pair is required per stream';
      if (reason === 'stream_limit') {
        return `Maximum active stream limit exceeded when trying to create stream ${stream}, reduce the number of active streams (reduce labels or reduce label values), or raise limits.streams (${limits.streams})`;
      }
      if (reason === 'label_limit') return labelLimitText(this.#labels, stream, limits);
      return `error parsing labels '${stream}': label names must match [a-zA-Z_][a-zA-Z0-9_]*, values must be valid UTF-8 without NUL`;
    };
  }

  #lineRefusal(reason: LogRejectReason, seconds: number, text: string | Uint8Array, attributes: readonly string[]): string {
    const { limits } = this.#writer;
    const stream = shown(formatLabels(this.#labels));
    const time = rfc3339(seconds * 1000);
    if (reason === 'too_old') {
      return `entry for stream '${stream}' has timestamp too old: ${time}, oldest acceptable timestamp is: ${rfc3339(this.#now - limits.retentionMs)}`;
    }
    if (reason === 'too_far_in_future') return `entry for stream '${stream}' has timestamp too new: ${time}`;
    if (reason === 'line_too_long') {
      return `Max entry size '${limits.lineBytes}' bytes exceeded for stream '${stream}' while adding an entry with length '${Buffer.byteLength(text)}' bytes`;
    }
    const count = attributes.length / 2;
    if (count > limits.attributes) {
      return `stream '${stream}' has too many structured metadata labels: '${count}', limit: '${limits.attributes}'`;
    }
    const bytes = attributes.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    return `stream '${stream}' has structured metadata too large: '${bytes}' bytes, limit: '${limits.attributeBytes}' bytes`;
  }
}

const shown = (text: string): string => (text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`);

function labelLimitText(labels: Labels, stream: string, limits: LogLimits): string {
  if (labels.length / 2 > limits.labels) return `entry for stream '${stream}' has ${labels.length / 2} label names; limit ${limits.labels}`;
  const name = labels.find((text, i) => i % 2 === 0 && text.length > limits.labelNameBytes);
  if (name !== undefined) return `stream '${stream}' has label name too long: '${shown(name)}'`;
  const value = labels.find((text, i) => i % 2 === 1 && Buffer.byteLength(text) > limits.labelValueBytes);
  return `stream '${stream}' has label value too long: '${shown(value ?? '')}'`;
}

function rfc3339(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? `${milliseconds / 1000} s` : date.toISOString().replace('.000', '');
}

/** @throws AtalayaError BAD_ENCODING, always. */
export function badPush(reason: string): never {
  throw new AtalayaError('BAD_ENCODING', { reason });
}
