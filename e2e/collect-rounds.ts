/**
 * `node e2e/collect-rounds.ts [ROUNDS]`: kills the main process with SIGKILL again and again while it follows files that are written and
 * rotated all the time, in its absence too, and counts at the end which lines were lost or doubled.
 */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { discard, makeFolder, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { linesOf } from './log-ledger.ts';
import { type Rotation, RotatingWriter } from './rotating-writer.ts';

/** What the rounds came to. */
export interface CollectReport {
  readonly rounds: number;
  readonly rotations: number;
  readonly written: number;
  readonly lost: number;
  /** Stored again, of these so many with the same time: read once, but stored twice. */
  readonly doubled: number;
  readonly sameTime: number;
}

/** Programs that rotate faster than somebody can look are not what this is about. */
const ROTATE_MS = 700;

const WAYS: readonly (readonly [name: string, how: Rotation])[] = [
  ['renamed.log', 'rename'],
  ['truncated.log', 'copytruncate'],
];

/** Runs the rounds with a writer for each way of rotating. */
export async function collectRounds(rounds: number, say: (line: string) => void = () => undefined): Promise<CollectReport> {
  const folder = makeFolder();
  const logs = path.join(folder, 'logs');
  mkdirSync(logs);
  const environment = { ATALAYA_LOGS_FILES: path.join(logs, '*.log'), ATALAYA_LOGS_OWN: 'false' };
  const start = (): Promise<RunningAtalaya> => startAtalaya({ folder, environment, waitReady: false });
  const begun = BigInt(Date.now()) * 1_000_000n;
  let program = await start();
  const writers = WAYS.map(([name, how]) => new RotatingWriter(path.join(logs, name), how, ROTATE_MS));
  for (const writer of writers) writer.begin();
  try {
    for (let round = 0; round < rounds; round++) {
      await pause(200 + Math.random() * 1500);
      await program.kill('SIGKILL');
      await pause(Math.random() * 700);
      program = await start();
      say(`round ${round + 1}: ${writers.map(({ written, rotations }) => `${written} lines, ${rotations} rotations`).join('; ')}`);
    }
    for (const writer of writers) writer.stop();
    await program.waitReady();
    const report = { rounds, rotations: 0, written: 0, lost: 0, doubled: 0, sameTime: 0 };
    for (const [index, [name]] of WAYS.entries()) {
      const { written, rotations } = writers[index] as RotatingWriter;
      const seen = await settled(program, path.join(logs, name), written, begun);
      report.rotations += rotations;
      report.written += written;
      let before = 'once';
      for (let line = 0; line < written; line++) {
        const times = seen.get(`line ${line} of ${name}`) ?? [];
        const count = times.length;
        if (count === 0) report.lost++;
        else report.doubled += count - 1;
        report.sameTime += count - new Set(times).size;
        const kind = count === 0 ? 'lost' : count > 1 ? `${count} times` : 'once';
        if (kind !== before) say(`${name}: from line ${line} on ${kind}`);
        before = kind;
      }
    }
    return report;
  } finally {
    for (const writer of writers) writer.stop();
    await discard(program);
  }
}

/** With which times each line is stored, once all of them are there or no more come. */
async function settled(program: RunningAtalaya, file: string, written: number, begun: bigint): Promise<Map<string, string[]>> {
  for (let attempt = 0; ; attempt++) {
    await loaded(program);
    const seen = new Map<string, string[]>();
    const end = BigInt(Date.now() + 60_000) * 1_000_000n;
    for await (const [time, line] of linesOf(program.url, `{filename="${file}"}`, begun - 1_000_000_000n, end)) {
      seen.set(line, [...(seen.get(line) ?? []), time]);
    }
    if (seen.size >= written || attempt === 10) return seen;
  }
}

if (process.argv[1] === import.meta.filename) {
  const report = await collectRounds(Number(process.argv[2] ?? '30'), (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exit(report.lost + report.doubled === 0 ? 0 : 1);
}
