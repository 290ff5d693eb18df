/** Collecting logs on this host as a whole: takes configurations, keeps the sources of each job, tells what is read. */

import { hostname } from 'node:os';
import type { Clock, Logger } from '@atalaya/model';
import type { LogWriter } from '../log-writer.ts';
import type { Bookmarks } from './bookmarks.ts';
import type { CollectConfig, CollectJob } from './collect-config.ts';
import { ContainerSource } from './docker/container-source.ts';
import { FileSource, type FileTiming } from './files/file-source.ts';
import { JournalSource } from './journald/journal-source.ts';
import type { JobOf, LogSource, LogTarget, SourceContext } from './log-source.ts';
import { Outlet } from './outlet.ts';
import { SyslogSource } from './syslog/syslog-source.ts';

/** What collecting is made of. */
export interface LogCollectorOptions {
  readonly writer: LogWriter;
  /** How far the sources were read. */
  readonly bookmarks: Bookmarks;
  readonly clock: Clock;
  readonly log: Logger;
  /** The program that reads the systemd journal; found in PATH when not given. */
  readonly journalctl?: string;
  /** How often files are looked at; a quarter of a second while they grow when not given. */
  readonly fileTiming?: FileTiming;
}

/** Collects until it is stopped. */
export interface LogCollector {
  /**
   * Takes on a configuration: jobs whose text is the same go on undisturbed, others end and begin; what they read goes on where it was.
   * Resolves when what has gone is stopped and the rest has begun. Calls are worked off in order.
   */
  apply(config: CollectConfig): Promise<void>;
  /** Everything that is read, from where, how much and how far. */
  targets(): LogTarget[];
  /** Ends all sources and writes what they have taken. */
  stop(): Promise<void>;
}

/** Starts with no jobs. */
export function createLogCollector(options: LogCollectorOptions): LogCollector {
  return new Collector(options);
}

interface RunningJob {
  readonly job: CollectJob;
  readonly source: LogSource;
}

class Collector implements LogCollector {
  readonly #context: SourceContext;
  readonly #journalctl: string;
  readonly #fileTiming: FileTiming | undefined;
  readonly #jobs = new Map<string, RunningJob>();
  #applying: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor({ writer, bookmarks, clock, log, journalctl = 'journalctl', fileTiming }: LogCollectorOptions) {
    const outlet = new Outlet({ writer, bookmarks, clock, log });
    this.#context = { outlet, bookmarks, clock, log, hostname: hostname() };
    this.#journalctl = journalctl;
    this.#fileTiming = fileTiming;
  }

  apply(config: CollectConfig): Promise<void> {
    const applied = this.#applying.then(() => this.#apply(config));
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  targets(): LogTarget[] {
    const { lastError } = this.#context.outlet;
    const targets = [...this.#jobs.values()].flatMap(({ source }) => source.targets());
    return lastError === undefined ? targets : targets.map((target) => ({ ...target, lastError: target.lastError ?? lastError }));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#applying;
    await this.#end([...this.#jobs.values()]);
    this.#jobs.clear();
    await this.#context.outlet.close();
    await this.#context.bookmarks.save();
  }

  async #apply(config: CollectConfig): Promise<void> {
    if (this.#stopped) return;
    const wanted = keyed(config.jobs);
    const gone = [...this.#jobs].filter(([name, { job }]) => !isSame(job, wanted.get(name)));
    for (const [name] of gone) this.#jobs.delete(name);
    // All of the old ones first: a job may take over a port, or a file, of another.
    await this.#end(gone.map(([, running]) => running));
    // Their bookmarks are in force when what they stand for is written.
    if (gone.length > 0) await this.#context.outlet.flush();
    for (const [name, job] of wanted) if (!this.#jobs.has(name)) this.#jobs.set(name, { job, source: this.#begin(job) });
  }

  async #end(running: readonly RunningJob[]): Promise<void> {
    await Promise.all(running.map(({ source }) => source.stop()));
  }

  #begin(job: CollectJob): LogSource {
    switch (job.source.kind) {
      case 'files':
        return new FileSource(job as JobOf<'files'>, this.#context, this.#fileTiming);
      case 'journal':
        return new JournalSource(job as JobOf<'journal'>, this.#context, this.#journalctl);
      case 'docker':
        return new ContainerSource(job as JobOf<'docker'>, this.#context);
      case 'syslog':
        return new SyslogSource(job as JobOf<'syslog'>, this.#context);
    }
  }
}

/** Jobs by name and kind of source: one entry of a configuration may have several sources. */
function keyed(jobs: readonly CollectJob[]): Map<string, CollectJob> {
  const byKey = new Map<string, CollectJob>();
  for (const job of jobs) {
    let key = `${job.name} ${job.source.kind}`;
    while (byKey.has(key)) key += '+';
    byKey.set(key, job);
  }
  return byKey;
}

function isSame(running: CollectJob, wanted: CollectJob | undefined): boolean {
  return wanted !== undefined && running.text !== undefined && running.text === wanted.text;
}
