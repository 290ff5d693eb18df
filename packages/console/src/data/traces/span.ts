/** A trace as the console looks at it: spans with times in nanoseconds since the trace's beginning. */

import type { AttributeTypeName } from '@atalaya/model';

/** An attribute; the value as a text, whose form depends on the type: see ATTRIBUTE_TYPE in room `model`. */
export interface SpanAttribute {
  readonly key: string;
  readonly type: AttributeTypeName;
  readonly value: string;
}

/** What a span is for. */
export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Resource and scope; spans that share them share the object. */
export interface SpanOrigin {
  /** `service.name`, or nothing. */
  readonly service: string;
  readonly resource: readonly SpanAttribute[];
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scope: readonly SpanAttribute[];
}

/** Something that happened at a moment of a span. */
export interface SpanEvent {
  /** Nanoseconds since the trace's beginning. */
  readonly time: number;
  readonly name: string;
  readonly attributes: readonly SpanAttribute[];
}

/** A span of this trace or another that a span refers to. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly SpanAttribute[];
}

/** One span. */
export interface TraceSpan {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly origin: SpanOrigin;
  readonly name: string;
  readonly kind: SpanKind;
  /** Nanoseconds since the trace's beginning. */
  readonly start: number;
  /** Nanoseconds. */
  readonly duration: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly statusMessage: string;
  readonly traceState: string;
  readonly attributes: readonly SpanAttribute[];
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** Attributes, events and links that the sender had dropped. */
  readonly dropped: number;
}

/** A whole trace. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** Nanoseconds since the epoch: where the first span starts. */
  readonly begin: bigint;
  /** Nanoseconds from the first start to the last end. */
  readonly duration: number;
  /** By start. */
  readonly spans: readonly TraceSpan[];
}

/** The moment of a time within a trace, epoch milliseconds. */
export function instantOf(trace: Trace, time: number): number {
  return Number(trace.begin / 1000n) / 1000 + time / 1e6;
}
