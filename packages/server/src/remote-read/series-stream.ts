/** Reads many series in portions and writes them down: sorted by labels, each series whole, memory bounded by the portion. */

import { AtalayaError, type CancelSignal, compareLabels, type Labels, labelValue, METRIC_NAME } from '@atalaya/model';
import type { PortReader, SelectedSeries } from '@atalaya/store';
import type { EncodedPiece, SeriesEncoder } from './series-encoder.ts';

/** Samples that a portion holds, about. */
const PORTION_SAMPLES = 200_000;
const MOST_SERIES_AT_ONCE = 5000;
/** The densest that series are expected to be before the first portion has shown it: a sample each second. */
const EXPECTED_INTERVAL_MS = 1000;

/** Which series, found before, and what of them. */
export interface SeriesSource {
  readonly slots: Uint32Array;
  /** The labels of the slots. */
  readonly labels: readonly Labels[];
  readonly startMs: number;
  readonly endMs: number;
  /** Samples that one portion may hold; more is QUERY_LIMIT. */
  readonly mostSamples: number;
  /** Samples that may be read in all; more is QUERY_LIMIT. */
  readonly mostInAll: number;
  /** By metric name first, as exposition formats want it; else by labels alone. */
  readonly byName: boolean;
}

/** One answer on its way. */
export class SeriesStream {
  readonly #reader: PortReader;
  readonly #encoder: SeriesEncoder;
  readonly #source: SeriesSource;
  readonly #compare: (a: Labels, b: Labels) => number;
  /** Slots in the order of the answer. */
  readonly #slots: Uint32Array;
  #at = 0;
  #portion: number;
  #samples = 0;

  constructor(reader: PortReader, encoder: SeriesEncoder, source: SeriesSource) {
    this.#reader = reader;
    this.#encoder = encoder;
    this.#source = { ...source, labels: [] };
    this.#compare = source.byName ? compareByName : compareLabels;
    const { slots, labels } = source;
    const order = [...slots.keys()].sort((a, b) => this.#compare(labels[a] as Labels, labels[b] as Labels));
    this.#slots = Uint32Array.from(order, (i) => slots[i] as number);
    const expected = Math.max(1, (source.endMs - source.startMs) / EXPECTED_INTERVAL_MS);
    this.#portion = Math.min(MOST_SERIES_AT_ONCE, Math.max(1, Math.floor(PORTION_SAMPLES / expected)));
  }

  /** The next piece, and whether it is the last. Rejects with QUERY_LIMIT and as the reader does. */
  async next(signal: CancelSignal): Promise<EncodedPiece & { readonly done: boolean }> {
    for (;;) {
      const slots = this.#slots.slice(this.#at, this.#at + this.#portion);
      this.#at += slots.length;
      const done = this.#at >= this.#slots.length;
      if (slots.length > 0) await this.#take(slots, signal);
      const piece = this.#encoder.take(done);
      if (done || piece.bytes.length > 0) return { ...piece, done };
    }
  }

  async #take(slots: Uint32Array, signal: CancelSignal): Promise<void> {
    const { startMs, endMs, mostSamples } = this.#source;
    const question = { matchers: [], start: startMs, end: endMs, slots };
    const set = await this.#reader.select(question, { series: slots.length, samples: mostSamples }, signal);
    try {
      const { labels } = set;
      const order = [...labels.keys()].sort((a, b) => this.#compare(labels[a] as Labels, labels[b] as Labels));
      let samples = 0;
      for (const series of order) {
        const count = samplesOf(set, series);
        samples += count;
        if (count > 0) this.#encoder.add(set, series);
      }
      this.#count(samples, slots.length);
    } finally {
      set.release?.();
    }
  }

  /** Learns from a portion how large the next one may be. */
  #count(samples: number, series: number): void {
    const { mostInAll } = this.#source;
    this.#samples += samples;
    if (this.#samples > mostInAll) {
      const reason = 'exceeded sample limit; ask for streamed chunks, a shorter range or fewer series';
      throw new AtalayaError('QUERY_LIMIT', { setting: 'query.samples', limit: mostInAll, reason });
    }
    const wanted = Math.floor((PORTION_SAMPLES * series) / Math.max(samples, 1));
    this.#portion = Math.max(1, Math.min(wanted, this.#portion * 4, MOST_SERIES_AT_ONCE));
  }
}

function samplesOf({ starts, ends, histograms }: SelectedSeries, series: number): number {
  const floats = (ends[series] as number) - (starts[series] as number);
  return histograms === undefined ? floats : floats + (histograms.ends[series] as number) - (histograms.starts[series] as number);
}

function compareByName(a: Labels, b: Labels): number {
  const [left, right] = [labelValue(a, METRIC_NAME), labelValue(b, METRIC_NAME)];
  if (left !== right) return left < right ? -1 : 1;
  return compareLabels(a, b);
}
