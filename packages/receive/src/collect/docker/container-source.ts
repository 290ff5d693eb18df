/** A job that reads the output of Docker's containers: finds them, and follows those that come and go. */

import type { Timer } from '@atalaya/model';
import { ownLabels, rulesOf } from '../default-labels.ts';
import { type JobOf, type LogSource, type LogTarget, type SourceContext, streamLabels } from '../log-source.ts';
import { containerLabels, LOG_STREAM } from './container-labels.ts';
import { ContainerLog } from './container-log.ts';
import { DockerClient, type ListedContainer } from './docker-client.ts';

const RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;

export class ContainerSource implements LogSource {
  readonly #job: JobOf<'docker'>;
  readonly #context: SourceContext;
  readonly #client: DockerClient;
  readonly #prefix: string;
  readonly #logs = new Map<string, ContainerLog>();
  /** Containers that have ended and were read to their end. */
  readonly #ended = new Set<string>();
  /** Containers that were heard to start: they are read even if they have ended since. */
  readonly #started = new Set<string>();
  /** Those of them that were being read when they started again. */
  readonly #restarted = new Set<string>();
  readonly #begunAt: number;
  readonly #abort = new AbortController();
  #lastError: string | undefined;
  #refreshing: Promise<void> | undefined;
  #again = false;
  #timer: Timer | undefined;
  readonly #listening: Promise<void>;

  constructor(job: JobOf<'docker'>, context: SourceContext) {
    this.#job = job;
    this.#context = context;
    this.#client = new DockerClient(job.source.host);
    this.#prefix = `docker:${job.name}:${job.source.host}:`;
    this.#begunAt = context.clock.now();
    this.#timer = context.clock.every(job.source.refreshMs, () => this.#refresh());
    this.#listening = this.#listen();
    this.#refresh();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#timer?.cancel();
    await Promise.all([this.#listening, this.#refreshing]);
    await Promise.all([...this.#logs.values()].map((log) => log.stop()));
  }

  targets(): LogTarget[] {
    const { name, source } = this.#job;
    const containers = [...this.#logs.values()].map((log) => log.target(name));
    if (this.#lastError === undefined) return containers;
    const daemon: LogTarget = {
      job: name,
      kind: 'container',
      name: source.host,
      labels: { ...source.labels },
      state: 'failed',
      lines: 0,
      bytes: 0,
      rejected: {},
      lastError: this.#lastError,
    };
    return [daemon, ...containers];
  }

  #refresh(): void {
    if (this.#abort.signal.aborted) return;
    if (this.#refreshing !== undefined) {
      this.#again = true;
      return;
    }
    this.#refreshing = this.#list().finally(() => {
      this.#refreshing = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.#refresh();
    });
  }

  async #list(): Promise<void> {
    const { signal } = this.#abort;
    const filters = Object.fromEntries(this.#job.source.filters.map(({ name, values }) => [name, values]));
    let containers: ListedContainer[];
    try {
      containers = await this.#client.list(filters, signal);
      this.#lastError = undefined;
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
      return;
    }
    for (const [id, log] of this.#logs) {
      if (!log.ended) continue;
      await log.stop();
      this.#logs.delete(id);
      if (this.#restarted.delete(id)) continue;
      this.#ended.add(id);
      this.#started.delete(id);
    }
    const present = new Set(containers.map(({ Id }) => Id));
    for (const [key] of this.#context.bookmarks.entries(this.#prefix)) {
      const id = key.slice(this.#prefix.length);
      if (!present.has(id) && !this.#logs.has(id)) this.#context.bookmarks.forget(key);
    }
    for (const container of containers) if (!signal.aborted && this.#isToBeRead(container)) this.#begin(container);
  }

  /** What runs; of the others what ended while nobody looked. */
  #isToBeRead({ Id, State, Created }: ListedContainer): boolean {
    if (this.#logs.has(Id)) return false;
    if (State === 'running' || State === 'paused' || State === 'restarting') return true;
    if (this.#ended.has(Id)) return false;
    // Its time is in whole seconds.
    return this.#started.has(Id) || (Created + 1) * 1000 > this.#begunAt || this.#context.bookmarks.get(this.#prefix + Id) !== undefined;
  }

  #begin(container: ListedContainer): void {
    const { source } = this.#job;
    const labelsOf = (stream: string): ReadonlyMap<string, string> | undefined =>
      streamLabels(
        new Map([...ownLabels(this.#job, source.labels), ...containerLabels(container), [LOG_STREAM, stream]]),
        rulesOf(this.#job),
      );
    const labels = { stdout: labelsOf('stdout'), stderr: labelsOf('stderr') };
    if (labels.stdout === undefined && labels.stderr === undefined) return;
    const { Id: id, Names } = container;
    const notBefore = source.maxAgeMs === undefined ? 0 : Math.max(0, this.#begunAt - source.maxAgeMs);
    const log = new ContainerLog({
      key: this.#prefix + id,
      id,
      name: (Names[0] ?? id).replace(/^\//, ''),
      labels,
      client: this.#client,
      pipeline: this.#job.pipeline(),
      context: this.#context,
      notBefore: BigInt(Math.trunc(notBefore)) * 1_000_000n,
    });
    this.#logs.set(id, log);
  }

  /** Looks again whenever Docker tells of a container that came or went. */
  async #listen(): Promise<void> {
    const { signal } = this.#abort;
    let pause = RETRY_MS;
    while (!signal.aborted) {
      try {
        const events = await this.#client.events(signal);
        // What happened before this stream began is in the list.
        this.#refresh();
        pause = RETRY_MS;
        for await (const chunk of events as AsyncIterable<Buffer>) this.#heard(chunk.toString());
      } catch (error) {
        if (!signal.aborted) this.#fail(error);
      }
      await this.#sleep(pause);
      pause = Math.min(pause * 2, MAX_RETRY_MS);
    }
  }

  #heard(text: string): void {
    // An event that came in two pieces is only read half; the list tells the rest.
    for (const event of text.split('\n').filter((line) => line.includes('"start"'))) {
      const id = /"(?:ID|id)":"([0-9a-f]{12,64})"/.exec(event)?.[1];
      if (id === undefined) continue;
      this.#ended.delete(id);
      this.#started.add(id);
      if (this.#logs.has(id)) this.#restarted.add(id);
    }
    this.#refresh();
  }

  #fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#lastError !== reason) {
      this.#context.log.warn({ docker: this.#job.source.host, reason }, 'Docker cannot be asked for its containers; it is tried again');
    }
    this.#lastError = reason;
  }

  #sleep(milliseconds: number): Promise<void> {
    const { signal } = this.#abort;
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = this.#context.clock.after(milliseconds, done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
