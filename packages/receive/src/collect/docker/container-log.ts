/** Follows the output of one container. */

import type { EntryPipeline } from '../entry.ts';
import { EntryFlow } from '../entry-flow.ts';
import { countsOf, type LogTarget, type SourceContext } from '../log-source.ts';
import type { BookmarkSource } from '../outlet.ts';
import { behind, type ContainerPlace, formatPlace, parsePlace, SeenLines, sinceOf } from './container-place.ts';
import { type DockerClient, DockerError } from './docker-client.ts';
import { type ContainerLine, frameDecoder, type LogDecoder, terminalDecoder } from './log-frames.ts';

export interface ContainerLogOptions {
  readonly key: string;
  readonly id: string;
  readonly name: string;
  /** Labels of the lines of each stream; undefined for one that is dropped. */
  readonly labels: Readonly<Record<ContainerLine['stream'], ReadonlyMap<string, string> | undefined>>;
  readonly client: DockerClient;
  readonly pipeline: EntryPipeline;
  readonly context: SourceContext;
  /** Lines before this are not read when the container was never read before, nanoseconds since the epoch. */
  readonly notBefore: bigint;
}

const RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

export class ContainerLog implements BookmarkSource {
  readonly key: string;
  readonly #options: ContainerLogOptions;
  readonly #flow: EntryFlow<ContainerPlace>;
  readonly #abort = new AbortController();
  /** Behind the last line that went into the pipeline. */
  #place: ContainerPlace;
  #lastError: string | undefined;
  #ended = false;
  readonly #done: Promise<void>;

  constructor(options: ContainerLogOptions) {
    const { key, context, pipeline } = options;
    const { outlet, clock, bookmarks } = context;
    this.#options = options;
    this.key = key;
    this.#place = parsePlace(bookmarks.get(key));
    this.#flow = new EntryFlow({ pipeline, outlet, clock, start: this.#place, onMoved: () => outlet.touch(this) });
    this.#done = this.#run();
  }

  /** Whether the container has ended, or is gone, and all of its output was read. */
  get ended(): boolean {
    return this.#ended;
  }

  bookmark(): string {
    return formatPlace(this.#flow.read);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
    this.#flow.close();
    this.#options.context.outlet.detach(this);
  }

  target(job: string): LogTarget {
    const { name, labels } = this.#options;
    return {
      job,
      kind: 'container',
      name,
      labels: Object.fromEntries(labels.stdout ?? labels.stderr ?? []),
      state: this.#ended ? 'done' : this.#lastError === undefined ? 'reading' : 'failed',
      ...countsOf(this.#flow.counts),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options.context;
    let pause = RETRY_MS;
    while (!this.#abort.signal.aborted) {
      const { lines } = this.#flow.counts;
      try {
        if (await this.#follow()) {
          this.#flow.flush();
          this.#options.context.outlet.touch(this);
          this.#ended = true;
          return;
        }
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (error instanceof DockerError && error.status === 404) {
          this.#ended = true;
          return;
        }
        const reason = error instanceof Error ? error.message : String(error);
        if (this.#lastError !== reason)
          log.warn({ container: this.#options.name, reason }, 'the output of a container cannot be read; it is tried again');
        this.#lastError = reason;
      }
      if (this.#flow.counts.lines > lines) pause = RETRY_MS;
      await this.#sleep(clock, pause);
      pause = Math.min(pause * 2, MAX_RETRY_MS);
    }
  }

  /** Reads until the stream ends. Resolves with whether that was the end of the container's output. */
  async #follow(): Promise<boolean> {
    const { client, id, context, notBefore } = this.#options;
    const { signal } = this.#abort;
    const { running, terminal } = await client.inspect(id, signal);
    const seen = new SeenLines(this.#place);
    const since = sinceOf(this.#place);
    const answer = await client.logs(id, since === '0' ? sinceOf({ stdout: [notBefore, 0] }) : since, signal);
    const now = (): bigint => BigInt(Math.trunc(context.clock.now())) * 1_000_000n;
    const decoder: LogDecoder = (terminal ? terminalDecoder : frameDecoder)(context.outlet.lineBytes, now);
    const take = (line: ContainerLine): void => this.#take(line, seen);
    this.#lastError = undefined;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      // Not reading on makes Docker wait.
      await context.outlet.room(signal);
      if (signal.aborted) return false;
      decoder.push(chunk, take);
      context.outlet.touch(this);
    }
    // While it ran the stream may have ended for other reasons: the next one goes on, with what had not ended.
    if (running) return false;
    decoder.end(take);
    return true;
  }

  #take(line: ContainerLine, seen: SeenLines): void {
    if (seen.has(line)) return;
    const { labels, context } = this.#options;
    this.#place = behind(this.#place, line);
    const { counts } = this.#flow;
    counts.bytes += line.bytes;
    counts.lastReadAt = context.clock.now();
    const own = labels[line.stream];
    if (own === undefined) this.#flow.pass(this.#place);
    else this.#flow.take({ labels: new Map(own), attributes: new Map(), timestamp: line.timestamp, line: line.text }, this.#place);
  }

  #sleep(clock: SourceContext['clock'], milliseconds: number): Promise<void> {
    const { signal } = this.#abort;
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = clock.after(milliseconds, done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
