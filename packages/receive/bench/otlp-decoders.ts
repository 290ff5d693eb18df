/** Measures the decoders of an OTLP signal: CPU time of a record, and records and bytes in a CPU-second. */

import { runWalk } from '../src/otlp/run-walk-for-tests.ts';
import { repeatFor } from './cpu-time.ts';

const SECONDS = 2;
const ROUNDS = 3;

/** A request in both of its forms, and what walks over them. */
interface DecodedSignal<Taker> {
  /** What a record is called. */
  readonly record: string;
  /** Of the request. */
  readonly records: number;
  readonly protobuf: Uint8Array;
  readonly json: string;
  readonly open: () => Taker;
  walkProtobuf(body: Uint8Array, taker: Taker): Generator<undefined, Taker>;
  walkJson(body: string, open: () => Taker): Generator<undefined, Taker>;
}

/** Measures, and prints a line for each form in each of several rounds. */
export async function measureDecoders<Taker extends { commit(): Promise<unknown> }>(signal: DecodedSignal<Taker>): Promise<void> {
  const { record, records, protobuf, json, open } = signal;
  const ways: [name: string, bytes: number, decode: () => Taker][] = [
    ['protobuf', protobuf.length, () => runWalk(signal.walkProtobuf(protobuf, open()))],
    ['json', json.length, () => runWalk(signal.walkJson(Buffer.from(json).toString('utf8'), open))],
  ];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, bytes, decode] of ways) {
      const { turns, cpu } = await repeatFor(SECONDS, async () => {
        await decode().commit();
      });
      const microseconds = ((cpu * 1e6) / (turns * records)).toFixed(2);
      const perSecond = Math.round((turns * records) / cpu).toLocaleString('en');
      const megabytes = ((turns * bytes) / cpu / 1e6).toFixed(0);
      process.stdout.write(`${name.padEnd(9)} ${microseconds} µs a ${record}: ${perSecond} ${record}s, ${megabytes} MB per CPU-second\n`);
    }
  }
}
