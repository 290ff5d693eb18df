/** Scraping as a whole: takes configurations, keeps the pools, and decides which series end when targets go. */

import { type Clock, labelsOf, labelsToRecord, type Logger } from '@atalaya/model';
import type { MetricWriter } from '../metric-writer.ts';
import { DEFAULT_HISTOGRAM_SCRAPING, type PrometheusConfig } from '../scrape-config/config.ts';
import { HttpFetcher } from './http-fetcher.ts';
import { MetadataRegistry } from './metadata-registry.ts';
import type { ScrapeFetch } from './scrape-fetch.ts';
import { type LoopContext, ScrapeLoop } from './scrape-loop.ts';
import { type PoolContext, ScrapePool } from './scrape-pool.ts';
import { type ScrapeStats, ScrapeTotals } from './scrape-stats.ts';
import { activeTarget, type TargetsSnapshot } from './targets-snapshot.ts';

/** A target inside this program: scraped like any other, but its body comes from a function. */
export interface BuiltInTarget {
  /** Name of its pool, and its `job` label unless `labels` has one. */
  readonly job: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  /** The body in the text format. Longer than the interval counts as failed. */
  readonly collect: () => Promise<Uint8Array> | Uint8Array;
}

/** What scraping is made of. */
export interface ScrapeManagerOptions {
  readonly writer: MetricWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly userAgent: string;
  /** How to speak HTTP; over sockets when not given. */
  readonly fetch?: ScrapeFetch;
}

/** Scrapes until it is stopped. */
export interface ScrapeManager {
  /**
   * Takes on a configuration: unchanged targets go on undisturbed, new ones begin, old ones stop and their series become
   * stale. Resolves when files with targets have been read and what has gone is stopped; calls are worked off in order.
   */
  apply(config: PrometheusConfig): Promise<void>;
  /** Adds a target that no configuration removes, and scrapes it at once. */
  addBuiltIn(target: BuiltInTarget): void;
  targets(): TargetsSnapshot;
  stats(): ScrapeStats;
  /** Ends all scraping; what is being committed is awaited. No series becomes stale: the program may be back in a moment. */
  stop(): Promise<void>;
}

/** Starts with no targets. */
export function createScrapeManager(options: ScrapeManagerOptions): ScrapeManager {
  return new Manager(options);
}

