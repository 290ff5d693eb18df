/**
 * CPU cost of receiving remote write, without disk: `node --expose-gc packages/receive/bench/remote-write.ts [1.0|2.0]`.
 * 20,000 series like node_exporter's (8–10 labels, about 200 bytes), 2,000 samples a request, one per series; stages
 * are measured on their own, CPU time is that of all threads. Then memory per series at 500,000 series.
 */

import { silentLogger, systemClock } from '@atalaya/model';
import { compressSync, uncompressSync } from 'snappy';
import { createMetricWriter, createRemoteWrite, DEFAULT_METRIC_LIMITS, type RemoteWrite } from '../src/index.ts';
import { WriteRequestV1 } from '../src/remote-write/write-request-v1.ts';
import { WriteRequestV2 } from '../src/remote-write/write-request-v2.ts';
import { randomSeed } from '../src/remote-write/keyed-hash.ts';
import { SnappyDecoder } from '../src/remote-write/snappy-block.ts';
import { ProtobufWriter, requestOf } from '../src/testing.ts';

const SERIES = 20_000;
const PER_REQUEST = 2_000;
const ROUNDS = 50;
const TIMES = 5;
const version = process.argv[2] === '2.0' ? '2.0' : '1.0';
const encoder = new TextEncoder();

function labelsOfSeries(i: number): string[] {
  const labels = [
    ['__name__', `node_${['cpu_seconds', 'filesystem_avail_bytes', 'network_receive_bytes', 'disk_io_time'][i % 4]}_total_${i % 300}`],
    ['cpu', String(i % 16)],
    ['device', `/dev/mapper/vg0-volume${i % 40}`],
    ['environment', 'production'],
    ['instance', `host-${Math.floor(i / 500)}.example.org:9100`],
    ['job', 'node-exporter'],
    ['mode', ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'][i % 8] as string],
    ['region', 'eu-south-2'],
  ];
  if (i % 2 === 0) labels.push(['team', 'platform']);
  if (i % 3 === 0) labels.push(['zone', `eu-south-2${'abc'[i % 3]}`]);
  return labels.flat();
}

const sample = new Uint8Array(20);
const sampleView = new DataView(sample.buffer);
function sampleField(timestamp: number, value: number): Uint8Array {
  sample.set([0x12, 16, 0x09]);
  sampleView.setFloat64(3, value, true);
  sample[11] = 0x10;
  let rest = timestamp;
  for (let i = 12; i < 18; i++) {
    sample[i] = (rest % 128) | (i < 17 ? 0x80 : 0);
    rest = Math.floor(rest / 128);
  }
  return sample.subarray(0, 18);
}

function v1Body(from: number, timestamp: number, labelBytes: readonly Uint8Array[]): Uint8Array {
  const request = new ProtobufWriter();
  for (let i = from; i < from + PER_REQUEST; i++) {
    request.bytes(1, Buffer.concat([labelBytes[i] as Uint8Array, sampleField(timestamp, Math.random() * 1e6)]));
  }
  return request.finish();
}

function v2Body(from: number, timestamp: number): Uint8Array {
  const symbols = new Map<string, number>([['', 0]]);
  const refs = (i: number): Uint8Array =>
    Buffer.concat(
      labelsOfSeries(i).map((text) => {
        const ref = symbols.get(text) ?? symbols.size;
        symbols.set(text, ref);
        return ref < 128 ? Uint8Array.of(ref) : Uint8Array.of((ref & 127) | 128, ref >> 7);
      }),
    );
  const series: Uint8Array[] = [];
  for (let i = from; i < from + PER_REQUEST; i++) {
    series.push(Buffer.concat([new ProtobufWriter().bytes(1, refs(i)).finish(), sampleField(timestamp, Math.random() * 1e6)]));
  }
  const request = new ProtobufWriter();
  for (const symbol of symbols.keys()) request.bytes(4, encoder.encode(symbol));
  for (const message of series) request.bytes(5, message);
  return request.finish();
}

function prepare(): Uint8Array[] {
  const labelBytes = Array.from({ length: SERIES }, (_, i) => {
    const message = new ProtobufWriter();
    const labels = labelsOfSeries(i).map((text) => encoder.encode(text));
    for (let at = 0; at < labels.length; at += 2) {
      message.bytes(
        1,
        new ProtobufWriter()
          .bytes(1, labels[at] as Uint8Array)
          .bytes(2, labels[at + 1] as Uint8Array)
          .finish(),
      );
    }
    return message.finish();
  });
  const bodies: Uint8Array[] = [];
  const start = systemClock.now() - ROUNDS * 1000;
  for (let round = 0; round < ROUNDS; round++) {
    for (let from = 0; from < SERIES; from += PER_REQUEST) {
      const timestamp = start + round * 1000;
      bodies.push(compressSync(version === '1.0' ? v1Body(from, timestamp, labelBytes) : v2Body(from, timestamp)));
    }
  }
  return bodies;
}

/** Median CPU-seconds of all threads per million samples over several runs. */
async function measure(name: string, samples: number, run: () => Promise<void> | void): Promise<void> {
  const costs: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / samples);
  }
  costs.sort((a, b) => a - b);
  const [least, median] = [costs[0] as number, costs[TIMES >> 1] as number];
  console.log(`${name.padEnd(44)} ${median.toFixed(3)} CPU-s per million samples (least ${least.toFixed(3)})`);
}

