/** For tests of collecting: runs of a collector over a real journal, that can end as a crash does. */

import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLogBatch, type Journal, type JournalPosition, openJournal, scanJournal, SIGNAL } from '@atalaya/journal';
import { type Logger, silentLogger, systemClock } from '@atalaya/model';
import { Bookmarks } from '../../src/collect/bookmarks.ts';
import type { CollectConfig, CollectJob, CollectSource } from '../../src/collect/collect-config.ts';
import type { CollectedEntry, EntryPipeline } from '../../src/collect/entry.ts';
import type { FileTiming } from '../../src/collect/files/file-source.ts';
import { createLogCollector, type LogCollector } from '../../src/collect/log-collector.ts';
import { createLogWriter } from '../../src/logs/create-log-writer.ts';
import { linesOf, type RecordedLine } from '../../src/logs/read-batch-for-tests.ts';

export const FAST: FileTiming = {
  tail: { busyMs: 10, idleMs: 50, lastLineMs: 100, deletedMs: 300, renamedMs: 300 },
  searchMs: 50,
};

/** A pipeline that lets everything through. */
export const plainPipeline = (): EntryPipeline => ({
  process: (entry, emit) => emit(entry),
  held: 0,
  holdMs: 0,
  flush: () => undefined,
});

/** A pipeline that joins lines that begin with a blank to the one before. */
export function joiningPipeline(holdMs: number): EntryPipeline {
  let held: CollectedEntry[] = [];
  const flush = (emit: (entry: CollectedEntry) => void): void => {
    const [first] = held;
    if (first !== undefined) emit({ ...first, line: held.map(({ line }) => line).join('\n') });
    held = [];
  };
  return {
    process(entry, emit) {
      if (!entry.line.startsWith(' ')) flush(emit);
      held.push(entry);
    },
    get held() {
      return held.length;
    },
    holdMs,
    flush,
  };
}

/** A job with a plain pipeline. */
export function jobOf(source: CollectSource, more: Partial<CollectJob> = {}): CollectJob {
  return { name: 'test', source, relabelConfigs: [], pipeline: plainPipeline, ...more };
}

export function filesOf(path: string, more: Partial<Extract<CollectSource, { kind: 'files' }>> = {}): CollectSource {
  return {
    kind: 'files',
    groups: [{ path, exclude: undefined, labels: { job: 'files' } }],
    encoding: undefined,
    decompress: false,
    ...more,
  };
}

export interface RunOptions {
  readonly log?: Logger;
  readonly journalctl?: string;
  readonly limitBytes?: number;
  readonly lineBytes?: number;
}

/** One run of the program, as far as collecting is concerned. */
export class CollectRun {
  readonly folder: string;
  readonly journal: Journal;
  readonly bookmarks: Bookmarks;
  readonly collector: LogCollector;

  private constructor(folder: string, journal: Journal, bookmarks: Bookmarks, options: RunOptions) {
    this.folder = folder;
    this.journal = journal;
    this.bookmarks = bookmarks;
    const writer = createLogWriter({
      journal,
      clock: systemClock,
      limits: options.lineBytes === undefined ? {} : { lineBytes: options.lineBytes },
    });
    this.collector = createLogCollector({
      writer,
      bookmarks,
      clock: systemClock,
      log: options.log ?? silentLogger,
      fileTiming: FAST,
      ...(options.journalctl === undefined ? {} : { journalctl: options.journalctl }),
    });
  }

  /** Starts with jobs, on what a former run left in the folder. */
  static async start(
    jobs: readonly CollectJob[],
    folder = mkdtempSync('/tmp/atalaya-collect-'),
    options: RunOptions = {},
  ): Promise<CollectRun> {
    const journalDirectory = join(folder, 'journal');
    mkdirSync(journalDirectory, { recursive: true });
    const bookmarks = await Bookmarks.open({ directory: join(folder, 'collect'), journalDirectory, log: options.log ?? silentLogger });
    const { limitBytes = 1e9 } = options;
    const journal = await openJournal({ directory: journalDirectory, clock: systemClock, log: silentLogger, limitBytes });
    journal.onDurable((position: JournalPosition) => bookmarks.durable(position));
    const run = new CollectRun(folder, journal, bookmarks, options);
    await run.collector.apply({ jobs } satisfies CollectConfig);
    return run;
  }

  /** Ends orderly. */
  async stop(): Promise<void> {
    await this.collector.stop();
    await this.journal.close();
  }

  /** Ends as SIGKILL does: what is on disk at this moment is what the next run finds, in the folder that it resolves with. */
  async crash(): Promise<string> {
    const copy = mkdtempSync('/tmp/atalaya-collect-');
    // The bookmarks first: their file never speaks of records that the journal does not have.
    for (const name of ['collect', 'journal']) cpSync(join(this.folder, name), join(copy, name), { recursive: true });
    await this.stop();
    rmSync(this.folder, { recursive: true });
    return copy;
  }

  /** Everything that was journaled, by this run and those before. */
  async lines(): Promise<RecordedLine[]> {
    const found: RecordedLine[] = [];
    await scanJournal(join(this.folder, 'journal'), undefined, ({ signal, payload }) => {
      if (signal === SIGNAL.logs) found.push(...linesOf(decodeLogBatch(payload)));
    });
    return found;
  }

  async bodies(): Promise<string[]> {
    return (await this.lines()).map(({ body }) => body);
  }

  /** Waits until so many lines are durable. */
  async until(count: number): Promise<RecordedLine[]> {
    for (let attempt = 0; attempt < 1000; attempt++) {
      const lines = await this.lines();
      if (lines.length >= count) return lines;
      await pause(10);
    }
    throw new Error(`only these lines came: ${JSON.stringify((await this.bodies()).slice(-20))}`);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
