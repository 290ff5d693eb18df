/** Keeps one engine process alive: starts it, restarts it with back-off, and speaks to it. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { JournalPosition } from '@atalaya/journal';
import { AtalayaError, type Clock, type Logger, type Timer } from '@atalaya/model';
import type { EngineSpan } from '../telemetry/own-traces/own-span.ts';
import type { OwnTraces } from '../telemetry/own-traces/own-traces.ts';
import { traceEngineCall } from '../telemetry/own-traces/trace-engine-calls.ts';
import { type Answer, Channel } from './channel.ts';
import { CHANNEL_FD, type EngineOptions, type LoadedEvent, type LogEvent, type StateEvent } from './contract.ts';

const ENTRY = fileURLToPath(new URL('./child.ts', import.meta.url));
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
/** MiB. The process' threads each have one: their default takes tens of MiB at rest, and collecting more often costs nothing that can be measured. */
const SMALL_YOUNG_SPACE = ['--max-semi-space-size=8'];

/** An engine that served this long is taken for healthy: the next crash starts the back-off anew. */
const HEALTHY_AFTER_MS = 30_000;
const STOP_TIMEOUT_MS = 6000;

export type EngineState = 'starting' | 'ready' | 'down' | 'stopping';

export interface SupervisorOptions {
  readonly engine: EngineOptions;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after each load: everything before the position is durably stored. */
  onLoaded(event: LoadedEvent): void;
  /** Takes what the engine tells of its work, and follows what it is asked. */
  readonly traces?: OwnTraces;
  /** Where the journal is durable now; asked when an engine begins. */
  durable(): JournalPosition;
}

/** The engine process as the rest of the program sees it. */
export class EngineSupervisor {
  readonly #options: SupervisorOptions;
  #child: ChildProcess | undefined;
  #channel: Channel | undefined;
  #state: EngineState = 'down';
  #restarts = 0;
  #delayMs = FIRST_DELAY_MS;
  #readySince = 0;
  #retry: Timer | undefined;
  #lastError: string | undefined;
  #lastState: StateEvent | undefined;
  #heardAt = 0;
  #exited: Promise<void> = Promise.resolve();
  #stderrTail = '';
  #firstReady = Promise.withResolvers<void>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** How often the process had to be started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Why the engine went down last, or why loading fails now. */
  get lastError(): string | undefined {
    return this.#lastState?.lastError ?? this.#lastError;
  }

  /** What the engine last told of itself; undefined while it is away. */
  get report(): StateEvent | undefined {
    return this.#state === 'ready' ? this.#lastState : undefined;
  }

  /** How long the running engine has said nothing, milliseconds. It reports every second: a long silence means that it hangs. */
  get silentMs(): number {
    return this.report === undefined ? 0 : this.#options.clock.monotonic() - this.#heardAt;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the engine has become ready for the first time. */
  get ready(): Promise<void> {
    return this.#firstReady.promise;
  }

  /** Starts the process; from now on it is kept alive until {@link stop}. */
  start(): void {
    const { log } = this.#options;
    this.#state = 'starting';
    this.#stderrTail = '';
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...SMALL_YOUNG_SPACE, ENTRY], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // The engine's queries run on libuv's threads: more of them than cores, since some wait for the disk. Its many threads would each
      // keep freed memory in an arena of their own.
      env: { ...process.env, UV_THREADPOOL_SIZE: '8', MALLOC_ARENA_MAX: '2' },
    });
    this.#child = child;
    child.stdout?.resume();
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderrTail = (this.#stderrTail + chunk.toString()).slice(-4000);
    });
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    child.on('error', (error) => {
      this.#lastError = error.message;
    });
    child.on('close', (code, signal) => {
      exited.resolve();
      this.#ended(code, signal);
    });
    const channel = new Channel(child.stdio[CHANNEL_FD] as Duplex);
    this.#channel = channel;
    channel.on('log', (event) => {
      const { level, details, message } = event as LogEvent;
      log[level]({ process: 'engine', ...details }, message);
    });
    channel.on('loaded', (event) => this.#options.onLoaded(event as LoadedEvent));
    channel.on('spans', (spans) => this.#options.traces?.engineDid(spans as EngineSpan[]));
    channel.on('state', (event) => {
      this.#lastState = event as StateEvent;
      this.#heardAt = this.#options.clock.monotonic();
    });
    channel.request('start', this.#options.engine).then(
      () => this.#becameReady(channel),
      (error: Error) => {
        if (this.#state === 'stopping') return;
        this.#lastError = error.message;
        child.kill('SIGKILL');
      },
    );
  }

  /** Asks the engine. Rejects with ENGINE_UNAVAILABLE and the reason while it is away. */
  request(method: string, params: unknown, signal?: AbortSignal): Promise<Answer> {
    if (this.#state !== 'ready' || this.#channel === undefined) {
      return Promise.reject(new AtalayaError('ENGINE_UNAVAILABLE', { reason: this.#awayReason() }, { retryAfterSeconds: 1 }));
    }
    const { traces } = this.#options;
    const channel = this.#channel;
    const ask = (asked: unknown): Promise<Answer> => channel.request(method, asked, signal);
    return traces === undefined ? ask(params) : traceEngineCall(traces, method, params, ask);
  }

  /** Tells the engine that the journal is on disk up to `position`. */
  advance(position: JournalPosition): void {
    if (this.#state === 'ready') this.#channel?.tell('advance', position);
  }

  /** Ends the process: politely first, then with SIGKILL. */
  async stop(): Promise<void> {
    this.#retry?.cancel();
    const wasReady = this.#state === 'ready';
    this.#state = 'stopping';
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const deadline = this.#options.clock.after(wasReady ? STOP_TIMEOUT_MS : 0, () => child.kill('SIGKILL'));
    // A failure here means the process is gone already, which is what was wanted.
    if (wasReady) await this.#channel?.request('stop', null).catch(() => undefined);
    this.#channel?.end();
    await this.#exited;
    deadline.cancel();
  }

  #becameReady(channel: Channel): void {
    if (this.#state !== 'starting') return;
    this.#state = 'ready';
    this.#lastError = undefined;
    this.#readySince = this.#options.clock.monotonic();
    this.#options.log.info({ pid: this.#child?.pid }, 'engine ready');
    channel.tell('advance', this.#options.durable());
    this.#firstReady.resolve();
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    this.#channel = undefined;
    this.#lastState = undefined;
    if (this.#state === 'stopping') return;
    const { clock, log } = this.#options;
    const wasReady = this.#state === 'ready';
    this.#state = 'down';
    const how = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
    this.#lastError = wasReady || this.#lastError === undefined ? how : this.#lastError;
    if (wasReady && clock.monotonic() - this.#readySince > HEALTHY_AFTER_MS) this.#delayMs = FIRST_DELAY_MS;
    log.error(
      { reason: this.#lastError, how, stderr: this.#stderrTail.trim().slice(-1000), retryMs: this.#delayMs },
      'engine went away; starting it again',
    );
    this.#retry = clock.after(this.#delayMs, () => {
      this.#restarts++;
      this.start();
    });
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_DELAY_MS);
  }

  #awayReason(): string {
    const reason = this.#lastError === undefined ? '' : ` (${this.#lastError})`;
    switch (this.#state) {
      case 'starting':
        return `it is starting${reason}`;
      case 'stopping':
        return 'it is stopping';
      case 'down':
      case 'ready':
        return `it is down and will be started again${reason}`;
    }
  }
}
