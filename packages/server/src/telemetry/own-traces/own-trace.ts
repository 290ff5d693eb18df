/** One request's trace while it lasts: its own span, and the spans below it that have ended. */

import type { Clock } from '@atalaya/model';
import type { EngineSpan, OwnAttributes, OwnSpan } from './own-span.ts';
import { type IncomingContext, newId, type TraceContext, type WorkContext } from './trace-context.ts';

/** Spans below a request's; more are left out. */
const MOST_SPANS = 200;

/** See above. Whether one that was not sampled is kept is decided when it ends. */
export class OwnTrace implements TraceContext {
  readonly traceId: string;
  readonly spanId = newId(8);
  /** What the caller said of its trace. */
  readonly incoming: IncomingContext | undefined;
  /** Whether something was logged on the way that somebody may want to see the trace of. */
  wanted = false;
  /** Whether it is kept, whatever it comes to. */
  readonly sampled: boolean;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #startedAt: number;
  readonly #below: OwnSpan[] = [];

  constructor(clock: Clock, incoming: IncomingContext | undefined, sampled: boolean) {
    this.#clock = clock;
    this.incoming = incoming;
    this.sampled = sampled;
    this.traceId = incoming?.traceId ?? newId(16);
    this.#startMs = clock.now();
    this.#startedAt = clock.monotonic();
  }

  /** Runs a piece of the work as a span of its own below the request's; `work` gets its context, for others to go on with. */
  async during<Result>(name: string, attributes: OwnAttributes, work: (context: WorkContext) => Promise<Result>): Promise<Result> {
    const ids = { traceId: this.traceId, spanId: newId(8) };
    const startedAt = this.#clock.monotonic();
    const end = (failure?: string): void => {
      const startMs = this.#startMs + startedAt - this.#startedAt;
      const durationMs = this.#clock.monotonic() - startedAt;
      this.#add({ ...ids, parentSpanId: this.spanId, name, kind: 'internal', startMs, durationMs, attributes, failure });
    };
    try {
      const result = await work({ ...ids, requestSpanId: this.spanId, sampled: this.sampled });
      end();
      return result;
    } catch (error) {
      end(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** Adds a span of the engine process. */
  addOfEngine(parent: TraceContext, { parent: _parent, ...span }: EngineSpan): void {
    this.#add({ ...span, traceId: this.traceId, spanId: newId(8), parentSpanId: parent.spanId, kind: 'internal' });
  }

  /** The request has been answered: all its spans, its own one first. */
  end(name: string, durationMs: number, attributes: OwnAttributes, failure: string | undefined): OwnSpan[] {
    const { traceId, spanId } = this;
    const parentSpanId = this.incoming?.spanId ?? '';
    return [
      { traceId, spanId, parentSpanId, name, kind: 'server', startMs: this.#startMs, durationMs, attributes, failure },
      ...this.#below,
    ];
  }

  #add(span: OwnSpan): void {
    if (this.#below.length < MOST_SPANS) this.#below.push(span);
  }
}
