/** Streams that lines were written to lately: their labels checked and in canonical form. */

import { type Clock, encodeLabels, type Hash64, hashBytes, type Labels } from '@atalaya/model';
import type { LogLimits, LogRejectReason } from '../log-writer.ts';
import { attributeKind } from './line-scanner.ts';
import { levelOfValue } from './level-words.ts';

/** A stream, ready to be written to. */
export interface KnownStream {
  readonly labels: Labels;
  readonly canonical: Uint8Array;
  readonly low: number;
  readonly high: number;
  /** The level that its labels name for all of its lines; 0 for none. */
  readonly level: number;
  usedAt: number;
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const IDLE_MS = 3_600_000;

/** The streams of a log writer. */
export class StreamRegistry {
  readonly #clock: Clock;
  readonly #limits: LogLimits;
  readonly #streams = new Map<string, KnownStream>();

  constructor(clock: Clock, limits: LogLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Streams that were used in the last hour. */
  get active(): number {
    return this.#streams.size;
  }

  /** The stream with these labels, or why there is none. */
  find(labels: Labels): KnownStream | LogRejectReason {
    const key = labels.join('\u0000');
    const now = this.#clock.now();
    const known = this.#streams.get(key);
    if (known !== undefined) {
      known.usedAt = now;
      return known;
    }
    const refusal = this.#check(labels);
    if (refusal !== undefined) return refusal;
    if (this.#streams.size >= this.#limits.streams) {
      this.evictIdle();
      if (this.#streams.size >= this.#limits.streams) return 'stream_limit';
    }
    const stream = knownStream(labels, now);
    this.#streams.set(key, stream);
    return stream;
  }

  evictIdle(): void {
    const oldest = this.#clock.now() - IDLE_MS;
    for (const [key, { usedAt }] of this.#streams) if (usedAt < oldest) this.#streams.delete(key);
  }

  #check(labels: Labels): LogRejectReason | undefined {
    const { labels: most, labelNameBytes, labelValueBytes } = this.#limits;
    if (labels.length === 0) return 'missing_labels';
    if (labels.length / 2 > most) return 'label_limit';
    for (let i = 0; i < labels.length; i += 2) {
      const name = labels[i] as string;
      const value = labels[i + 1] as string;
      if (!NAME.test(name) || name.includes('\u0000') || value.includes('\u0000') || !value.isWellFormed()) return 'invalid_labels';
      if (name.length > labelNameBytes || Buffer.byteLength(value) > labelValueBytes) return 'label_limit';
      if (i > 0 && name <= (labels[i - 2] as string)) return 'invalid_labels';
    }
    return undefined;
  }
}

function knownStream(labels: Labels, usedAt: number): KnownStream {
  const canonical = encodeLabels(labels);
  const hash: Hash64 = { low: 0, high: 0 };
  hashBytes(canonical, 0, canonical.length, 0, hash);
  let level = 0;
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    const value = labels[i + 1] as string;
    if (level === 0 && attributeKind(name) === 'level') level = levelOfValue(value);
  }
  return { labels, canonical, low: hash.low, high: hash.high, level, usedAt };
}
