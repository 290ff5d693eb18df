import { comparePositions, type JournalPosition, type JournalReader, type JournalRecord } from '@atalaya/journal';
import type { PlainSpan } from '@atalaya/journal/testing';
import { AtalayaError, ManualClock, silentLogger } from '@atalaya/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoader, type Loader } from '../../loader/loader.ts';
import { type SpanRecord } from '../span-record.ts';
import { spanJournalRecordOf } from '../spans-for-tests.ts';
import { traceSink } from '../trace-sink.ts';
import { sampledSink } from './sampled-sink.ts';
import { TraceSampler, type TraceSamplerOptions } from './trace-sampler.ts';

const NOW = 1_700_000_000_000;
const WAIT = 10_000;
/** Left out, or kept, by the dice of one half. */
const out = (n: number): string => `${'0'.repeat(16)}01${n.toString(16).padStart(14, '0')}`;
const into = (n: number): string => `${'0'.repeat(16)}01ff${n.toString(16).padStart(12, '0')}`;

let lastSpan = 0;
const span = (traceId: string, fields: Partial<PlainSpan> = {}): PlainSpan => ({
  traceId,
  spanId: (++lastSpan).toString(16).padStart(16, '0'),
  start: 1n,
  duration: 1000n,
  ...fields,
});

/** Records on disk; it outlives the programs that read it. */
class Disk {
  readonly records: JournalRecord[] = [];
  checkpoint: JournalPosition = { segment: 1, offset: 0 };
  /** Ids of the spans in the table. */
  readonly table: string[] = [];

  append(spans: readonly PlainSpan[], appendedAt: number): JournalPosition {
    const end = { segment: 1, offset: this.records.length + 1 };
    this.records.push({ ...spanJournalRecordOf(spans, { batchId: this.records.length, appendedAt }), end });
    return end;
  }

  reader(): JournalReader {
    const { records } = this;
    return {
      position: this.checkpoint,
      damage: { quarantinedRecords: 0, quarantinedBytes: 0, tornTails: 0 },
      async read(limit) {
        const next = records.slice(this.position.offset, this.position.offset + 3).filter(({ end }) => comparePositions(end, limit) <= 0);
        (this as { position: JournalPosition }).position = next.at(-1)?.end ?? this.position;
        return next;
      },
      close: async () => undefined,
    };
  }
}

interface Program {
  readonly loader: Loader;
  readonly sampler: TraceSampler;
  readonly checkpoints: JournalPosition[];
  readonly failing: AtalayaError[];
  /** Ends it as `kill -9` does: nothing of it reaches the disk any more. */
  kill(): void;
}

function startProgram(disk: Disk, clock: ManualClock, options: Partial<TraceSamplerOptions> = {}): Program {
  const rules = { probability: 0.5, keepErrors: true, keepSlowerThanMs: 5000 };
  const sampler = new TraceSampler({ clock, rules, waitMs: WAIT, memoryBytes: 1e9, ...options });
  let alive = true;
  const taken = new Map<SpanRecord, string[]>();
  const failing: AtalayaError[] = [];
  const idsOf = ({ batch }: SpanRecord): string[] =>
    Array.from({ length: batch.rows }, (_, row) => Buffer.from(batch.spanIds.subarray(row * 8, row * 8 + 8)).toString('hex'));
  const checkpoints: JournalPosition[] = [];
  const loader = createLoader({
    reader: disk.reader(),
    sinks: new Map([
      [
        3,
        sampledSink(
          traceSink({
            take: (record) => void taken.set(record, idsOf(record)),
            async load(records) {
              const failure = failing.shift();
              if (failure !== undefined) throw failure;
              if (!alive) return new Promise(() => undefined);
              // As the store does it: a span that is in the table is left out.
              const ids = records.flatMap((record) => taken.get(record) as string[]).filter((id) => !disk.table.includes(id));
              disk.table.push(...ids);
              return { spans: ids.length };
            },
          }),
          sampler,
        ),
      ],
    ]),
    clock,
    log: silentLogger,
    async writeCheckpoint(position) {
      if (!alive) return new Promise(() => undefined);
      disk.checkpoint = position;
      checkpoints.push(position);
    },
    onLoaded: () => undefined,
    deadLetters: async () => undefined,
    random: () => 1,
  });
  return { loader, sampler, checkpoints, failing, kill: () => void (alive = false) };
}

const at = (offset: number): JournalPosition => ({ segment: 1, offset });
const idsOf = (...spans: readonly PlainSpan[]): string[] => spans.map(({ spanId }) => spanId);

