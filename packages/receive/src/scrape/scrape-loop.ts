/** One target's life: scrapes it on its beat, writes what came and how it went, and marks what is gone. */

import { AtalayaError, type Clock, formatDuration, type Hash64, hashBytes, type Logger } from '@atalaya/model';
import { hostname } from 'node:os';
import type { MetricAppender, MetricWriter, SeriesRef } from '../metric-writer.ts';
import { Cadence } from './cadence.ts';
import type { MetadataRegistry } from './metadata-registry.ts';
import { ReportSeries } from './report-series.ts';
import type { ScrapeSource } from './scrape-source.ts';
import type { ScrapeTotals } from './scrape-stats.ts';
import type { Target } from './target.ts';
import { type SampleRules, TargetSeries } from './target-series.ts';

/** Refs are good for an hour without use (see SeriesRef): after half of it a target asks for them anew. */
const REFS_GOOD_MS = 1_800_000;

/** What all loops share. */
export interface LoopContext {
  readonly writer: MetricWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metadata: MetadataRegistry;
  readonly totals: ScrapeTotals;
}

/** How a target is scraped; may change while it lives. */
export interface LoopSettings {
  readonly target: Target;
  readonly source: ScrapeSource;
  readonly rules: Omit<SampleRules, 'targetLabels'>;
  /** Fails every scrape with this, for a job with too many targets. */
  readonly forcedError?: string;
}

/** How the last scrape went. */
export interface LoopStatus {
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  /** Milliseconds since the epoch; undefined before the first scrape. */
  readonly lastScrape: number | undefined;
  readonly lastDurationSeconds: number;
}

/** Scrapes one target until it is stopped. */
export class ScrapeLoop {
  status: LoopStatus = { health: 'unknown', lastError: '', lastScrape: undefined, lastDurationSeconds: 0 };
  readonly series: TargetSeries;
  #settings: LoopSettings;
  readonly #context: LoopContext;
  readonly #reports: ReportSeries;
  #cadence: Cadence;
  #timer: { cancel(): void } | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  readonly #stop = new AbortController();
  #lastTimestamp = -Infinity;
  /** When the refs of the scraped series were last used, monotonic. Those of the report series are used in every round. */
  #refsUsedAt: number;
  /** The writer's generation that the series were last told to. */
  #generation: number;

  constructor(settings: LoopSettings, context: LoopContext) {
    this.#settings = settings;
    this.#context = context;
    this.series = new TargetSeries(rulesOf(settings), context.metadata);
    this.#reports = new ReportSeries(settings.target.labels);
    this.#refsUsedAt = context.clock.monotonic();
    this.#generation = context.writer.generation;
    this.#cadence = this.#plan();
  }

  get target(): Target {
    return this.#settings.target;
  }

  /** Begins; `immediately` scrapes once before the first beat. */
  start(immediately = false): void {
    if (immediately) this.#begin(Math.round(this.#context.clock.now()));
    this.#wait();
  }

  /** Changes settings of the living target: caches and liveness stay, the beat only when the interval does. */
  update(settings: LoopSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    if (rulesKey(before) !== rulesKey(settings)) {
      // A round under way still works with the old table: change it between rounds.
      const change = (): void => this.series.changeRules(rulesOf(settings));
      if (this.#running === undefined) change();
      else void this.#running.then(change);
    }
    if (before.target.intervalMs === settings.target.intervalMs) return;
    this.#timer?.cancel();
    this.#cadence = this.#plan();
    this.#wait();
  }

  /** Ends it: what is under way is broken off, what is being committed is awaited. Nothing is marked stale. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#stop.abort(new Error('the target is no longer scraped'));
    await this.#running;
  }

  /** Series of this stopped target that live on, for another one that stands for the same labels. */
  live(): { readonly scraped: SeriesRef[]; readonly reports: SeriesRef[] } {
    return { scraped: this.series.live(), reports: this.#reports.live() };
  }

  /** Marks all series of this stopped target stale. */
  async markStale(): Promise<void> {
    const { writer, clock } = this.#context;
    this.#forgetOldRefs();
    const appender = writer.appender();
    const timestamp = Math.max(Math.round(clock.now()), this.#lastTimestamp + 1);
    const { scraped, reports } = this.live();
    for (const ref of new Set([...scraped, ...reports])) appender.stale(ref, timestamp);
    try {
      await appender.commit();
    } catch (error) {
      this.#commitFailed(error);
    }
  }

  #plan(): Cadence {
    const { clock } = this.#context;
    const { target } = this.#settings;
    return new Cadence(clock, target.intervalMs, phaseOf(target));
  }

  #wait(): void {
    if (this.#stopped) return;
    this.#timer = this.#context.clock.after(this.#cadence.delay, () => {
      const { timestamp, missed } = this.#cadence.begin();
      this.#context.totals.missed += missed;
      this.#begin(timestamp);
      this.#wait();
    });
  }

