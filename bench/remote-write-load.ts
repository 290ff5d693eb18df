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
  /** Steps that travel in one request, one after the other; 1 unless given. */
  readonly stepsPerRequest?: number;
  /** After so many steps every series ends and another one takes its place; they live for ever unless given. */
  readonly livesForSteps?: number;
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
  let prefixes = series.map(({ labels }) => labelBytes(labels));
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.inFlight });
  const target = new URL(options.url);
  const latenciesMs: number[] = [];
  let failures = 0;
  let requests = 0;

  /** One request: the samples of some series at some steps, `rows[step]` being the values of all series. */
  const encode = (from: number, to: number, timestamps: readonly number[], rows: readonly Float64Array[]): Buffer => {
    const times = timestamps.map(varint);
    const parts: Buffer[] = [];
    for (let i = from; i < to; i++) {
      const samples = times.map((time, step) => {
        const sample = Buffer.allocUnsafe(12 + time.length);
        sample[0] = 0x12;
        sample[1] = 10 + time.length;
        sample[2] = 0x09;
        sample.writeDoubleLE(rows[step]?.[i] as number, 3);
        sample[11] = 0x10;
        time.copy(sample, 12);
        return sample;
      });
      parts.push(field(1, Buffer.concat([prefixes[i] as Buffer, ...samples])));
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
  const together = options.stepsPerRequest ?? 1;
  for (let first = 0; first < options.steps; first += together) {
    if (options.livesForSteps !== undefined && first % options.livesForSteps === 0) {
      const run = ['run', String(first / options.livesForSteps)] as const;
      prefixes = series.map(({ labels }) => labelBytes([...labels, run].sort(([a], [b]) => (a < b ? -1 : 1))));
    }
    const timestamps: number[] = [];
    const rows: Float64Array[] = [];
    for (let step = first; step < Math.min(options.steps, first + together); step++) {
      values.step();
      timestamps.push(options.start + step * options.stepMs);
      rows.push(together === 1 ? values.values : values.values.slice());
    }
    const jobs: Buffer[] = [];
    for (let from = 0; from < series.length; from += options.samplesPerRequest) {
      jobs.push(encode(from, Math.min(series.length, from + options.samplesPerRequest), timestamps, rows));
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