const bodies = prepare();
const first = bodies[0] as Uint8Array;
console.log(`remote write ${version}: a body has ${first.length} bytes, ${(uncompressSync(first) as Buffer).length} uncompressed`);
const seed = randomSeed();
await measure('snappy, native', SERIES * ROUNDS, () => {
  for (const body of bodies) uncompressSync(body);
});
const snappy = new SnappyDecoder();
await measure('snappy', SERIES * ROUNDS, () => {
  for (const body of bodies) snappy.decode(body, Infinity);
});
const plain = bodies.map((body) => uncompressSync(body) as Buffer);
await measure('walk and hash', SERIES * ROUNDS, () => {
  for (const body of plain) {
    const decoder = version === '1.0' ? new WriteRequestV1(body, seed) : new WriteRequestV2(body, seed);
    while (decoder.next());
  }
});
plain.length = 0;
const { headers } = requestOf(version, new Uint8Array(0));
let bytes = 0;
const journal = {
  append: (_signal: number, _rows: number, payload: Uint8Array) => {
    bytes += payload.length;
    return Promise.resolve();
  },
};
const limits = { bodyBytes: 1 << 25, decompressedBytes: 1 << 25 };
// A receiver of its own for each run, so that no sample is a repetition. The first round registers the series.
const receivers = Array.from({ length: TIMES }, () => {
  const writer = createMetricWriter({ journal, clock: systemClock, limits: DEFAULT_METRIC_LIMITS });
  return createRemoteWrite({ writer, clock: systemClock, limits, log: silentLogger });
});
const requestsPerRound = SERIES / PER_REQUEST;

async function receive(receiver: RemoteWrite, from: number, to: number): Promise<void> {
  for (const body of bodies.slice(from, to)) {
    const { status } = await receiver.handle({ headers, body });
    if (status !== 204) throw new Error(`answered ${status}`);
  }
}

let run = 0;
await measure('all, series new', SERIES, () => receive(receivers[run++] as RemoteWrite, 0, requestsPerRound));
run = 0;
await measure('all, series known', SERIES * (ROUNDS - 1), () => receive(receivers[run++] as RemoteWrite, requestsPerRound, bodies.length));
console.log(`${(bytes / TIMES / SERIES / ROUNDS).toFixed(1)} journal bytes a sample`);

const MANY = 500_000;
const collect = globalThis.gc;
if (collect === undefined) console.log('memory per series: run with --expose-gc');
else {
  const held = async () => {
    // What the first collection finds outside the heap is given back only after a turn of the event loop.
    collect();
    await new Promise(setImmediate);
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = await held();
  const writer = createMetricWriter({ journal, clock: systemClock, limits: DEFAULT_METRIC_LIMITS });
  for (let from = 0; from < MANY; from += PER_REQUEST) {
    const appender = writer.appender();
    for (let i = from; i < from + PER_REQUEST; i++) {
      const ref = appender.series(['__name__', 'many_total', 'instance', `host-${i}.example.org:9100`, 'job', 'node-exporter']);
      if (typeof ref === 'string') throw new Error(ref);
      appender.sample(ref, systemClock.now(), i);
      writer.bindKey(Math.imul(i, 0x9e3779b1), Math.imul(i, 0x85ebca6b), ref);
    }
    await appender.commit();
  }
  console.log(`memory: ${(((await held()) - before) / MANY).toFixed(1)} bytes a series at ${writer.stats().activeSeries} series`);
}
