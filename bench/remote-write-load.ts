/**
 * A remote-write sender, run as a process of its own so that its work is nobody's CPU time but its own. Settings as
 * JSON in the first argument; prints one JSON line with latencies and counts at the end.
 */

import http from 'node:http';
import { compressSync } from 'snappy';
import { makeSeries, ValueMaker } from './node-series.ts';

/** What to send. */
export interface LoadOptions {
  readonly url: string;
  readonly series: number;
  readonly samplesPerRequest: number;
  readonly steps: number;
  readonly stepMs: number;
  /** Timestamp of the first sample, milliseconds. */
  readonly start: number;
  readonly inFlight: number;
  readonly seed?: number;
}

export interface LoadResult {
  readonly samples: number;
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
}

/** A `TimeSeries` message up to its samples. */
function labelBytes(labels: readonly (readonly [string, string])[]): Buffer {
  const parts = labels.map(([name, value]) => {
    const body = Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]);
    return field(1, body);
  });
  return Buffer.concat(parts);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

function field(number: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2]), varint(body.length), body]);
}

async function run(options: LoadOptions): Promise<LoadResult> {
  const series = makeSeries(options.series);
  const values = new ValueMaker(series, options.seed);
  const prefixes = series.map(({ labels }) => labelBytes(labels));
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.inFlight });
  const target = new URL(options.url);
  const latenciesMs: number[] = [];
  let failures = 0;
  let requests = 0;

  const encode = (from: number, to: number, timestamp: number): Buffer => {
    const time = varint(timestamp);
    const sampleLength = 1 + 8 + 1 + time.length;
    const parts: Buffer[] = [];
    for (let i = from; i < to; i++) {
      const prefix = prefixes[i] as Buffer;
      const head = Buffer.allocUnsafe(12 + sampleLength);
      let at = 0;
      const length = varint(prefix.length + 2 + sampleLength);
      head[at++] = 0x0a;
      at += length.copy(head, at);
      const sample = Buffer.allocUnsafe(2 + sampleLength);
      sample[0] = 0x12;
      sample[1] = sampleLength;
      sample[2] = 0x09;
      sample.writeDoubleLE(values.values[i] as number, 3);
      sample[11] = 0x10;
      time.copy(sample, 12);
      parts.push(head.subarray(0, at), prefix, sample);
    }
    return compressSync(Buffer.concat(parts));
  };

  const send = (body: Buffer): Promise<void> =>
    new Promise((resolve) => {
      const begun = performance.now();
      const request = http.request(
        target,
        {
          method: 'POST',
          agent,
          headers: {
            'Content-Type': 'application/x-protobuf',
            'Content-Encoding': 'snappy',
            'X-Prometheus-Remote-Write-Version': '0.1.0',
            'Content-Length': body.length,
          },
        },
        (answer) => {
          answer.resume();
          answer.on('end', () => {
            latenciesMs.push(performance.now() - begun);
            if ((answer.statusCode ?? 500) >= 300) failures++;
            resolve();
          });
        },
      );
      request.on('error', () => {
        failures++;
        resolve();
      });
      requests++;
      request.end(body);
    });

  const begun = performance.now();
  for (let step = 0; step < options.steps; step++) {
    values.step();
    const timestamp = options.start + step * options.stepMs;
    const jobs: Buffer[] = [];
    for (let from = 0; from < series.length; from += options.samplesPerRequest) {
      jobs.push(encode(from, Math.min(series.length, from + options.samplesPerRequest), timestamp));
    }
    // A step's requests go out together, as far as may be in flight; steps follow one another, so each series is in order.
    const next = jobs.values();
    await Promise.all(
      Array.from({ length: options.inFlight }, async () => {
        for (const body of next) await send(body);
      }),
    );
  }
  agent.destroy();
  return { samples: options.series * options.steps, requests, failures, seconds: (performance.now() - begun) / 1000, latenciesMs };
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as LoadOptions)));
}
