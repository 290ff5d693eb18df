/** Samples whose series nobody has defined: kept in a table of their own until the labels come, then moved to the others. */

import type { HistogramBatch, MetricBatch } from '@atalaya/journal';
import type { Engine } from '../engine/engine.ts';
import { type NativeBlock, numberAt, type StringColumn } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { sql, uint64List } from '../sql.ts';
import { fingerprintKey } from './batch-columns.ts';

/** Series that one statement names at most: what they wait with has to fit into memory. */
const SERIES_AT_ONCE = 500;

/** The tables `undefined_samples` and `undefined_histograms`, and in memory which fingerprints they have samples of: hardly ever any. */
export class UndefinedSamples {
  readonly #engine: Engine;
  #waiting = new Map<string, readonly [number, number]>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async load(): Promise<void> {
    const { bytes } = await this.#engine.query(
      sql`SELECT DISTINCT fingerprint FROM (SELECT fingerprint FROM undefined_samples UNION ALL SELECT fingerprint FROM undefined_histograms)`,
    );
    this.#waiting = new Map();
    for (const block of readNative(bytes)) this.#note(block);
  }

  /** Keeps samples (columns fingerprint, ts, value) and histograms (fingerprint, ts, payload); resolves when they are on disk. */
  async keep(samples: NativeBlock, histograms: NativeBlock): Promise<void> {
    if (samples.rows > 0) await this.#engine.insert('undefined_samples', samples);
    if (histograms.rows > 0) await this.#engine.insert('undefined_histograms', histograms);
    this.#note(samples);
    this.#note(histograms);
  }

  /** Fingerprints, as words, that samples wait for and that `isDefined` says are known now; some at a time. */
  *defined(isDefined: (low: number, high: number) => boolean): Generator<Uint32Array> {
    const found = [...this.#waiting.values()].filter(([low, high]) => isDefined(low, high));
    for (let at = 0; at < found.length; at += SERIES_AT_ONCE) yield Uint32Array.from(found.slice(at, at + SERIES_AT_ONCE).flat());
  }

  /** What waits for these fingerprints, as a batch without definitions. */
  async read(fingerprints: Uint32Array): Promise<MetricBatch> {
    const { bytes } = await this.#engine.query(
      sql`SELECT fingerprint, ts, value FROM undefined_samples WHERE fingerprint IN (${uint64List(fingerprints)})`,
    );
    const blocks = readNative(bytes);
    const count = blocks.reduce((sum, { rows }) => sum + rows, 0);
    const samples = {
      count,
      fingerprints: new Uint32Array(count * 2),
      timestamps: new Float64Array(count),
      values: new Float64Array(count),
    };
    // Values are moved as words: a NaN's bits (stale markers) might not survive as a number.
    const valueWords = new Uint32Array(samples.values.buffer);
    let at = 0;
    for (const block of blocks) {
      const times = column(block, 'ts', 'Int64');
      const { values } = column(block, 'value', 'Float64');
      samples.fingerprints.set(column(block, 'fingerprint', 'UInt64').words, at * 2);
      valueWords.set(new Uint32Array(values.buffer, values.byteOffset, block.rows * 2), at * 2);
      for (let row = 0; row < block.rows; row++) samples.timestamps[at + row] = numberAt(times, row);
      at += block.rows;
    }
    const series = { count: 0, fingerprints: new Uint32Array(0), ends: new Uint32Array(0), labels: new Uint8Array(0) };
    return { series, samples, histograms: await this.#readHistograms(fingerprints), metadata: [] };
  }

  async #readHistograms(fingerprints: Uint32Array): Promise<HistogramBatch> {
    const { bytes } = await this.#engine.query(
      sql`SELECT fingerprint, ts, payload FROM undefined_histograms WHERE fingerprint IN (${uint64List(fingerprints)})`,
    );
    const blocks = readNative(bytes);
    const payloads = blocks.map((block) => column(block, 'payload', 'String'));
    const count = blocks.reduce((sum, { rows }) => sum + rows, 0);
    const histograms = {
      count,
      fingerprints: new Uint32Array(count * 2),
      timestamps: new Float64Array(count),
      ends: new Uint32Array(count),
      bytes: Buffer.concat(payloads.map((payload) => payload.bytes)),
    };
    let at = 0;
    let before = 0;
    for (const [i, block] of blocks.entries()) {
      const times = column(block, 'ts', 'Int64');
      const payload = payloads[i] as StringColumn;
      histograms.fingerprints.set(column(block, 'fingerprint', 'UInt64').words, at * 2);
      for (let row = 0; row < block.rows; row++) {
        histograms.timestamps[at + row] = numberAt(times, row);
        histograms.ends[at + row] = before + (payload.ends[row] as number);
      }
      at += block.rows;
      before += payload.bytes.length;
    }
    return histograms;
  }

  /** Forgets what waited for these fingerprints. */
  async remove(fingerprints: Uint32Array): Promise<void> {
    await this.#engine.execute(sql`DELETE FROM undefined_samples WHERE fingerprint IN (${uint64List(fingerprints)})`);
    await this.#engine.execute(sql`DELETE FROM undefined_histograms WHERE fingerprint IN (${uint64List(fingerprints)})`);
    for (let at = 0; at < fingerprints.length; at += 2) {
      this.#waiting.delete(fingerprintKey(fingerprints[at] as number, fingerprints[at + 1] as number));
    }
  }

  /** Drops samples from before a time in milliseconds, for retention. */
  async dropBefore(time: number): Promise<void> {
    if (this.#waiting.size === 0 || !Number.isFinite(time)) return;
    await this.#engine.execute(sql`DELETE FROM undefined_samples WHERE ts < ${Math.ceil(time)}`);
    await this.#engine.execute(sql`DELETE FROM undefined_histograms WHERE ts < ${Math.ceil(time)}`);
    await this.load();
  }

  #note(block: NativeBlock): void {
    const { words } = column(block, 'fingerprint', 'UInt64');
    for (let row = 0; row < block.rows; row++) {
      const [low, high] = [words[row * 2] as number, words[row * 2 + 1] as number];
      this.#waiting.set(fingerprintKey(low, high), [low, high]);
    }
  }
}
