/**
 * The program's own traces, written as those of the service `atalaya`: what of its work is told, and how much of that. It does not feed on itself:
 * writing spans down makes no spans, and requests that bring telemetry are told of seldom, whoever sends them.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, Timer } from '@atalaya/model';
import { SpanCollectors, type SpanWriter } from '@atalaya/receive';
import { OwnTrace } from './own-trace.ts';
import type { EngineSpan, OwnAttributes, OwnSpan } from './own-span.ts';
import { TokenBucket } from './token-bucket.ts';
import { type IncomingContext, newId } from './trace-context.ts';
import { writeSpans } from './write-spans.ts';

const FLUSH_EVERY_MS = 500;
/** Spans that wait for being written. */
const MOST_SPANS = 5000;
/** What takes longer is always told, as is what failed: so many a second at most. */
const SLOW_MS = 1000;
const URGENT_PER_SECOND = 20;
/** Work that goes on all the time, such as taking telemetry in: one in ten seconds of each kind. */
const SELDOM_PER_SECOND = 0.1;
/** Kinds of such work, lest what should be few names be many. */
const MOST_KINDS = 200;

/** Counts since the start. */
export interface OwnTraceStats {
  /** Spans. */
  readonly written: number;
  /** Spans for which there was no room, because writing failed for long, or that were refused. */
  readonly dropped: number;
  /** Traces that were not wanted. */
  readonly leftOut: number;
}

/** Something that was done: a root of a trace of its own. */
export interface OwnWork {
  readonly name: string;
  readonly durationMs: number;
  readonly attributes: OwnAttributes;
  readonly failure?: string | undefined;
}

/** Takes traces; keeps them until there is a writer. */
export class OwnTraces {
  readonly #clock: Clock;
  readonly #current = new AsyncLocalStorage<OwnTrace | undefined>();
  /** Traces of requests that are under way by the ids of their spans, for what the engine tells of them. */
  readonly #open = new Map<string, OwnTrace>();
  readonly #urgent: TokenBucket;
  readonly #seldom = new Map<string, TokenBucket>();
  #usual: TokenBucket;
  #waiting: OwnSpan[] = [];
  #collectors: SpanCollectors | undefined;
  #timer: Timer | undefined;
  #flushing: Promise<void> | undefined;
  #off = false;
  #written = 0;
  #dropped = 0;
  #leftOut = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#urgent = new TokenBucket(clock, URGENT_PER_SECOND, URGENT_PER_SECOND);
    this.#usual = new TokenBucket(clock, 1, 1);
  }

  /** From now on spans are written down: of requests so many a second, beside those that failed or were slow. */
  start(writer: SpanWriter, perSecond: number): void {
    this.#collectors = new SpanCollectors(writer, this.#clock);
    this.#usual = new TokenBucket(this.#clock, perSecond, Math.max(1, perSecond));
    this.#timer = this.#clock.every(FLUSH_EVERY_MS, () => void this.#flush());
  }

  /** Traces are not wanted. */
  switchOff(): void {
    this.#off = true;
    this.#waiting = [];
    this.#open.clear();
  }

  /** Writes down what waits, and takes no more. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#flushing;
    await this.#flush();
    this.switchOff();
  }

  stats(): OwnTraceStats {
    return { written: this.#written, dropped: this.#dropped, leftOut: this.#leftOut };
  }

  /** The trace of the request that is being answered by whoever calls this. */
  get current(): OwnTrace | undefined {
    return this.#current.getStore();
  }

  /**
   * A request begins; nothing when traces are not wanted. Of a caller's trace the caller decides: who records its own part wants ours, and who does
   * not would have a part without the rest.
   */
  begin(incoming: IncomingContext | undefined): OwnTrace | undefined {
    if (this.#off) return undefined;
    const sampled = incoming === undefined ? this.#usual.take() : incoming.sampled && this.#urgent.take();
    const trace = new OwnTrace(this.#clock, incoming, sampled);
    this.#open.set(trace.spanId, trace);
    return trace;
  }

  /** Calls back; what is done there, and whatever follows from it, is done for the trace's request. */
  within<Result>(trace: OwnTrace, work: () => Result): Result {
    return this.#current.run(trace, work);
  }

  /** A request has been answered; `failure` is set where that is the program's fault. Gives whether its trace is to be kept. */
  end(trace: OwnTrace, durationMs: number, failure: string | undefined): boolean {
    this.#open.delete(trace.spanId);
    const urgent = failure !== undefined || durationMs >= SLOW_MS || trace.wanted;
    if (trace.sampled || (urgent && this.#urgent.take())) return !this.#off;
    this.#leftOut++;
    return false;
  }

  /** Keeps the trace of a request that has been answered. */
  keep(trace: OwnTrace, name: string, durationMs: number, attributes: OwnAttributes, failure: string | undefined): void {
    this.#add(trace.end(name, durationMs, attributes, failure));
  }

  /** Whether something that is done all the time is to be told this time. */
  wants(kind: string, durationMs: number, failure: string | undefined): boolean {
    if (this.#off) return false;
    const urgent = failure !== undefined || durationMs >= SLOW_MS;
    const wanted = this.#bucketOf(kind).take() || (urgent && this.#urgent.take());
    if (!wanted) this.#leftOut++;
    return wanted;
  }

  /** Something was done, until now. */
  did(work: OwnWork, kind: OwnSpan['kind'] = 'internal'): void {
    const startMs = this.#clock.now() - work.durationMs;
    this.#add([{ ...work, traceId: newId(16), spanId: newId(8), parentSpanId: '', kind, startMs }]);
  }

  /** The engine process tells of what it did. */
  engineDid(spans: readonly EngineSpan[]): void {
    for (const span of spans) {
      if (span.parent !== undefined) this.#open.get(span.parent.requestSpanId)?.addOfEngine(span.parent, span);
      else if (this.wants(span.name, span.durationMs, span.failure)) this.did(span);
    }
  }

  #bucketOf(kind: string): TokenBucket {
    let bucket = this.#seldom.get(kind);
    if (bucket === undefined) {
      if (this.#seldom.size >= MOST_KINDS) this.#seldom.clear();
      bucket = new TokenBucket(this.#clock, SELDOM_PER_SECOND, 1);
      this.#seldom.set(kind, bucket);
    }
    return bucket;
  }

  #add(spans: readonly OwnSpan[]): void {
    if (this.#off) return;
    const room = MOST_SPANS - this.#waiting.length;
    this.#waiting.push(...spans.slice(0, Math.max(0, room)));
    this.#dropped += Math.max(0, spans.length - room);
  }

  /** Writes down what waits. What fails stays, and is tried again with the next spans: a repetition is known by its ids. */
  #flush(): Promise<void> {
    const collectors = this.#collectors;
    if (collectors === undefined || this.#waiting.length === 0) return Promise.resolve();
    this.#flushing ??= this.#write(collectors).finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #write(collectors: SpanCollectors): Promise<void> {
    const spans = this.#waiting;
    this.#waiting = [];
    try {
      const written = await writeSpans(spans, collectors);
      this.#written += written;
      this.#dropped += spans.length - written;
    } catch {
      this.#waiting = [...spans, ...this.#waiting].slice(0, MOST_SPANS);
    }
  }
}