class Manager implements ScrapeManager {
  readonly #context: PoolContext;
  readonly #fetcher: HttpFetcher | undefined;
  readonly #pools = new Map<string, ScrapePool>();
  readonly #builtIns: { readonly pool: string; readonly loop: ScrapeLoop }[] = [];
  readonly #retiring = new Set<Promise<void>>();
  #applying: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor({ writer, clock, log, userAgent, fetch }: ScrapeManagerOptions) {
    this.#fetcher = fetch === undefined ? new HttpFetcher(userAgent) : undefined;
    const loops: LoopContext = { writer, clock, log, metadata: new MetadataRegistry(), totals: new ScrapeTotals() };
    this.#context = { ...loops, fetch: fetch ?? (this.#fetcher as HttpFetcher).fetch, retire: (gone) => void this.#retire(gone) };
  }

  apply(config: PrometheusConfig): Promise<void> {
    const applied = this.#applying.then(() => this.#apply(config));
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  addBuiltIn({ job, labels, intervalMs, collect }: BuiltInTarget): void {
    const own = labelsOf({ job, ...labels });
    const loop = new ScrapeLoop(
      {
        target: {
          key: own.join('\u0000'),
          labels: own,
          discoveredLabels: labelsToRecord(own),
          url: `builtin:${job}`,
          intervalMs,
          timeoutMs: intervalMs,
        },
        source: async () => {
          const bytes = await collect();
          return { body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), format: 'text' };
        },
        rules: {
          honorLabels: false,
          honorTimestamps: true,
          trackTimestampsStaleness: false,
          metricRelabel: [],
          limits: { samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0, targets: 0, bodyBytes: 0 },
          histograms: DEFAULT_HISTOGRAM_SCRAPING,
        },
      },
      this.#context,
    );
    this.#builtIns.push({ pool: job, loop });
    loop.start(true);
  }

  targets(): TargetsSnapshot {
    const configured = [...this.#pools].flatMap(([name, pool]) => [...pool.loops.values()].map((loop) => activeTarget(name, loop)));
    return {
      activeTargets: [...this.#builtIns.map(({ pool, loop }) => activeTarget(pool, loop)), ...configured],
      droppedTargets: [...this.#pools].flatMap(([name, pool]) =>
        pool.dropped.map((discoveredLabels) => ({ discoveredLabels, scrapePool: name })),
      ),
      droppedTargetCounts: Object.fromEntries([...this.#pools].map(([name, pool]) => [name, pool.droppedCount])),
      scrapePools: [...new Set([...this.#builtIns.map(({ pool }) => pool), ...this.#pools.keys()])],
    };
  }

  stats(): ScrapeStats {
    const { lastCommitError: _, ...totals } = this.#context.totals;
    const byJob = new Map<string, ScrapeLoop[]>([...this.#pools].map(([name, pool]) => [name, [...pool.loops.values()]]));
    for (const { pool, loop } of this.#builtIns) byJob.set(pool, [...(byJob.get(pool) ?? []), loop]);
    const loops = this.#loops();
    const having = (of: ScrapeLoop[], health: string): number => of.filter((loop) => loop.status.health === health).length;
    return {
      ...totals,
      targets: [...byJob].map(([job, of]) => ({ job, up: having(of, 'up'), down: having(of, 'down'), unknown: having(of, 'unknown') })),
      cachedLines: loops.reduce((sum, loop) => sum + loop.series.size, 0),
      cacheBytes: loops.reduce((sum, loop) => sum + loop.series.bytes, 0),
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const loops = this.#loops();
    for (const pool of this.#pools.values()) pool.close();
    await Promise.all([this.#applying, ...this.#retiring, ...loops.map((loop) => loop.stop())]);
    this.#fetcher?.retain(new Set());
  }

  #loops(): ScrapeLoop[] {
    return [...this.#builtIns.map(({ loop }) => loop), ...[...this.#pools.values()].flatMap((pool) => [...pool.loops.values()])];
  }

  async #apply(config: PrometheusConfig): Promise<void> {
    if (this.#stopped) return;
    const wanted = new Set(config.scrapeConfigs.map((job) => job.jobName));
    for (const job of config.scrapeConfigs) {
      const pool = this.#pools.get(job.jobName);
      if (pool === undefined) this.#pools.set(job.jobName, new ScrapePool(job, this.#context));
      else pool.configure(job);
    }
    const kept = [...this.#pools].filter(([name]) => wanted.has(name)).map(([, pool]) => pool);
    await Promise.all(kept.map((pool) => pool.readFiles()));
    if (this.#stopped) return;
    const gone: ScrapeLoop[] = [];
    for (const [name, pool] of this.#pools) {
      if (wanted.has(name)) continue;
      this.#pools.delete(name);
      gone.push(...pool.close());
    }
    // All jobs first, then the stopping: a target may have moved from one job to another.
    for (const pool of kept) gone.push(...pool.sync());
    await this.#retire(gone);
    for (const pool of kept) pool.askServices();
    this.#fetcher?.retain(new Set(kept.flatMap((pool) => pool.clients)));
  }

  /** Stops loops. Their series become stale, unless another target has taken their labels over: then that one knows what is left of them. */
  #retire(gone: readonly ScrapeLoop[]): Promise<void> {
    if (gone.length === 0) return Promise.resolve();
    const done = this.#stopAndEnd(gone);
    this.#retiring.add(done);
    return done.finally(() => this.#retiring.delete(done));
  }

  async #stopAndEnd(gone: readonly ScrapeLoop[]): Promise<void> {
    await Promise.all(gone.map((loop) => loop.stop()));
    if (this.#stopped) return;
    const heirs = new Map(this.#loops().map((loop) => [loop.target.labels.join('\u0000'), loop]));
    const orphans: ScrapeLoop[] = [];
    for (const loop of gone) {
      const heir = heirs.get(loop.target.labels.join('\u0000'));
      if (heir === undefined) orphans.push(loop);
      else heir.series.carry(loop.live().scraped);
    }
    await Promise.all(orphans.map((loop) => loop.markStale()));
  }
}
