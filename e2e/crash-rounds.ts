/**
 * `node e2e/crash-rounds.ts [ROUNDS]`: kills the main and the engine process in turn with SIGKILL at random moments while
 * samples, log lines and spans are being written, starts again what needs it, and counts at the end what was lost or doubled.
 */

import { discard, makeFolder, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { type Ledger, LedgerWriter, type Verdict } from './ledger.ts';
import { LogLedgerWriter } from './log-ledger.ts';
import { SpanLedgerWriter } from './span-ledger.ts';

/** What the rounds came to. */
export interface CrashReport extends Verdict {
  readonly rounds: number;
  readonly repeated: number;
  readonly refused: readonly string[];
  /** From the start of the program after a kill to ready, milliseconds. */
  readonly readyMs: readonly number[];
}

/** Runs the rounds with several writers at once. */
export async function crashRounds(rounds: number, say: (line: string) => void = () => undefined): Promise<CrashReport> {
  const folder = makeFolder();
  let program: RunningAtalaya = await startAtalaya({ folder });
  const start = Math.floor(Date.now() / 1000) * 1000 - 12 * 3_600_000;
  const url = (): string => program.url;
  const ofSamples = ['a', 'b'].map((name) => new LedgerWriter(name, start, url));
  const ofLines = ['a', 'b'].map((name) => new LogLedgerWriter(name, start, url));
  const ofSpans = ['a', 'b'].map((name) => new SpanLedgerWriter(name, start, url));
  const writers: readonly Ledger[] = [...ofSamples, ...ofLines, ...ofSpans];
  for (const writer of writers) writer.begin();
  const readyMs: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      await pause(200 + Math.random() * 1500);
      if (round % 2 === 0) {
        await program.kill('SIGKILL');
        const begun = performance.now();
        program = await startAtalaya({ folder });
        readyMs.push(performance.now() - begun);
      } else {
        process.kill(await program.enginePid(), 'SIGKILL');
      }
      say(
        `round ${round + 1}: ${round % 2 === 0 ? 'main' : 'engine'} killed, ${writers.reduce((sum, { acknowledgedSteps }) => sum + acknowledgedSteps, 0)} requests acknowledged`,
      );
    }
    await pause(1000);
    await Promise.all(writers.map((writer) => writer.stop()));
    await program.waitReady();
    await loaded(program);
    const verdicts = await Promise.all(writers.map((writer) => writer.judge(program.url)));
    const sum = (pick: (verdict: Verdict) => number): number => verdicts.reduce((total, verdict) => total + pick(verdict), 0);
    return {
      rounds,
      acknowledged: sum((verdict) => verdict.acknowledged),
      lost: sum((verdict) => verdict.lost),
      doubled: sum((verdict) => verdict.doubled),
      wrong: sum((verdict) => verdict.wrong),
      invented: sum((verdict) => verdict.invented),
      repeated: writers.reduce((total, writer) => total + writer.repeated, 0),
      refused: writers.flatMap((writer) => writer.refused),
      readyMs,
    };
  } finally {
    for (const writer of writers) await writer.stop();
    await discard(program);
  }
}

/** Waits until everything that is on disk now is in the store; more may come meanwhile. */
export async function loaded(program: RunningAtalaya): Promise<void> {
  // The engine tells once a second how old the oldest record is that waits, the first time before it has heard of any backlog.
  const reportAge = 2200;
  let since: number | undefined;
  for (;;) {
    const { engine } = await program.status();
    since = engine.state === 'ready' ? (since ?? performance.now()) : undefined;
    if (since !== undefined && performance.now() - since > engine.lagMs + reportAge) return;
    await pause(50);
  }
}

if (process.argv[1] === import.meta.filename) {
  const report = await crashRounds(Number(process.argv[2] ?? '50'), (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(`${JSON.stringify({ ...report, readyMs: report.readyMs.map(Math.round) })}\n`);
  process.exit(report.lost + report.doubled + report.wrong + report.invented + report.refused.length === 0 ? 0 : 1);
}
