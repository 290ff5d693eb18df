import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlainSpan } from '@atalaya/journal/testing';
import { silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedEngine } from '../../engine/embedded.ts';
import type { Engine } from '../../engine/engine.ts';
import { sql } from '../../sql.ts';
import { spanRecordOf } from '../spans-for-tests.ts';
import type { TraceStore } from '../store-interface.ts';
import { traceSink } from '../trace-sink.ts';
import { openTraceStore } from '../trace-store.ts';
import { openTraceSampling, type TraceSampling } from './open-trace-sampling.ts';

let folder: string;
let engine: Engine;
let store: TraceStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-trace-sampling-'));
  engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
  store = await openTraceStore({ engine, clock: systemClock, log: silentLogger });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const FROM = { segment: 1, offset: 0 };
const open = (keepErrors: boolean, keepSlowerThanMs: number): Promise<TraceSampling> =>
  openTraceSampling({
    engine,
    clock: systemClock,
    log: silentLogger,
    rules: { probability: 0, keepErrors, keepSlowerThanMs },
    waitMs: 60_000,
    memoryBytes: 1e9,
  });

async function stored(): Promise<string> {
  const { bytes } = await engine.query(
    sql`SELECT arrayStringConcat(arraySort(groupArray(SpanId)), ',') AS ids FROM otel_traces FORMAT TabSeparated`,
  );
  return Buffer.from(bytes).toString().trim();
}

let last = 0;
const span = (trace: number, fields: Partial<PlainSpan> = {}): PlainSpan => ({
  traceId: `${'f'.repeat(16)}9${trace.toString(16).padStart(15, '0')}`,
  spanId: (++last).toString(16).padStart(16, '0'),
  start: BigInt(Date.now()) * 1_000_000n,
  ...fields,
});

it('only what is kept comes into the table; what was kept before the program ended goes on being kept, and stored spans are not stored again', async () => {
  const record = spanRecordOf([span(1), span(1, { status: 2 }), span(2), span(3, { duration: 7_000_000_000n })], {
    appendedAt: Date.now(),
  });
  const first = await open(true, 5000);
  const sink = first.sink(traceSink(store));
  sink.take(record, FROM);
  expect(await sink.load([record], {})).toEqual({ rows: 3, newSeries: 0 });
  expect(first.counters).toMatchObject({ keptForError: 2, keptForDuration: 1, heldSpans: 1 });
  expect(sink.heldFrom?.()).toEqual(FROM);

  // The next run reads the record again, and late spans of the same traces.
  const again = await openTraceStore({ engine, clock: systemClock, log: silentLogger });
  const second = await open(true, 5000);
  const next = second.sink(traceSink(again));
  const late = spanRecordOf([span(1), span(2), span(3)], { appendedAt: Date.now() });
  for (const each of [late, record]) next.take(each, FROM);
  await next.load([late, record], {});
  expect(second.counters).toMatchObject({ keptForError: 3, keptForDuration: 2, heldSpans: 2 });
  expect(await stored()).toBe([1, 2, 4, 5, 7].map((id) => String(id).padStart(16, '0')).join(','));
});

it('what is not kept any more is not remembered', async () => {
  const sampling = await open(false, 60_000);
  sampling.sink(traceSink(store)).take(spanRecordOf([span(1), span(3)], { appendedAt: Date.now() }), FROM);
  expect(sampling.counters).toMatchObject({ keptForError: 0, heldSpans: 2 });
});
