/** Finds targets that the configuration does not name itself: in files that are read again, and by asking an HTTP service. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AtalayaError, type Clock, formatDuration, type Logger, type Timer } from '@atalaya/model';
import type { FileDiscoveryConfig, HttpDiscoveryConfig, TargetGroup } from '../scrape-config/config.ts';
import { matchingFiles } from '../scrape-config/path-pattern.ts';
import { redactUrls } from '../scrape-config/redact.ts';
import { parseTargetGroups } from '../scrape-config/target-groups.ts';
import type { ScrapeFetch } from './scrape-fetch.ts';
import type { ScrapeTotals } from './scrape-stats.ts';

/** Files are looked at this often, so that a change counts soon; `refresh_interval` only bounds it from above. */
const FILE_POLL_MS = 5000;
const HTTP_TIMEOUT_MS = 60_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** What all discoveries of one program share. */
export interface DiscoveryContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetch: ScrapeFetch;
  readonly totals: ScrapeTotals;
}

/** A source of target groups. */
export interface Discovery {
  /** What was found last; a failed look keeps it. */
  readonly groups: readonly TargetGroup[];
  /** Looks once; resolves when that is done. Never rejects. */
  refresh(): Promise<void>;
  /** Looks again and again from now on and calls back when what is found has changed. */
  start(onChange: () => void): void;
  stop(): void;
}

interface Found {
  readonly groups: readonly TargetGroup[];
  /** What went wrong in part. */
  readonly problem?: string;
}

/** The part that both kinds share: the beat, keeping the last good groups, saying each error once. */
abstract class PollingDiscovery implements Discovery {
  groups: readonly TargetGroup[];
  protected readonly context: DiscoveryContext;
  readonly #pollMs: number;
  #timer: Timer | undefined;
  #lastError = '';
  #stopped = false;
  #underWay: Promise<boolean> | undefined;

  /** @param before groups to begin with, until the first successful look */
  constructor(context: DiscoveryContext, pollMs: number, before: readonly TargetGroup[]) {
    this.context = context;
    this.#pollMs = pollMs;
    this.groups = before;
  }

  /** Finds the groups. @throws Error when nothing can be said of them. */
  protected abstract look(): Promise<Found>;

  async refresh(): Promise<void> {
    await this.#refresh();
  }

  start(onChange: () => void): void {
    const turn = async (): Promise<void> => {
      if ((await this.#refresh()) && !this.#stopped) onChange();
      if (!this.#stopped) this.#timer = this.context.clock.after(this.#pollMs, () => void turn());
    };
    this.#timer = this.context.clock.after(this.#pollMs, () => void turn());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #refresh(): Promise<boolean> {
    this.#underWay ??= this.#lookOnce().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Whether the groups have changed. */
  async #lookOnce(): Promise<boolean> {
    try {
      const { groups, problem } = await this.look();
      this.#say(problem);
      if (this.#stopped || JSON.stringify(groups) === JSON.stringify(this.groups)) return false;
      this.groups = groups;
      return true;
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #say(problem = ''): void {
    if (problem !== '') this.context.totals.discoveryFailures++;
    if (problem !== '' && problem !== this.#lastError) {
      this.context.log.warn({ error: problem }, 'target discovery failed; the targets found before are kept');
    }
    this.#lastError = problem;
  }
}

/** `file_sd_configs`. A file that cannot be read keeps its former targets; a file that is gone has none. */
export class FileDiscovery extends PollingDiscovery {
  readonly #config: FileDiscoveryConfig;
  readonly #known = new Map<string, { readonly digest: string; readonly groups: readonly TargetGroup[] }>();

  constructor(config: FileDiscoveryConfig, context: DiscoveryContext, before: readonly TargetGroup[] = []) {
    super(context, Math.min(FILE_POLL_MS, config.refreshIntervalMs), before);
    this.#config = config;
  }

  protected async look(): Promise<Found> {
    const files = new Set(this.#config.files.flatMap(matchingFiles));
    for (const file of this.#known.keys()) if (!files.has(file)) this.#known.delete(file);
    const failures: string[] = [];
    for (const file of files) {
      try {
        await this.#read(file);
      } catch (error) {
        // A missing file is an empty one, but it is said: it may be a slip in the configuration.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#known.delete(file);
        failures.push(error instanceof AtalayaError ? error.message : `${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
      }
    }
    return { groups: [...files].flatMap((file) => this.#known.get(file)?.groups ?? []), problem: failures.join('; ') };
  }

  async #read(file: string): Promise<void> {
    const text = await readFile(file, 'utf8');
    const digest = createHash('sha1').update(text).digest('base64');
    if (this.#known.get(file)?.digest === digest) return;
    const groups = parseTargetGroups(text, file).map((group) => ({
      targets: group.targets,
      labels: { ...group.labels, __meta_filepath: file },
    }));
    this.#known.set(file, { digest, groups });
  }
}

/** `http_sd_configs`. */
export class HttpDiscovery extends PollingDiscovery {
  readonly #config: HttpDiscoveryConfig;

  constructor(config: HttpDiscoveryConfig, context: DiscoveryContext, before: readonly TargetGroup[] = []) {
    super(context, config.refreshIntervalMs, before);
    this.#config = config;
  }

  protected async look(): Promise<Found> {
    const { url, http, refreshIntervalMs } = this.#config;
    const cut = new AbortController();
    const timeoutMs = Math.min(HTTP_TIMEOUT_MS, refreshIntervalMs);
    const timer = this.context.clock.after(timeoutMs, () => cut.abort(new Error(`no complete answer within ${formatDuration(timeoutMs)}`)));
    try {
      const headers = { accept: 'application/json', 'x-prometheus-refresh-interval-seconds': String(refreshIntervalMs / 1000) };
      const { status, statusText, body } = await this.context.fetch({
        url,
        headers,
        client: http,
        compression: true,
        bodyLimit: LARGEST_ANSWER,
        signal: cut.signal,
      });
      if (status !== 200) throw new Error(`HTTP status ${status} ${statusText}`.trimEnd());
      const groups = parseTargetGroups(body.toString('utf8'), 'answer').map((group) => ({
        targets: group.targets,
        labels: { ...group.labels, __meta_url: redactUrls(url) },
      }));
      return { groups };
    } catch (error) {
      throw new Error(`${redactUrls(url)}: ${(error as Error).message}`, { cause: error });
    } finally {
      timer.cancel();
    }
  }
}
