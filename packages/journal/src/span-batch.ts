/**
 * Span batches: the spans of one request as columns, and the bytes they travel as: see column-bytes.ts for the layout, and
 * {@link encodeSpanBatch} for the order of the columns.
 *
 * Packed texts are what ClickHouse's Native format is made of: each text's length in bytes as LEB128, then its bytes. That is also how
 * protobuf writes a text, so most of a request travels from the wire to the store as it came. Texts should be UTF-8, but nobody has looked.
 */

import { ATTRIBUTE_TYPE } from '@atalaya/model';
import { ColumnReader, joinColumns } from './column-bytes.ts';
import { checkTexts } from './packed-texts.ts';

/** Attributes in the order in which they came: names, values as texts, and of each the character of {@link ATTRIBUTE_TYPE}. */
export interface AttributeList {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly types: string;
}

/** What the spans of one origin share: resource and scope. */
export interface SpanOrigin {
  /** `service.name` of the resource, or nothing. */
  readonly serviceName: string;
  readonly resourceSchemaUrl: string;
  readonly resource: AttributeList;
  readonly resourceDropped: number;
  readonly scopeSchemaUrl: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scope: AttributeList;
  readonly scopeDropped: number;
}

/** Attributes of several things, one after the other: how many each thing has, and of all of them name, type and value. */
export interface AttributeColumns {
  readonly counts: Uint32Array;
  /** Characters of {@link ATTRIBUTE_TYPE}. */
  readonly types: Uint8Array;
  /** Packed texts, as the values. */
  readonly names: Uint8Array;
  readonly values: Uint8Array;
}

/** One request's spans as columns. Views into one buffer: valid as long as that buffer is not written to. */
export interface SpanBatch {
  readonly rows: number;
  readonly origins: readonly SpanOrigin[];
  readonly rowOrigins: Uint32Array;
  /** 16 bytes each. */
  readonly traceIds: Uint8Array;
  /** 8 bytes each. */
  readonly spanIds: Uint8Array;
  /** 8 bytes each; all zero where there is none. */
  readonly parentSpanIds: Uint8Array;
  /** Nanoseconds since the epoch. */
  readonly starts: BigInt64Array;
  /** Nanoseconds; 0 where a span ends before it starts. */
  readonly durations: BigUint64Array;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kinds: Uint8Array;
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCodes: Uint8Array;
  /** The lower 8 bits are W3C trace flags. */
  readonly flags: Uint32Array;
  /** Packed texts, as the next two. */
  readonly names: Uint8Array;
  readonly statusMessages: Uint8Array;
  readonly traceStates: Uint8Array;
  /** How many attributes, events and links of each span its sender had dropped: three numbers a row; no elements at all when all are 0. */
  readonly dropped: Uint32Array;
  readonly attributes: AttributeColumns;
  readonly events: SpanEvents;
  readonly links: SpanLinks;
}

/** The events of all rows, one row's after the other. */
export interface SpanEvents {
  /** Of each row. */
  readonly counts: Uint32Array;
  /** Nanoseconds since the epoch. */
  readonly times: BigInt64Array;
  readonly names: Uint8Array;
  /** `counts` are of each event. */
  readonly attributes: AttributeColumns;
}

/** The links of all rows, one row's after the other. */
export interface SpanLinks {
  /** Of each row. */
  readonly counts: Uint32Array;
  /** 16 bytes each. */
  readonly traceIds: Uint8Array;
  /** 8 bytes each. */
  readonly spanIds: Uint8Array;
  readonly traceStates: Uint8Array;
  /** `counts` are of each link. */
  readonly attributes: AttributeColumns;
}

const VERSION = 1;
const WHAT = 'span batch';

/** Bytes of a batch in the journal. The result is freshly allocated and owned by the caller. */
export function encodeSpanBatch(batch: SpanBatch): Uint8Array<ArrayBuffer> {
  const { attributes, events, links } = batch;
  const attributeColumns = ({ counts, types, names, values }: AttributeColumns): (Uint32Array | Uint8Array)[] => [
    counts,
    types,
    names,
    values,
  ];
  return joinColumns(VERSION, batch.rows, [
    new TextEncoder().encode(JSON.stringify(batch.origins)),
    batch.rowOrigins,
    batch.traceIds,
    batch.spanIds,
    batch.parentSpanIds,
    batch.starts,
    batch.durations,
    batch.kinds,
    batch.statusCodes,
    batch.flags,
    batch.names,
    batch.statusMessages,
    batch.traceStates,
    batch.dropped,
    ...attributeColumns(attributes),
    events.counts,
    events.times,
    events.names,
    ...attributeColumns(events.attributes),
    links.counts,
    links.traceIds,
    links.spanIds,
    links.traceStates,
    ...attributeColumns(links.attributes),
  ]);
}

