/** A span as questions about traces see it: everything that OTLP says of one, texts and numbers instead of bytes. */

import type { AttributeTypeName } from '../attribute-type.ts';

/** An attribute; the value is a text whose form depends on the type, see ATTRIBUTE_TYPE in room `model`. */
export interface SpanAttribute {
  readonly name: string;
  readonly type: AttributeTypeName;
  readonly value: string;
}

/** What a span is for. */
export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** What a span's sender, or its instrumentation, says of its outcome. */
export type SpanStatus = 'unset' | 'ok' | 'error';

/** Resource and scope of a span. Spans of one answer that share them share the object. */
export interface SpanOrigin {
  /** `service.name` of the resource, or nothing. */
  readonly serviceName: string;
  readonly resourceSchemaUrl: string;
  readonly resource: readonly SpanAttribute[];
  readonly resourceDropped: number;
  readonly scopeSchemaUrl: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scope: readonly SpanAttribute[];
  readonly scopeDropped: number;
}

/** Something that happened at one moment of a span. */
export interface SpanEvent {
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly name: string;
  readonly attributes: readonly SpanAttribute[];
}

/** A span that another one refers to, in its own trace or in another. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: readonly SpanAttribute[];
}

/** One span. */
export interface Span {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** 16 lower-case hexadecimal digits; nothing for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  /** The lower 8 bits are W3C trace flags. */
  readonly flags: number;
  readonly origin: SpanOrigin;
  readonly name: string;
  readonly kind: SpanKind;
  /** Nanoseconds since the epoch. */
  readonly start: bigint;
  /** Nanoseconds. */
  readonly duration: bigint;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  /** In the order in which they came. */
  readonly attributes: readonly SpanAttribute[];
  readonly droppedAttributes: number;
  readonly events: readonly SpanEvent[];
  readonly droppedEvents: number;
  readonly links: readonly SpanLink[];
  readonly droppedLinks: number;
}
