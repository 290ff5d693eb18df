/** Makes spans of the engine's bytes. */

import {
  ATTRIBUTE_TYPE,
  type AttributeTypeName,
  type Span,
  type SpanAttribute,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
  type SpanOrigin,
  type SpanStatus,
} from '@atalaya/model';
import { type LazyBlock, type LazyLists, type LazyMaps, lazyText, type LazyTexts, readLazily } from '../../native/lazy.ts';
import { SPAN_KINDS, SPAN_STATES } from '../kinds.ts';
import type { SpanBytes } from '../read/read-spans.ts';

const KINDS: ReadonlyMap<string, SpanKind> = new Map(SPAN_KINDS);
const STATES: ReadonlyMap<string, SpanStatus> = new Map(SPAN_STATES);
const TYPES: ReadonlyMap<number, AttributeTypeName> = new Map(
  Object.entries(ATTRIBUTE_TYPE).map(([name, character]) => [character, name as AttributeTypeName]),
);
const NO_ATTRIBUTES: readonly SpanAttribute[] = [];

/** The spans of an answer, in its order; those of one origin share it. */
export function spansOf(bytes: SpanBytes): Span[] {
  if (bytes === undefined) return [];
  const origins = new Map<string, SpanOrigin>();
  return readLazily(bytes).flatMap((block) => {
    const rows = new SpanRows(block, origins);
    return Array.from({ length: block.rows }, (_, row) => rows.span(row));
  });
}

/** The rows of one block, with the columns that read-spans.ts asks for. */
class SpanRows {
  readonly #block: LazyBlock;
  readonly #origins: Map<string, SpanOrigin>;

  constructor(block: LazyBlock, origins: Map<string, SpanOrigin>) {
    this.#block = block;
    this.#origins = origins;
  }

  span(row: number): Span {
    const block = this.#block;
    const durations = block.column('d', 'UInt64');
    return {
      traceId: this.#text('t', row),
      spanId: this.#text('s', row),
      parentSpanId: this.#text('p', row),
      traceState: this.#text('ts', row),
      flags: this.#number('fl', row),
      origin: this.#origin(row),
      name: this.#text('n', row),
      kind: KINDS.get(this.#text('k', row)) ?? 'unspecified',
      start: block.column('b', 'Int64')[row] as bigint,
      duration: (BigInt(durations[row * 2 + 1] as number) << 32n) | BigInt(durations[row * 2] as number),
      status: STATES.get(this.#text('c', row)) ?? 'unset',
      statusMessage: this.#text('m', row),
      attributes: this.#attributes('a', 'at', row),
      droppedAttributes: this.#number('da', row),
      events: block.has('en') ? this.#events(row) : [],
      droppedEvents: this.#number('de', row),
      links: block.has('lt') ? this.#links(row) : [],
      droppedLinks: this.#number('dl', row),
    };
  }

  #text(name: string, row: number): string {
    return lazyText(this.#block.column(name, 'String'), row);
  }

  #number(name: string, row: number): number {
    return this.#block.column(name, 'UInt32')[row] as number;
  }

  #attributes(maps: string, types: string, row: number): readonly SpanAttribute[] {
    if (!this.#block.has(maps)) return NO_ATTRIBUTES;
    return attributesOf(this.#block.column(maps, 'Map(String, String)'), row, this.#text(types, row));
  }

  #origin(row: number): SpanOrigin {
    const origin: SpanOrigin = {
      serviceName: this.#text('sv', row),
      resourceSchemaUrl: this.#text('ru', row),
      resource: this.#attributes('r', 'rt', row),
      resourceDropped: this.#number('rd', row),
      scopeSchemaUrl: this.#text('su', row),
      scopeName: this.#text('sn', row),
      scopeVersion: this.#text('sx', row),
      scope: this.#attributes('o', 'ot', row),
      scopeDropped: this.#number('sd', row),
    };
    const key = JSON.stringify(origin);
    const known = this.#origins.get(key);
    if (known !== undefined) return known;
    this.#origins.set(key, origin);
    return origin;
  }

  #events(row: number): SpanEvent[] {
    const times = this.#block.column('eb', 'Array(Int64)');
    const names = this.#block.column('en', 'Array(String)').elements;
    const attributes = this.#block.column('ea', 'Array(Map(String, String))').elements;
    const types = this.#innerTypes('et', row);
    return eachOf(times, row, (at, place) => ({
      time: times.elements[at] as bigint,
      name: lazyText(names, at),
      attributes: attributesOf(attributes, at, types(place)),
    }));
  }

  #links(row: number): SpanLink[] {
    const traceIds = this.#block.column('lt', 'Array(String)');
    const spanIds = this.#block.column('ls', 'Array(String)').elements;
    const states = this.#block.column('lx', 'Array(String)').elements;
    const attributes = this.#block.column('la', 'Array(Map(String, String))').elements;
    const types = this.#innerTypes('ly', row);
    return eachOf(traceIds, row, (at, place) => ({
      traceId: lazyText(traceIds.elements, at),
      spanId: lazyText(spanIds, at),
      traceState: lazyText(states, at),
      attributes: attributesOf(attributes, at, types(place)),
    }));
  }

  /** Types of the attributes of an event or link of a row, by its place; rows that hold none have only strings. */
  #innerTypes(name: string, row: number): (place: number) => string {
    const { offsets, elements } = this.#block.column(name, 'Array(String)');
    const start = startOf(offsets, row);
    const count = (offsets[row] as number) - start;
    return (place) => (place < count ? lazyText(elements, start + place) : '');
  }
}

function startOf(offsets: Uint32Array, row: number): number {
  return row === 0 ? 0 : (offsets[row - 1] as number);
}

/** Makes something of each element of a row's list, told where it lies among all and at which place of its own. */
function eachOf<T>({ offsets }: LazyLists<BigInt64Array | LazyTexts>, row: number, make: (at: number, place: number) => T): T[] {
  const start = startOf(offsets, row);
  return Array.from({ length: (offsets[row] as number) - start }, (_, place) => make(start + place, place));
}

/** Types that are not one for each attribute, in a row that somebody changed, count as strings from where they end. */
function attributesOf({ offsets, keys, values }: LazyMaps, row: number, types: string): readonly SpanAttribute[] {
  const start = startOf(offsets, row);
  const count = (offsets[row] as number) - start;
  if (count === 0) return NO_ATTRIBUTES;
  return Array.from({ length: count }, (_, place) => ({
    name: lazyText(keys, start + place),
    type: TYPES.get(types.charCodeAt(place)) ?? 'string',
    value: lazyText(values, start + place),
  }));
}