/**
 * Reads a batch, and makes sure of everything that its readers take for granted. The columns are views into `bytes` when those start at a
 * multiple of 8, else into a copy.
 * @throws RangeError when the bytes are not a batch of this version.
 */
export function decodeSpanBatch(bytes: Uint8Array): SpanBatch {
  const columns = new ColumnReader(WHAT, bytes);
  const { version, rows } = columns;
  if (version !== VERSION) throw new RangeError(`${WHAT} of version ${version}; this program reads version ${VERSION}`);
  const origins = decodeOrigins(columns.octets());
  const rowOrigins = columns.words(rows);
  for (const origin of rowOrigins) {
    if (origin >= origins.length) throw new RangeError(`a ${WHAT} of ${origins.length} origins has a row of origin ${origin}`);
  }
  const batch: SpanBatch = {
    rows,
    origins,
    rowOrigins,
    traceIds: columns.octets(rows * 16),
    spanIds: columns.octets(rows * 8),
    parentSpanIds: columns.octets(rows * 8),
    starts: columns.signed(rows),
    durations: columns.unsigned(rows),
    kinds: columns.octets(rows),
    statusCodes: columns.octets(rows),
    flags: columns.words(rows),
    names: texts(columns, rows),
    statusMessages: texts(columns, rows),
    traceStates: texts(columns, rows),
    dropped: optionalWords(columns, rows * 3),
    attributes: decodeAttributes(columns, rows),
    events: decodeEvents(columns, rows),
    links: decodeLinks(columns, rows),
  };
  columns.end();
  for (const kind of batch.kinds) if (kind > 5) throw new RangeError(`a ${WHAT} has the span kind ${kind}`);
  for (const status of batch.statusCodes) if (status > 2) throw new RangeError(`a ${WHAT} has the status code ${status}`);
  return batch;
}

function decodeEvents(columns: ColumnReader, rows: number): SpanEvents {
  const counts = columns.words(rows);
  const total = sum(counts);
  return { counts, times: columns.signed(total), names: texts(columns, total), attributes: decodeAttributes(columns, total) };
}

function decodeLinks(columns: ColumnReader, rows: number): SpanLinks {
  const counts = columns.words(rows);
  const total = sum(counts);
  return {
    counts,
    traceIds: columns.octets(total * 16),
    spanIds: columns.octets(total * 8),
    traceStates: texts(columns, total),
    attributes: decodeAttributes(columns, total),
  };
}

function decodeAttributes(columns: ColumnReader, things: number): AttributeColumns {
  const counts = columns.words(things);
  const total = sum(counts);
  const types = columns.octets(total);
  for (const type of types) if (!TYPES.has(type)) throw new RangeError(`a ${WHAT} has an attribute of type ${type}`);
  return { counts, types, names: texts(columns, total), values: texts(columns, total) };
}

const TYPES: ReadonlySet<number> = new Set(Object.values(ATTRIBUTE_TYPE));

/** A column of packed texts. */
function texts(columns: ColumnReader, count: number): Uint8Array {
  const column = columns.octets();
  checkTexts(column, count, WHAT);
  return column;
}

/** A column that is left out when all of it is 0. */
function optionalWords(columns: ColumnReader, elements: number): Uint32Array {
  const column = columns.octets();
  if (column.length !== 0 && column.length !== elements * 4) {
    throw new RangeError(`a ${WHAT} has a column of ${column.length} bytes instead of ${elements * 4}, or none`);
  }
  return new Uint32Array(column.buffer, column.byteOffset, column.length / 4);
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

function decodeOrigins(bytes: Uint8Array): SpanOrigin[] {
  let origins: unknown;
  try {
    origins = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new RangeError(`a ${WHAT}'s origins are no JSON: ${String(error)}`, { cause: error });
  }
  if (!Array.isArray(origins) || !origins.every(isOrigin)) throw new RangeError(`a ${WHAT}'s origins are no list of origins`);
  return origins as SpanOrigin[];
}

function isOrigin(origin: unknown): boolean {
  if (typeof origin !== 'object' || origin === null) return false;
  const { resource, scope, ...rest } = origin as Record<string, unknown>;
  const texts = ['serviceName', 'resourceSchemaUrl', 'scopeSchemaUrl', 'scopeName', 'scopeVersion'];
  const numbers = ['resourceDropped', 'scopeDropped'];
  return (
    texts.every((name) => typeof rest[name] === 'string') &&
    numbers.every((name) => Number.isSafeInteger(rest[name])) &&
    isAttributeList(resource) &&
    isAttributeList(scope)
  );
}

function isAttributeList(list: unknown): boolean {
  if (typeof list !== 'object' || list === null) return false;
  const { names, values, types } = list as Record<string, unknown>;
  if (!Array.isArray(names) || !Array.isArray(values) || typeof types !== 'string') return false;
  if (names.length !== values.length || names.length !== types.length) return false;
  return [...names, ...values].every((text) => typeof text === 'string');
}
