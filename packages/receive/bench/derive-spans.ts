/**
 * What deriving metrics costs of each span: batches of 512 spans with 20 attributes, a third of them clients or servers. Compared with the sending
 * side's encoding of the same batch. `node packages/receive/bench/derive-spans.ts`
 */

import { encodeSpanBatch, type SpanBatch } from '@atalaya/journal';
import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import { silentLogger, systemClock } from '@atalaya/model';
import { createMetricWriter } from '../src/metrics/create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS } from '../src/metrics/limits.ts';
import { createSpanDerivation } from '../src/traces/derive/create-span-derivation.ts';
import { repeatFor } from './cpu-time.ts';

const SPANS = 512;
const SECONDS = 2;
const ROUNDS = 3;

function plainSpan(i: number): PlainSpan {
  const attributes = Object.fromEntries(Array.from({ length: 18 }, (_, n) => [`app.attribute.number_${n}`, `value ${i % 7} of ${n}`]));
  return {
    traceId: '00'.repeat(16),
    spanId: '00'.repeat(8),
    start: 1_700_000_000_000_000_000n,
    duration: BigInt(i) * 1_370_003n,
    service: 'shop',
    name: `GET /api/orders/{id}/${i % 40}`,
    kind: [1, 1, 1, 2, 3, 1][i % 6] as number,
    status: i % 50 === 0 ? 2 : 0,
    attributes: { 'http.request.method': 'GET', 'server.address': 'orders', ...attributes },
  };
}

const batch = spanBatch(Array.from({ length: SPANS }, (_, i) => plainSpan(i)));
let sequence = 0;

/** New ids, so that no span repeats another; servers are children of the clients behind them. */
function renew({ traceIds, spanIds, parentSpanIds, rows }: SpanBatch): void {
  const [traces, spans, parents] = [traceIds, spanIds, parentSpanIds].map(
    ({ buffer, byteOffset, byteLength }) => new DataView(buffer, byteOffset, byteLength),
  ) as [DataView, DataView, DataView];
  for (let row = 0; row < rows; row++) {
    sequence++;
    traces.setUint32(row * 16 + 12, Math.floor(sequence / 8));
    spans.setUint32(row * 8 + 4, sequence);
    parents.setUint32(row * 8 + 4, sequence + 1);
  }
}

const WAYS: Record<string, () => (batch: SpanBatch) => void> = {
  'new ids only': () => () => undefined,
  'derived metrics': deriving({}),
  'with 2 dimensions': deriving({ dimensions: ['http.request.method', 'app.attribute.number_3'] }),
  'with overflow': deriving({ maxSets: 10 }),
  encoding: () => (each) => void encodeSpanBatch(each),
};

function deriving(options: { dimensions?: string[]; maxSets?: number }): () => (batch: SpanBatch) => void {
  return () => {
    const writer = createMetricWriter({ journal: { append: async () => undefined }, clock: systemClock, limits: DEFAULT_METRIC_LIMITS });
    const derivation = createSpanDerivation({ writer, clock: systemClock, log: silentLogger, ...options });
    return (each) => derivation.observe(each, undefined);
  };
}

for (let round = 0; round < ROUNDS; round++) {
  for (const [name, make] of Object.entries(WAYS)) {
    const work = make();
    const { turns, cpu } = await repeatFor(SECONDS, () => {
      renew(batch);
      work(batch);
    });
    process.stdout.write(`${name.padEnd(18)} ${((cpu * 1e9) / (turns * SPANS)).toFixed(0)} ns of CPU a span\n`);
  }
}
