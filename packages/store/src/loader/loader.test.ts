import {
  comparePositions,
  encodeMetricBatch,
  type JournalPosition,
  type JournalReader,
  type JournalRecord,
  type MetricBatch,
  SIGNAL,
  type Signal,
} from '@atalaya/journal';
import { AtalayaError, encodeLabels, ManualClock, silentLogger } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import type { DeadLetters } from './dead-letters.ts';
import { metricSink } from '../metrics/metric-sink.ts';
import { createLoader, type Loader, type LoaderOptions, type LoadStats } from './loader.ts';
import type { Sink } from './sink.ts';

const NOW = 1_000_000;

/** A batch of `rows` samples of one series whose values name the batch. */
function payload(rows: number, value: number, labels = encodeLabels(['a', 'b'])): Uint8Array {
  return encodeMetricBatch({
    series: { count: 1, fingerprints: Uint32Array.of(1, 2), ends: Uint32Array.of(labels.length), labels },
    samples: {
      count: rows,
      fingerprints: new Uint32Array(rows * 2),
      timestamps: new Float64Array(rows),
      values: new Float64Array(rows).fill(value),
    },
    metadata: [],
  });
}

/** A journal in memory, a record an offset. */
class FakeJournal implements JournalReader {
  readonly records: JournalRecord[] = [];
  readonly damage = { quarantinedRecords: 0, quarantinedBytes: 0, tornTails: 0 };
  position: JournalPosition = { segment: 1, offset: 0 };
  failures = 0;

  append(
    rows: number,
    bytes: Uint8Array = payload(rows, this.records.length),
    appendedAt = NOW,
    signal: JournalRecord['signal'] = SIGNAL.metrics,
  ): JournalPosition {
    const end = { segment: 1, offset: this.records.length + 1 };
    this.records.push({ signal, batchId: this.records.length, rows, appendedAt, payload: bytes, end });
    return end;
  }

  async read(limit: JournalPosition): Promise<JournalRecord[]> {
    if (this.failures-- > 0) throw new Error('EIO');
    const next = this.records.slice(this.position.offset, this.position.offset + 4).filter(({ end }) => comparePositions(end, limit) <= 0);
    this.position = next.at(-1)?.end ?? this.position;
    return next;
  }

  async close(): Promise<void> {}
}

interface Bench {
  readonly clock: ManualClock;
  readonly journal: FakeJournal;
  readonly loader: Loader;
  /** The first values of the batches that were taken in, and of those of each insert. */
  readonly taken: number[];
  readonly inserts: number[][];
  readonly tokens: (string | undefined)[];
  readonly checkpoints: JournalPosition[];
  readonly loaded: LoadStats[];
  readonly letters: { batchId: number; reason: string }[];
  /** What the next calls fail with, before they do anything. */
  readonly failing: { store: AtalayaError[]; checkpoint: Error[]; letters: Error[] };
}

function start(options: Partial<LoaderOptions> = {}): Bench {
  const clock = new ManualClock(NOW);
  const journal = new FakeJournal();
  const inserts: number[][] = [];
  const taken: number[] = [];
  const tokens: (string | undefined)[] = [];
  const checkpoints: JournalPosition[] = [];
  const loaded: LoadStats[] = [];
  const letters: { batchId: number; reason: string }[] = [];
  const failing: Bench['failing'] = { store: [], checkpoint: [], letters: [] };
  const deadLetters: DeadLetters = async ({ batchId }, reason) => {
    const failure = failing.letters.shift();
    if (failure !== undefined) throw failure;
    letters.push({ batchId, reason });
  };
  const loader = createLoader({
    reader: journal,
    sinks: new Map([
      [
        SIGNAL.metrics,
        metricSink({
          take: ({ samples }) => taken.push(samples.values[0] as number),
          load: async (batches: readonly MetricBatch[], { token } = {}) => {
            const failure = failing.store.shift();
            if (failure !== undefined) throw failure;
            inserts.push(batches.map(({ samples }) => samples.values[0] as number));
            tokens.push(token);
            return { samples: batches.reduce((sum, { samples }) => sum + samples.count, 0), newSeries: 0, skipped: 0, undefinedSamples: 0 };
          },
        }),
      ],
    ]),
    clock,
    log: silentLogger,
    writeCheckpoint: async (position) => {
      const failure = failing.checkpoint.shift();
      if (failure !== undefined) throw failure;
      checkpoints.push(position);
    },
    onLoaded: (_position, stats) => loaded.push(stats),
    deadLetters,
    random: () => 1,
    ...options,
  });
  return { clock, journal, loader, taken, inserts, tokens, checkpoints, loaded, letters, failing };
}

const down = (): AtalayaError => new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'gone' });

