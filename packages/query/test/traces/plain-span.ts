/** Spans from plain objects, for tests. */

import type { Span, SpanAttribute, SpanKind, SpanStatus } from '@atalaya/model';

/** A value of an attribute: its type follows from JavaScript's, numbers with a fraction are doubles; a pair names the type itself. */
export type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | readonly unknown[]
  | { readonly type: SpanAttribute['type']; readonly value: string };
export type PlainAttributes = Readonly<Record<string, PlainValue>>;

/** A span; what is left out is empty or 0. Short ids are filled up with zeros. */
export interface PlainSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent?: string;
  readonly service?: string;
  readonly resource?: PlainAttributes;
  readonly scopeName?: string;
  readonly scopeVersion?: string;
  readonly scope?: PlainAttributes;
  readonly name?: string;
  readonly kind?: SpanKind;
  /** Nanoseconds. */
  readonly start?: bigint;
  readonly duration?: bigint;
  readonly status?: SpanStatus;
  readonly statusMessage?: string;
  readonly attributes?: PlainAttributes;
  readonly events?: readonly { readonly time?: bigint; readonly name: string; readonly attributes?: PlainAttributes }[];
  readonly links?: readonly { readonly trace: string; readonly id: string; readonly attributes?: PlainAttributes }[];
}

const traceId = (id: string): string => id.padStart(32, '0');
const spanId = (id: string): string => (id === '' ? '' : id.padStart(16, '0'));

/** Makes a span. */
export function plainSpan(plain: PlainSpan): Span {
  const { service, resource = {}, scopeName = '', scopeVersion = '', scope = {}, start = 0n } = plain;
  return {
    traceId: traceId(plain.trace),
    spanId: spanId(plain.id),
    parentSpanId: spanId(plain.parent ?? ''),
    traceState: '',
    flags: 0,
    origin: {
      serviceName: service ?? '',
      resourceSchemaUrl: '',
      resource: plainAttributes(service === undefined ? resource : { 'service.name': service, ...resource }),
      resourceDropped: 0,
      scopeSchemaUrl: '',
      scopeName,
      scopeVersion,
      scope: plainAttributes(scope),
      scopeDropped: 0,
    },
    name: plain.name ?? '',
    kind: plain.kind ?? 'unspecified',
    start,
    duration: plain.duration ?? 0n,
    status: plain.status ?? 'unset',
    statusMessage: plain.statusMessage ?? '',
    attributes: plainAttributes(plain.attributes ?? {}),
    droppedAttributes: 0,
    events: (plain.events ?? []).map(({ time = start, name, attributes = {} }) => ({
      time,
      name,
      attributes: plainAttributes(attributes),
    })),
    droppedEvents: 0,
    links: (plain.links ?? []).map(({ trace, id, attributes = {} }) => ({
      traceId: traceId(trace),
      spanId: spanId(id),
      traceState: '',
      attributes: plainAttributes(attributes),
    })),
    droppedLinks: 0,
  };
}

function plainAttributes(attributes: PlainAttributes): SpanAttribute[] {
  return Object.entries(attributes).map(([name, value]) => ({ name, ...typed(value) }));
}

function typed(value: PlainValue): Pick<SpanAttribute, 'type' | 'value'> {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value: String(value) };
  if (typeof value === 'bigint') return { type: 'int', value: String(value) };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'int' : 'double', value: String(value) };
  return 'type' in value ? value : { type: 'array', value: JSON.stringify(value) };
}
