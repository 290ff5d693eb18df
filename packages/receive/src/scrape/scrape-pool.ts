/** The targets of one job: keeps loops for what discovery gives, and what relabelling dropped for display. */

import type { HttpClientConfig, ScrapeConfig, TargetGroup } from '../scrape-config/config.ts';
import { type Discovery, type DiscoveryContext, FileDiscovery, HttpDiscovery } from './discovery.ts';
import type { ScrapeFetch } from './scrape-fetch.ts';
import { type LoopContext, type LoopSettings, ScrapeLoop } from './scrape-loop.ts';
import { httpSource } from './scrape-source.ts';
import { buildTarget, type Target } from './target.ts';

/** What a pool needs from outside. */
export interface PoolContext extends LoopContext, DiscoveryContext {
  readonly fetch: ScrapeFetch;
  /** Told loops that have no target any more; it stops them. */
  readonly retire: (loops: ScrapeLoop[]) => void;
}

/** One job's targets. */
export class ScrapePool {
  readonly loops = new Map<string, ScrapeLoop>();
  dropped: Readonly<Record<string, string>>[] = [];
  droppedCount = 0;
  #config: ScrapeConfig;
  #files: Discovery[] = [];
  #services: Discovery[] = [];
  readonly #context: PoolContext;
  #lastErrors = '';
  #closed = false;

  constructor(config: ScrapeConfig, context: PoolContext) {
    this.#config = config;
    this.#context = context;
    this.#discover(undefined);
  }

  /** HTTP clients in use. */
  get clients(): HttpClientConfig[] {
    return [this.#config.http, ...this.#config.httpDiscovery.map((discovery) => discovery.http)];
  }

  /** Takes on a new configuration of the job; an equal one changes nothing, so that connections and discoveries live on. */
  configure(config: ScrapeConfig): void {
    if (JSON.stringify(config) === JSON.stringify(this.#config)) return;
    const before = this.#config;
    this.#config = config;
    this.#discover(before);
  }

  /** Reads the files with targets. */
  async readFiles(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.refresh()));
  }

  /** Asks the services for targets, without waiting for their answers. */
  askServices(): void {
    for (const service of this.#services) void service.refresh().then(this.#changed);
  }

  /** Makes loops fit the groups found. Gives the loops that have no target any more, still running. */
  sync(): ScrapeLoop[] {
    if (this.#closed) return [];
    const targets = this.#targets();
    const limit = this.#config.limits.targets;
    const forcedError = limit > 0 && targets.size > limit ? `${targets.size} targets exceed the target_limit of ${limit}` : undefined;
    const removed: ScrapeLoop[] = [];
    for (const [key, loop] of this.loops) {
      if (targets.has(key)) continue;
      this.loops.delete(key);
      removed.push(loop);
    }
    for (const [key, target] of targets) {
      const settings = this.#settings(target, forcedError);
      const known = this.loops.get(key);
      if (known !== undefined) known.update(settings);
      else {
        const loop = new ScrapeLoop(settings, this.#context);
        this.loops.set(key, loop);
        loop.start();
      }
    }
    return removed;
  }

  /** Ends discovery and gives all loops, still running. */
  close(): ScrapeLoop[] {
    this.#closed = true;
    for (const discovery of [...this.#files, ...this.#services]) discovery.stop();
    const loops = [...this.loops.values()];
    this.loops.clear();
    return loops;
  }

  /** Makes discoveries fit the configuration. Changed ones begin with the groups of those in their place, until they know better. */
  #discover(before: ScrapeConfig | undefined): void {
    const { fileDiscovery, httpDiscovery } = this.#config;
    this.#files = renew(
      this.#files,
      before?.fileDiscovery,
      fileDiscovery,
      (config, groups) => new FileDiscovery(config, this.#context, groups),
      this.#changed,
    );
    this.#services = renew(
      this.#services,
      before?.httpDiscovery,
      httpDiscovery,
      (config, groups) => new HttpDiscovery(config, this.#context, groups),
      this.#changed,
    );
  }

  readonly #changed = (): void => {
    this.#context.retire(this.sync());
  };

  #targets(): Map<string, Target> {
    const groups: TargetGroup[] = [
      ...this.#config.staticGroups,
      ...this.#files.flatMap((file) => file.groups),
      ...this.#services.flatMap((service) => service.groups),
    ];
    const targets = new Map<string, Target>();
    const errors: string[] = [];
    const keep = this.#config.keepDroppedTargets || Infinity;
    this.dropped = [];
    this.droppedCount = 0;
    for (const group of groups) {
      for (const address of group.targets) {
        const outcome = buildTarget(address, group.labels, this.#config);
        if ('target' in outcome) targets.set(outcome.target.key, outcome.target);
        else if ('error' in outcome) errors.push(outcome.error);
        else {
          this.droppedCount++;
          if (this.dropped.length < keep) this.dropped.push(outcome.dropped);
        }
      }
    }
    const text = errors.join('; ');
    if (text !== '' && text !== this.#lastErrors)
      this.#context.log.warn({ job: this.#config.jobName, error: text }, 'targets that cannot be scraped are left out');
    this.#lastErrors = text;
    return targets;
  }

  #settings(target: Target, forcedError: string | undefined): LoopSettings {
    const { honorLabels, honorTimestamps, trackTimestampsStaleness, metricRelabel, limits, histograms } = this.#config;
    return {
      target,
      source: httpSource(target, this.#config, this.#context.fetch),
      rules: { honorLabels, honorTimestamps, trackTimestampsStaleness, metricRelabel, limits, histograms },
      ...(forcedError !== undefined && { forcedError }),
    };
  }
}

/** Keeps discoveries whose configuration is equal, replaces the others and starts the new ones. */
function renew<Config>(
  running: readonly Discovery[],
  before: readonly Config[] = [],
  after: readonly Config[],
  make: (config: Config, groups: readonly TargetGroup[]) => Discovery,
  onChange: () => void,
): Discovery[] {
  const old = new Map(running.map((discovery, index) => [JSON.stringify(before[index]), discovery]));
  const result = after.map((config, index) => {
    const key = JSON.stringify(config);
    const kept = old.get(key);
    if (kept !== undefined) {
      old.delete(key);
      return kept;
    }
    const made = make(config, running[index]?.groups ?? []);
    made.start(onChange);
    return made;
  });
  for (const discovery of old.values()) discovery.stop();
  return result;
}
