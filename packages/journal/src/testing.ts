/** For tests of this and other rooms, never for the program itself: span batches from plain objects. */

import { ATTRIBUTE_TYPE, type AttributeTypeName } from '@atalaya/model';
import type { AttributeColumns, AttributeList, SpanBatch, SpanOrigin } from './span-batch.ts';

/** Attributes: names with a text, or with a type and the text that stands for the value. */
export type PlainAttributes = Readonly<Record<string, string | readonly [AttributeTypeName, string]>>;

/** A span; what is left out is empty or 0. Ids are hexadecimal digits. */
export interface PlainSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** `service.name` is added to the resource. */
  readonly service?: string;
  readonly resource?: PlainAttributes;
  readonly scopeName?: string;
  readonly scopeVersion?: string;
  readonly scope?: PlainAttributes;
  readonly name?: string;
  /** Place in OTLP's SpanKind. */
  readonly kind?: number;
  /** Nanoseconds since the epoch. */
  readonly start: bigint;
  /** Nanoseconds. */
  readonly duration?: bigint;
  /** 0 unset, 1 ok, 2 error. */
  readonly status?: number;
  readonly statusMessage?: string;
  readonly traceState?: string;
  readonly flags?: number;
  readonly attributes?: PlainAttributes;
  /** Attributes, events, links. */
  readonly dropped?: readonly [number, number, number];
  readonly events?: readonly { readonly time: bigint; readonly name: string; readonly attributes?: PlainAttributes }[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState?: string;
    readonly attributes?: PlainAttributes;
  }[];
}

/** Packed texts. */
export function packTexts(texts: readonly (string | Uint8Array)[]): Uint8Array {
  const bytes: number[] = [];
  for (const text of texts) {
    const utf8 = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    let length = utf8.length;
    for (; length >= 128; length = Math.floor(length / 128)) bytes.push((length % 128) + 128);
    bytes.push(length, ...utf8);
  }
  return Uint8Array.from(bytes);
}

/** The spans as one batch. Spans of one resource and scope share an origin. */
export function spanBatch(spans: readonly PlainSpan[]): SpanBatch {
  const origins = new Map<string, SpanOrigin>();
  const places: number[] = [];
  for (const span of spans) {
    const origin = originOf(span);
    const key = JSON.stringify(origin);
    if (!origins.has(key)) origins.set(key, origin);
    places.push([...origins.keys()].indexOf(key));
  }
  const events = spans.flatMap((span) => span.events ?? []);
  const links = spans.flatMap((span) => span.links ?? []);
  return {
    rows: spans.length,
    origins: [...origins.values()],
    rowOrigins: Uint32Array.from(places),
    traceIds: ids(spans.map(({ traceId }) => traceId)),
    spanIds: ids(spans.map(({ spanId }) => spanId)),
    parentSpanIds: ids(spans.map(({ parentSpanId }) => parentSpanId ?? '0'.repeat(16))),
    starts: BigInt64Array.from(spans, ({ start }) => start),
    durations: BigUint64Array.from(spans, ({ duration }) => duration ?? 0n),
    kinds: Uint8Array.from(spans, ({ kind }) => kind ?? 0),
    statusCodes: Uint8Array.from(spans, ({ status }) => status ?? 0),
    flags: Uint32Array.from(spans, ({ flags }) => flags ?? 0),
    names: packTexts(spans.map(({ name }) => name ?? '')),
    statusMessages: packTexts(spans.map(({ statusMessage }) => statusMessage ?? '')),
    traceStates: packTexts(spans.map(({ traceState }) => traceState ?? '')),
    dropped: spans.some(({ dropped }) => dropped !== undefined)
      ? Uint32Array.from(spans.flatMap(({ dropped }) => [...(dropped ?? [0, 0, 0])]))
      : new Uint32Array(),
    attributes: attributeColumns(spans.map((span) => span.attributes ?? {})),
    events: {
      counts: Uint32Array.from(spans, (span) => span.events?.length ?? 0),
      times: BigInt64Array.from(events, ({ time }) => time),
      names: packTexts(events.map(({ name }) => name)),
      attributes: attributeColumns(events.map(({ attributes }) => attributes ?? {})),
    },
    links: {
      counts: Uint32Array.from(spans, (span) => span.links?.length ?? 0),
      traceIds: ids(links.map(({ traceId }) => traceId)),
      spanIds: ids(links.map(({ spanId }) => spanId)),
      traceStates: packTexts(links.map(({ traceState }) => traceState ?? '')),
      attributes: attributeColumns(links.map(({ attributes }) => attributes ?? {})),
    },
  };
}

function originOf({ service, resource = {}, scopeName = '', scopeVersion = '', scope = {} }: PlainSpan): SpanOrigin {
  return {
    serviceName: service ?? '',
    resourceSchemaUrl: '',
    resource: attributeList(service === undefined ? resource : { 'service.name': service, ...resource }),
    resourceDropped: 0,
    scopeSchemaUrl: '',
    scopeName,
    scopeVersion,
    scope: attributeList(scope),
    scopeDropped: 0,
  };
}

const typeOf = (value: PlainAttributes[string]): AttributeTypeName => (typeof value === 'string' ? 'string' : value[0]);
const textOf = (value: PlainAttributes[string]): string => (typeof value === 'string' ? value : value[1]);

function attributeList(attributes: PlainAttributes): AttributeList {
  return {
    names: Object.keys(attributes),
    values: Object.values(attributes).map(textOf),
    types: String.fromCharCode(...Object.values(attributes).map((value) => ATTRIBUTE_TYPE[typeOf(value)])),
  };
}

function attributeColumns(things: readonly PlainAttributes[]): AttributeColumns {
  const values = things.flatMap((attributes) => Object.values(attributes));
  return {
    counts: Uint32Array.from(things, (attributes) => Object.keys(attributes).length),
    types: Uint8Array.from(values, (value) => ATTRIBUTE_TYPE[typeOf(value)]),
    names: packTexts(things.flatMap((attributes) => Object.keys(attributes))),
    values: packTexts(values.map(textOf)),
  };
}

function ids(texts: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(texts.join(''), 'hex'));
}