describe('loader', () => {
  it('loads at once what comes after a quiet time, then what comes within a second together', async () => {
    const { clock, journal, loader, inserts, checkpoints } = start();
    await clock.advance(5000);
    loader.advance(journal.append(10));
    await clock.advance(0);
    expect(inserts).toEqual([[0]]);
    for (let i = 0; i < 6; i++) {
      loader.advance(journal.append(10));
      await clock.advance(100);
    }
    expect(inserts).toEqual([[0]]);
    await clock.advance(400);
    expect(inserts).toEqual([[0], [1, 2, 3, 4, 5, 6]]);
    expect(checkpoints).toEqual([
      { segment: 1, offset: 1 },
      { segment: 1, offset: 7 },
    ]);
    await loader.stop();
  });

  it('lets questions see at once what is on disk, also between and during loads and while they fail', async () => {
    const { clock, journal, loader, taken, inserts, failing } = start();
    failing.store.push(down());
    for (let i = 0; i < 5; i++) {
      loader.advance(journal.append(10));
      const readable = loader.readable(1000);
      await clock.advance(0);
      expect(await readable).toBe(true);
      expect(taken).toHaveLength(i + 1);
    }
    expect(inserts).toEqual([]);
    await clock.advance(1500);
    expect(inserts.flat()).toEqual([0, 1, 2, 3, 4]);
    expect(taken).toEqual([0, 1, 2, 3, 4]);
    await loader.stop();
  });

  it('reads what comes in quick succession together when nobody waits for it', async () => {
    const { clock, journal, loader, taken } = start();
    loader.advance(journal.append(10));
    await clock.advance(0);
    for (let i = 0; i < 3; i++) loader.advance(journal.append(10));
    await clock.advance(10);
    expect(taken).toHaveLength(1);
    await clock.advance(50);
    expect(taken).toHaveLength(4);
    await loader.stop();
  });

  it('holds no more than it may while the engine is away, and says that not all is readable', async () => {
    const { clock, journal, loader, taken, inserts, failing } = start({ maxRows: 20 });
    failing.store.push(down());
    let end: JournalPosition | undefined;
    for (let i = 0; i < 20; i++) end = journal.append(10);
    loader.advance(end as JournalPosition);
    const readable = loader.readable(100);
    await clock.advance(100);
    expect(await readable).toBe(false);
    // The reader gives four records at once.
    expect(taken).toHaveLength(4);
    await clock.advance(5000);
    await clock.advance(5000);
    expect(inserts.flat()).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(await loader.readable(0)).toBe(true);
    await loader.stop();
  });

  it('never reads beyond what is durable', async () => {
    const { clock, journal, loader, inserts } = start();
    const durable = journal.append(1);
    journal.append(1);
    loader.advance(durable);
    await clock.advance(10_000);
    expect(inserts).toEqual([[0]]);
    await loader.stop();
  });

  it('works off a backlog in large inserts without a pause', async () => {
    const { clock, journal, loader, inserts } = start({ maxRows: 1000 });
    let end: JournalPosition | undefined;
    for (let i = 0; i < 25; i++) end = journal.append(100);
    loader.advance(end as JournalPosition);
    await clock.advance(0);
    await clock.advance(0);
    expect(inserts.map((batches) => batches.length)).toEqual([10, 10, 5]);
    expect(inserts.flat()).toEqual(Array.from({ length: 25 }, (_, i) => i));
    expect(loader.state()).toMatchObject({ lagMs: 0, loadedRows: 2500, loadedBatches: 25, breaker: 'closed' });
    await loader.stop();
  });

  it('loads to the end what it has read, also when the last insert took less than that and nothing more comes', async () => {
    const { clock, journal, loader, inserts, checkpoints } = start({ maxRows: 25 });
    for (let i = 0; i < 3; i++) journal.append(10);
    const durable = journal.append(10);
    loader.advance(durable);
    await clock.advance(0);
    expect(inserts).toEqual([[0, 1, 2], [3]]);
    expect(checkpoints.at(-1)).toEqual(durable);
    expect(loader.state()).toMatchObject({ lagMs: 0, loaded: durable });
    await loader.stop();
  });

  it('tries again and again with growing pauses while the engine fails, and loses nothing', async () => {
    const { clock, journal, loader, inserts, failing, tokens } = start();
    failing.store.push(down(), down(), down());
    loader.advance(journal.append(1));
    await clock.advance(0);
    expect(loader.state()).toMatchObject({ breaker: 'open', failures: 1, lastError: expect.stringContaining('gone') });
    loader.advance(journal.append(1));
    await clock.advance(499);
    expect(loader.state().failures).toBe(1);
    await clock.advance(1);
    expect(loader.state().failures).toBe(2);
    await clock.advance(1000);
    expect(loader.state()).toMatchObject({ failures: 3, lagMs: 1500 });
    await clock.advance(1999);
    expect(inserts).toEqual([]);
    await clock.advance(1);
    expect(loader.state().breaker).toBe('closed');
    expect(inserts).toEqual([[0], [1]]);
    expect(new Set(tokens).size).toBe(2);
    await loader.stop();
  });

  it('goes on trying for as long as it takes, at most half a minute apart', async () => {
    const { clock, journal, loader, inserts, failing } = start();
    failing.store.push(...Array.from({ length: 100 }, down));
    loader.advance(journal.append(1));
    await clock.advance(100 * 30_000);
    expect(inserts).toEqual([[0]]);
    await loader.stop();
  });

  it('writes the checkpoint after the load only, and repeats it alone when it fails', async () => {
    const { clock, journal, loader, inserts, checkpoints, failing, loaded } = start();
    failing.store.push(down());
    failing.checkpoint.push(new Error('disk full'));
    loader.advance(journal.append(3));
    await clock.advance(0);
    expect(checkpoints).toEqual([]);
    await clock.advance(500);
    expect(inserts).toEqual([[0]]);
    expect(checkpoints).toEqual([]);
    expect(loaded).toEqual([]);
    await clock.advance(500);
    expect(inserts).toEqual([[0]]);
    expect(checkpoints).toEqual([{ segment: 1, offset: 1 }]);
    expect(loaded).toMatchObject([{ rows: 3, batches: 1 }]);
    await loader.stop();
  });

  it('keeps aside what can never be read and goes on with the rest', async () => {
    const { clock, journal, loader, inserts, letters, checkpoints, failing } = start();
    failing.letters.push(new Error('disk full'));
    journal.append(1);
    journal.append(1, new Uint8Array(64));
    journal.append(1, payload(1, 2, new Uint8Array([1, 2, 3])));
    journal.append(1, payload(1, 3), NOW, SIGNAL.logs);
    loader.advance(journal.append(1));
    await clock.advance(0);
    expect(inserts).toEqual([]);
    await clock.advance(500);
    expect(inserts).toEqual([[0, 4]]);
    expect(letters.map(({ batchId }) => batchId)).toEqual([1, 2, 3]);
    expect(loader.state().deadLetters).toBe(3);
    expect(checkpoints).toEqual([{ segment: 1, offset: 5 }]);
    await loader.stop();
  });

  it('puts the records of each signal into its own sink, and counts their rows together', async () => {
    const seen: string[] = [];
    const sink = (name: string, failures: AtalayaError[] = []): Sink<number> => ({
      decode: ({ batchId }) => batchId,
      rowsOf: () => 5,
      take: (batch) => seen.push(`${name} takes ${batch}`),
      load: async (batches) => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        seen.push(`${name} loads ${batches.join()}`);
        return { rows: batches.length * 5, newSeries: 1 };
      },
    });
    const sinks = new Map<Signal, Sink>([
      [SIGNAL.metrics, sink('metrics')],
      [SIGNAL.logs, sink('logs', [down()])],
    ]);
    const { clock, journal, loader, loaded, checkpoints } = start({ sinks });
    for (const signal of [SIGNAL.logs, SIGNAL.metrics, SIGNAL.logs]) journal.append(5, undefined, NOW, signal);
    loader.advance({ segment: 1, offset: 3 });
    await clock.advance(0);
    expect(checkpoints).toEqual([]);
    await clock.advance(2000);
    expect(seen).toEqual(['logs takes 0', 'metrics takes 1', 'logs takes 2', 'logs loads 0,2', 'metrics loads 1']);
    expect(loaded).toEqual([expect.objectContaining({ rows: 15, batches: 3, newSeries: 2, undefinedSamples: 0 })]);
    expect(checkpoints).toEqual([{ segment: 1, offset: 3 }]);
    await loader.stop();
  });

  it('moves the checkpoint even when nothing of a group could be read', async () => {
    const { clock, journal, loader, checkpoints } = start();
    loader.advance(journal.append(1, new Uint8Array(64)));
    await clock.advance(0);
    expect(checkpoints).toEqual([{ segment: 1, offset: 1 }]);
    expect(loader.state().lagMs).toBe(0);
    await loader.stop();
  });

  it('tries again when the journal cannot be read', async () => {
    const { clock, journal, loader, inserts } = start();
    journal.failures = 2;
    loader.advance(journal.append(1));
    await clock.advance(1500);
    expect(inserts).toEqual([[0]]);
    await loader.stop();
  });

  it('tells how old the oldest record is that waits', async () => {
    const { clock, journal, loader, failing } = start();
    failing.store.push(down(), down());
    loader.advance(journal.append(1, undefined, NOW - 5000));
    await clock.advance(0);
    expect(loader.state().lagMs).toBe(5000);
    await clock.advance(10_000);
    expect(loader.state().lagMs).toBe(0);
    await loader.stop();
  });

  it('stops at once while the engine is away, leaving the rest to the next start', async () => {
    const { clock, journal, loader, checkpoints, failing } = start();
    failing.store.push(down());
    loader.advance(journal.append(1));
    await clock.advance(0);
    await loader.stop();
    expect(checkpoints).toEqual([]);
  });
});
