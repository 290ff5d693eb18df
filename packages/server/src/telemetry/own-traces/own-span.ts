/** Spans that the program makes of its own work. */

import type { TraceContext, WorkContext } from './trace-context.ts';

/** A value of an attribute; whole numbers are integers. */
export type OwnValue = string | number | boolean;

/** What is told of a span. Lists are left out; undefined is no attribute. */
export type OwnAttributes = Readonly<Record<string, OwnValue | undefined>>;

/** A span that has ended. */
export interface OwnSpan extends TraceContext {
  /** 16 digits, or nothing for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server';
  /** Milliseconds since the epoch, and how long, both with fractions. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: OwnAttributes;
  /** Why it failed; undefined when it did not. */
  readonly failure?: string | undefined;
}

/** A span of the engine process, as it travels to the main one: it needs no id, as nothing is below it, and without a parent it is a root. */
export interface EngineSpan {
  readonly parent?: WorkContext | undefined;
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: OwnAttributes;
  readonly failure?: string | undefined;
}