interface Run {
  readonly disk: Disk;
  readonly clock: ManualClock;
  readonly program: Program;
  readonly send: (...spans: PlainSpan[]) => Promise<void>;
  /** Gives it the time to read many records. */
  readonly read: () => Promise<void>;
}

function setUp(options: Partial<TraceSamplerOptions> = {}): Run {
  const disk = new Disk();
  const clock = new ManualClock(NOW);
  const program = startProgram(disk, clock, options);
  return {
    disk,
    clock,
    program,
    async send(...spans) {
      program.loader.advance(disk.append(spans, clock.now()));
      await clock.advance(0);
    },
    async read() {
      for (let i = 0; i < 100; i++) await clock.advance(20);
    },
  };
}

describe('sampling before the store', () => {
  it('what the dice keep is stored at once, what they leave out is held and then dropped', async () => {
    const { disk, clock, program, send } = setUp();
    const kept = span(into(1));
    await send(kept, span(out(2)), span(out(3)));
    expect(disk.table).toEqual(idsOf(kept));
    expect(program.sampler.counters).toMatchObject({ keptByProbability: 1, heldSpans: 2, heldTraces: 2, leftOut: 0 });
    await clock.advance(WAIT + 2000);
    expect(disk.table).toEqual(idsOf(kept));
    expect(program.sampler.counters).toMatchObject({ heldSpans: 0, heldTraces: 0, heldBytes: 0, leftOut: 2, forcedTraces: 0 });
  });

  it('an error, or a slow span, keeps its trace: spans before it, beside it and after it', async () => {
    const { disk, clock, program, send } = setUp();
    const spans = [
      span(out(1)),
      span(out(1)),
      span(out(1), { status: 2 }),
      span(out(1)),
      span(out(2)),
      span(out(2), { duration: 5_000_000_000n }),
    ];
    const [before, beside, failed, after, quick, slow] = spans as [PlainSpan, PlainSpan, PlainSpan, PlainSpan, PlainSpan, PlainSpan];
    await send(before, quick);
    await clock.advance(3000);
    expect(disk.table).toEqual([]);
    await send(beside, failed);
    await clock.advance(2000);
    expect(disk.table.toSorted()).toEqual(idsOf(before, beside, failed).toSorted());
    await send(slow);
    await clock.advance(60_000);
    await send(after);
    await clock.advance(2000);
    expect(disk.table.toSorted()).toEqual(idsOf(...spans).toSorted());
    expect(program.sampler.counters).toMatchObject({ keptForError: 4, keptForDuration: 2, leftOut: 0 });
  });

  it('late spans share the fate of their trace; a late error is kept, and what comes behind it', async () => {
    const { disk, clock, program, send } = setUp();
    await send(span(out(1)));
    await clock.advance(WAIT + 1000);
    await send(span(out(1)));
    expect(program.sampler.counters).toMatchObject({ leftOut: 2, heldSpans: 0 });
    const late = [span(out(1), { status: 2 }), span(out(1))] as const;
    await send(late[0]);
    await send(late[1]);
    await clock.advance(2000);
    expect(disk.table).toEqual(idsOf(...late));
  });

  it('the checkpoint waits for what is held, everything else is loaded, and moves on by itself when it is decided', async () => {
    const { disk, clock, program, send } = setUp();
    await send(span(into(1)));
    expect(disk.checkpoint).toEqual(at(1));
    await clock.advance(2000);
    await send(span(out(2)));
    for (let i = 0; i < 5; i++) {
      await send(span(into(10 + i)));
      await clock.advance(1500);
    }
    expect(disk.table).toHaveLength(6);
    expect(disk.checkpoint).toEqual(at(1));
    expect(program.loader.state().loaded).toEqual(at(7));
    await clock.advance(WAIT);
    expect(disk.checkpoint).toEqual(at(7));
  });

  it('with too much held the oldest traces are decided at once', async () => {
    const { disk, clock, program, send, read } = setUp({ memoryBytes: 100_000 });
    for (let i = 0; i < 200; i++) await send(span(out(i)));
    await read();
    const { heldBytes, forcedTraces, leftOut, heldSpans } = program.sampler.counters;
    expect(heldBytes).toBeLessThanOrEqual(100_000);
    expect(heldBytes).toBeGreaterThan(50_000);
    expect(forcedTraces).toBeGreaterThan(100);
    expect([leftOut, leftOut + heldSpans]).toEqual([forcedTraces, 200]);
    // The newest are still held.
    const failed = span(out(199), { status: 2 });
    await send(failed);
    await clock.advance(2000);
    expect(program.sampler.counters.keptForError).toBe(2);
    expect(disk.table).toHaveLength(2);
  });

  it('one span of a thousand traces in a record, and one trace in a hundred records', async () => {
    const { disk, clock, program, send, read } = setUp();
    await send(...Array.from({ length: 1000 }, (_, i) => span(out(i))));
    for (let i = 0; i < 100; i++) await send(span(out(5000)));
    await send(span(out(5000), { status: 2 }), span(out(7), { status: 2 }));
    await read();
    await clock.advance(WAIT + 2000);
    expect(disk.table).toHaveLength(103);
    expect(program.sampler.counters).toMatchObject({ keptForError: 103, leftOut: 999, heldBytes: 0 });
  });

  it('a failing engine loses nothing of what was decided meanwhile', async () => {
    const { disk, clock, program, send } = setUp();
    const held = span(out(1));
    await send(held);
    program.failing.push(...[1, 2, 3].map(() => new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'gone' })));
    const [failed, more] = [span(out(1), { status: 2 }), span(into(9))];
    await send(failed);
    await send(more);
    await clock.advance(20_000);
    expect(disk.table.toSorted()).toEqual(idsOf(held, failed, more).toSorted());
    expect(disk.checkpoint).toEqual(at(3));
  });

  it('after a long absence the backlog is decided by its own time', async () => {
    const disk = new Disk();
    const clock = new ManualClock(NOW + 3_600_000);
    const [first, failed] = [span(out(1)), span(out(1), { status: 2 })];
    disk.append([first], NOW);
    disk.append([span(out(2))], NOW + 1000);
    disk.append([failed], NOW + 8000);
    const end = disk.append([span(into(3))], NOW + 60_000);
    const program = startProgram(disk, clock);
    program.loader.advance(end);
    await clock.advance(1500);
    expect(disk.table).toHaveLength(3);
    expect(disk.table).toEqual(expect.arrayContaining(idsOf(first, failed)));
    expect(program.sampler.counters).toMatchObject({ leftOut: 1, heldSpans: 0 });
  });

  it('a wall clock that is set back holds nothing for longer', async () => {
    const { disk, clock, program } = setUp();
    program.loader.advance(disk.append([span(out(1))], NOW));
    await clock.advance(0);
    program.loader.advance(disk.append([span(out(2))], NOW - 3_600_000));
    await clock.advance(WAIT + 2000);
    expect(program.sampler.counters).toMatchObject({ leftOut: 2, heldSpans: 0 });
  });

  it('however often it is killed, every span of a kept trace is stored once, and none of the others', async () => {
    const anySpan = fc.record({ trace: fc.integer({ min: 0, max: 5 }), kept: fc.boolean(), failed: fc.integer({ min: 0, max: 5 }) });
    const anyStep = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ spans: fc.array(anySpan, { minLength: 1, maxLength: 4 }), pause: fc.integer({ min: 0, max: 300 }) }),
      },
      { weight: 1, arbitrary: fc.constant('kill' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), async (steps) => {
        const disk = new Disk();
        const clock = new ManualClock(NOW);
        let program = startProgram(disk, clock);
        const sent: PlainSpan[] = [];
        const failedTraces = new Set<string>();
        for (const step of steps) {
          if (step === 'kill') {
            program.kill();
            program = startProgram(disk, clock);
            // As a store tells it when sampling is opened.
            for (const { traceId, spanId, status } of sent) {
              if (status === 2 && disk.table.includes(spanId)) program.sampler.remember(BigInt(`0x${traceId.slice(16)}`), 'error');
            }
          } else {
            const spans = step.spans.map(({ trace, kept, failed }) => span((kept ? into : out)(trace), failed === 0 ? { status: 2 } : {}));
            sent.push(...spans);
            for (const { traceId, status } of spans) if (status === 2) failedTraces.add(traceId);
            disk.append(spans, clock.now());
          }
          program.loader.advance(at(disk.records.length));
          await clock.advance(step === 'kill' ? 0 : step.pause);
        }
        await clock.advance(WAIT + 3000);
        const expected = sent.filter(({ traceId }) => traceId.startsWith(into(0).slice(0, 20)) || failedTraces.has(traceId));
        expect(disk.table.toSorted()).toEqual(idsOf(...expected).toSorted());
        expect(disk.checkpoint).toEqual(at(disk.records.length));
        expect(program.sampler.counters).toMatchObject({ heldSpans: 0, heldBytes: 0, forcedTraces: 0 });
      }),
      { numRuns: 150 },
    );
  });
});