  #begin(timestamp: number): void {
    if (this.#running !== undefined) {
      // Only a slow commit gets here: fetching ends at the timeout, which is not longer than the interval.
      this.#context.totals.missed++;
      return;
    }
    this.#running = this.#scrape(timestamp).finally(() => {
      this.#running = undefined;
    });
  }

  async #scrape(timestamp: number): Promise<void> {
    const { clock, writer, totals } = this.#context;
    const started = clock.monotonic();
    const startedAt = clock.now();
    this.#forgetOldRefs();
    this.#tellLabelsAgain();
    const appender = writer.appender();
    const failure = await this.#fetchAndAppend(appender, timestamp);
    if (this.#stopped) {
      appender.discard();
      return;
    }
    const durationSeconds = (clock.monotonic() - started) / 1000;
    const { counts } = this.series;
    totals.staleMarkers += this.series.appendStale(appender, timestamp);
    this.#reports.append(appender, timestamp, {
      up: failure === undefined,
      durationSeconds,
      ...counts,
      added: failure === undefined ? counts.added : 0,
    });
    this.#report(failure, startedAt, durationSeconds);
    totals.count(counts, failure);
    try {
      await appender.commit();
      this.#lastTimestamp = timestamp;
      totals.lastCommitError = '';
      this.series.settle(true, failure === undefined);
      if (failure === undefined) this.#refsUsedAt = started;
    } catch (error) {
      this.series.settle(false, failure === undefined);
      this.#commitFailed(error);
    }
  }

  /** Gives what went wrong, if something did; then nothing is left in the appender. */
  async #fetchAndAppend(appender: MetricAppender, timestamp: number): Promise<string | undefined> {
    const { target, source, forcedError } = this.#settings;
    this.series.resetCounts();
    if (forcedError !== undefined) return forcedError;
    const cut = new AbortController();
    const abort = (): void => cut.abort(this.#stop.signal.reason);
    this.#stop.signal.addEventListener('abort', abort);
    const timer = this.#context.clock.after(target.timeoutMs, () =>
      cut.abort(new Error(`no complete answer within the scrape timeout of ${formatDuration(target.timeoutMs)}`)),
    );
    try {
      const { body, format } = await Promise.race([source(cut.signal), rejectionOf(cut.signal)]);
      if (this.#stopped) return 'stopped';
      this.series.append(body, format, timestamp, appender);
      return undefined;
    } catch (error) {
      appender.discard();
      this.series.abandon();
      return error instanceof Error ? error.message : String(error);
    } finally {
      timer.cancel();
      this.#stop.signal.removeEventListener('abort', abort);
    }
  }

  #report(failure: string | undefined, startedAt: number, durationSeconds: number): void {
    const { log } = this.#context;
    const { target } = this.#settings;
    const before = this.status;
    const details = { job: target.discoveredLabels.job, target: target.labels.join(' ') };
    this.status = {
      health: failure === undefined ? 'up' : 'down',
      lastError: failure ?? '',
      lastScrape: startedAt,
      lastDurationSeconds: durationSeconds,
    };
    if (failure !== undefined && failure !== before.lastError) log.warn({ ...details, error: failure }, 'scrape failed');
    if (failure === undefined && before.health === 'down') log.info(details, 'scrape succeeds again');
  }

  #forgetOldRefs(): void {
    const idle = this.#context.clock.monotonic() - this.#refsUsedAt;
    if (idle <= REFS_GOOD_MS) return;
    this.series.forget();
    if (this.#settings.target.intervalMs > REFS_GOOD_MS) this.#reports.forget();
  }

  #tellLabelsAgain(): void {
    const { generation } = this.#context.writer;
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.series.reread();
    this.#reports.forget();
  }

  #commitFailed(error: unknown): void {
    const { log, totals } = this.#context;
    const failure = AtalayaError.from(error);
    totals.commitFailures++;
    // All targets meet the same full journal: one of them says so.
    if (totals.lastCommitError === failure.message) return;
    totals.lastCommitError = failure.message;
    log.error({ error: failure.message, retry: failure.retry }, 'scraped samples could not be written');
  }
}

function rulesOf(settings: LoopSettings): SampleRules {
  return { ...settings.rules, targetLabels: settings.target.labels };
}

/** Rules as text, for comparison. Patterns compare by their source. */
function rulesKey(settings: LoopSettings): string {
  return JSON.stringify(settings.rules);
}

/** Spreads targets over the interval: always the same place for the same target on the same host, as in Prometheus. */
function phaseOf(target: Target): number {
  const bytes = Buffer.from(`${hostname()}\u0000${target.key}`);
  const hash: Hash64 = { low: 0, high: 0 };
  hashBytes(bytes, 0, bytes.length, 0, hash);
  return (hash.high * 2 ** 21 + (hash.low >>> 11)) % target.intervalMs;
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
