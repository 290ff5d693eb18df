import { encodeLogs, encodeMetrics } from '@atalaya/receive/testing';
import { expect, test } from 'vitest';
import { ask, discard, makeFolder, otlpGrpcAddress, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { exportLogs, grpcFrame } from './grpc-call.ts';
import { readLines } from './read-logs.ts';

const RECORDS = 10;
/** As many steps as one answer can show; at the pace of a program that starts slowly they last for all of the test. */
const STEPS = 450;
const PACE_MS = 25;
const START = Date.now();

/** Where the program listens now. */
interface Addresses {
  readonly http: string;
  readonly grpc: string;
}

async function addressesOf(program: RunningAtalaya): Promise<Addresses> {
  return { http: program.url, grpc: await otlpGrpcAddress(program) };
}

function stepOf(service: string, step: number): Uint8Array {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const logRecords = Array.from({ length: RECORDS }, (_, i) => ({
    timeUnixNano: `${START}${String(step * RECORDS + i).padStart(6, '0')}`,
    observedTimeUnixNano: `${START}000000`,
    body: { stringValue: `step ${step} record ${i}` },
    attributes: [text('step', String(step))],
  }));
  return encodeLogs({ resourceLogs: [{ resource: { attributes: [text('service.name', service)] }, scopeLogs: [{ logRecords }] }] });
}

/** The step as a sample of a counter. */
function sampleOf(step: number): Uint8Array {
  const dataPoints = [{ timeUnixNano: `${START + step}000000`, asInt: String(step) }];
  const metrics = [{ name: 'steps', sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints } }];
  return encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
}

/** Sends numbered requests, each until it is acknowledged, as the SDKs do; at most {@link STEPS}. */
class Sender {
  acknowledged = 0;
  readonly unexpected: string[] = [];
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(send: (step: number) => Promise<string>, success: string, repeatable: RegExp) {
    this.#done = this.#run(send, success, repeatable);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(send: (step: number) => Promise<string>, success: string, repeatable: RegExp): Promise<void> {
    while (!this.#stopped && this.acknowledged < STEPS) {
      const answer = await send(this.acknowledged).catch((error: unknown) => `connection: ${String(error)}`);
      if (answer === success) this.acknowledged++;
      else if (!repeatable.test(answer)) {
        this.unexpected.push(answer);
        return;
      }
      await pause(PACE_MS);
    }
  }
}

test('OTLP senders that repeat what was not acknowledged: through a stop and a kill every record and every sample is there once', async () => {
  const folder = makeFolder();
  let program = await startAtalaya({ folder });
  let addresses = await addressesOf(program);
  const headers = { 'Content-Type': 'application/x-protobuf' };
  const byHttp = async (step: number): Promise<string> => {
    const body = Uint8Array.from(stepOf('by-http', step));
    return String((await fetch(`${addresses.http}/v1/logs`, { method: 'POST', headers, body })).status);
  };
  const byGrpc = (step: number): Promise<string> => exportLogs(addresses.grpc, grpcFrame(stepOf('by-grpc', step)));
  const metrics = async (step: number): Promise<string> => {
    const body = Uint8Array.from(sampleOf(step));
    return String((await fetch(`${addresses.http}/v1/metrics`, { method: 'POST', headers, body })).status);
  };
  const senders = [
    new Sender(byHttp, '200', /^(?:503|connection: .*)$/),
    new Sender(byGrpc, '0', /^(?:14|1|closed|.*[a-z].*)$/),
    new Sender(metrics, '200', /^(?:503|connection: .*)$/),
  ];
  const progress = async (): Promise<void> => {
    const before = senders.map(({ acknowledged }) => acknowledged);
    await expect
      .poll(() => senders.every(({ acknowledged }, i) => acknowledged > Math.min((before[i] as number) + 5, STEPS - 1)), {
        timeout: 60_000,
      })
      .toBe(true);
  };
  try {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await progress();
      await program.kill(signal);
      program = await startAtalaya({ folder });
      addresses = await addressesOf(program);
    }
    await progress();
    await Promise.all(senders.map((sender) => sender.stop()));
    expect(senders.map(({ unexpected }) => unexpected)).toEqual([[], [], []]);
    for (const [i, service] of ['by-http', 'by-grpc'].entries()) {
      const start = BigInt(START) * 1_000_000n;
      const lines = await readLines(program.url, `{service_name="${service}"}`, start, start + 1_000_000_000n);
      const steps = (senders[i] as Sender).acknowledged;
      const expected = Array.from({ length: steps * RECORDS }, (_, n) => `step ${Math.floor(n / RECORDS)} record ${n % RECORDS}`);
      expect(lines.map(({ text }) => text)).toEqual(expected);
    }
    const query = { query: 'steps_total[1h]', time: String((START + STEPS) / 1000) };
    const { result } = await ask<{ result: { values: [number, string][] }[] }>(program.url, '/api/v1/query', query);
    const taken = Array.from({ length: (senders[2] as Sender).acknowledged }, (_, step) => [(START + step) / 1000, String(step)]);
    expect(result.map(({ values }) => values)).toEqual([taken]);
  } finally {
    await discard(program);
  }
});
