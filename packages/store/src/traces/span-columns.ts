/** Turns batches of spans into the one block of an insert: columns are strung together, texts are not looked at. */

import type { AttributeColumns, AttributeList, SpanBatch, SpanOrigin } from '@atalaya/journal';
import { ATTRIBUTE_TYPE } from '@atalaya/model';
import { packTexts } from '../logs/packed-texts.ts';
import type { EncodedColumn, InsertBlock } from '../native/block.ts';
import { packedHex, packedHexOrNothing } from './hex-column.ts';
import { enumType, SPAN_KINDS, SPAN_STATES } from './kinds.ts';
import type { SpanRecord } from './span-record.ts';

type Columns = Record<string, EncodedColumn>;

const KIND_TYPE = enumType(SPAN_KINDS);
const STATUS_TYPE = enumType(SPAN_STATES);
const MAP_TYPE = 'Map(String, String)';

/** The spans as rows of `otel_traces`. Columns that are empty in all of them are left to their defaults. */
export function spanBlock(records: readonly SpanRecord[]): InsertBlock {
  const batches = records.map(({ batch }) => batch);
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const columns: Columns = {
    Timestamp: plain('DateTime64(9)', batches, ({ starts }) => starts),
    TraceId: packedHex(
      batches.map(({ traceIds }) => traceIds),
      16,
    ),
    SpanId: packedHex(
      batches.map(({ spanIds }) => spanIds),
      8,
    ),
    ParentSpanId: packedHexOrNothing(
      batches.map(({ parentSpanIds }) => parentSpanIds),
      8,
    ),
    SpanName: plain('String', batches, ({ names }) => names),
    SpanKind: plain(KIND_TYPE, batches, ({ kinds }) => kinds),
    Duration: plain('UInt64', batches, ({ durations }) => durations),
    StatusCode: plain(STATUS_TYPE, batches, ({ statusCodes }) => statusCodes),
    SpanAttributes: { kind: 'encoded', type: MAP_TYPE, pieces: mapPieces(batches.map(({ attributes }) => attributes)) },
    Batch: { kind: 'encoded', type: 'UInt64', pieces: [batchKeys(records, rows)] },
  };
  // An empty text is one byte.
  const texts = (name: string, of: (batch: SpanBatch) => Uint8Array): void => {
    if (batches.some((batch) => of(batch).length > batch.rows)) columns[name] = plain('String', batches, of);
  };
  texts('TraceState', ({ traceStates }) => traceStates);
  texts('StatusMessage', ({ statusMessages }) => statusMessages);
  if (batches.some(({ flags }) => flags.some((one) => one !== 0))) columns['TraceFlags'] = plain('UInt32', batches, ({ flags }) => flags);
  if (batches.some(({ attributes }) => !allStrings(attributes.types))) {
    columns['SpanAttributeTypes'] = { kind: 'encoded', type: 'String', pieces: batches.map(({ attributes }) => packedTypes(attributes)) };
  }
  if (batches.some(({ dropped }) => dropped.length > 0)) addDropped(columns, batches, rows);
  if (batches.some(({ events }) => events.times.length > 0)) addEvents(columns, batches);
  if (batches.some(({ links }) => links.traceIds.length > 0)) addLinks(columns, batches);
  addOrigins(columns, batches);
  return { rows, columns };
}

/** A column whose bytes are there. */
function plain(type: string, batches: readonly SpanBatch[], of: (batch: SpanBatch) => ArrayBufferView): EncodedColumn {
  return { kind: 'encoded', type, pieces: batches.map(of) };
}

/** Running totals of counts, as a column of arrays or maps begins with. */
function offsetsOf(counts: readonly Uint32Array[]): Uint32Array {
  const offsets = new Uint32Array(counts.reduce((sum, { length }) => sum + length, 0) * 2);
  let total = 0;
  let at = 0;
  for (const some of counts) {
    for (const count of some) {
      offsets[at] = total += count;
      at += 2;
    }
  }
  return offsets;
}

function mapPieces(attributes: readonly AttributeColumns[]): ArrayBufferView[] {
  return [
    offsetsOf(attributes.map(({ counts }) => counts)),
    ...attributes.map(({ names }) => names),
    ...attributes.map(({ values }) => values),
  ];
}

function batchKeys(records: readonly SpanRecord[], rows: number): BigUint64Array {
  const keys = new BigUint64Array(rows);
  let at = 0;
  for (const { key, batch } of records) keys.fill(key, at, (at += batch.rows));
  return keys;
}

function allStrings(types: Uint8Array): boolean {
  for (let i = 0; i < types.length; i++) if (types[i] !== ATTRIBUTE_TYPE.string) return false;
  return true;
}

/** Of each thing the characters of its attributes' types as a packed text; nothing where all are strings. */
function packedTypes({ counts, types }: AttributeColumns): Uint8Array {
  const bytes = new Uint8Array(types.length + counts.length * 5);
  let at = 0;
  let from = 0;
  for (const count of counts) {
    const end = from + count;
    let i = from;
    while (i < end && types[i] === ATTRIBUTE_TYPE.string) i++;
    let length = i === end ? 0 : count;
    for (; length >= 0x80; length >>>= 7) bytes[at++] = (length & 0x7f) | 0x80;
    bytes[at++] = length;
    if (i < end) for (let k = from; k < end; k++) bytes[at++] = types[k] as number;
    from = end;
  }
  return bytes.subarray(0, at);
}

function addDropped(columns: Columns, batches: readonly SpanBatch[], rows: number): void {
  for (const [place, name] of ['DroppedAttributes', 'DroppedEvents', 'DroppedLinks'].entries()) {
    const numbers = new Uint32Array(rows);
    let at = 0;
    for (const { rows: some, dropped } of batches) {
      for (let row = 0; row < some; row++) numbers[at++] = dropped[row * 3 + place] ?? 0;
    }
    if (numbers.some((number) => number !== 0)) columns[name] = { kind: 'encoded', type: 'UInt32', pieces: [numbers] };
  }
}

function addEvents(columns: Columns, batches: readonly SpanBatch[]): void {
  const events = batches.map((batch) => batch.events);
  const offsets = offsetsOf(events.map(({ counts }) => counts));
  columns['Events.Timestamp'] = arrays('DateTime64(9)', [offsets, ...events.map(({ times }) => times)]);
  columns['Events.Name'] = arrays('String', [offsets, ...events.map(({ names }) => names)]);
  addInnerAttributes(
    columns,
    'Event',
    offsets,
    events.map(({ attributes }) => attributes),
  );
}

function addLinks(columns: Columns, batches: readonly SpanBatch[]): void {
  const links = batches.map((batch) => batch.links);
  const offsets = offsetsOf(links.map(({ counts }) => counts));
  columns['Links.TraceId'] = arrays('FixedString(32)', [
    offsets,
    ...packedHex(
      links.map(({ traceIds }) => traceIds),
      16,
    ).pieces,
  ]);
  columns['Links.SpanId'] = arrays('FixedString(16)', [
    offsets,
    ...packedHex(
      links.map(({ spanIds }) => spanIds),
      8,
    ).pieces,
  ]);
  columns['Links.TraceState'] = arrays('String', [offsets, ...links.map(({ traceStates }) => traceStates)]);
  addInnerAttributes(
    columns,
    'Link',
    offsets,
    links.map(({ attributes }) => attributes),
  );
}

function arrays(element: string, pieces: readonly ArrayBufferView[]): EncodedColumn {
  return { kind: 'encoded', type: `Array(${element})`, pieces };
}

/** Attributes of events or links, and their types where not all are strings. */
function addInnerAttributes(columns: Columns, of: 'Event' | 'Link', offsets: Uint32Array, attributes: readonly AttributeColumns[]): void {
  columns[`${of}s.Attributes`] = arrays(MAP_TYPE, [offsets, ...mapPieces(attributes)]);
  if (attributes.every(({ types }) => allStrings(types))) return;
  columns[`${of}AttributeTypes`] = arrays('String', [offsets, ...attributes.map(packedTypes)]);
}

/** The columns in which each row repeats what its origin says. */
function addOrigins(columns: Columns, batches: readonly SpanBatch[]): void {
  const texts = (name: string, of: (origin: SpanOrigin) => string): void => {
    if (batches.every(({ origins }) => origins.every((origin) => of(origin) === ''))) return;
    columns[name] = { kind: 'encoded', type: 'String', pieces: [repeated(batches, (origin) => packTexts([of(origin)]))] };
  };
  const numbers = (name: string, of: (origin: SpanOrigin) => number): void => {
    if (batches.every(({ origins }) => origins.every((origin) => of(origin) === 0))) return;
    const bytesOf = (origin: SpanOrigin): Uint8Array => new Uint8Array(Uint32Array.of(Math.min(of(origin), 2 ** 32 - 1)).buffer);
    columns[name] = { kind: 'encoded', type: 'UInt32', pieces: [repeated(batches, bytesOf)] };
  };
  const attributes = (name: string, typesName: string, of: (origin: SpanOrigin) => AttributeList): void => {
    if (batches.every(({ origins }) => origins.every((origin) => of(origin).names.length === 0))) return;
    const counts = batches.map(({ origins, rowOrigins }) => {
      const each = origins.map((origin) => of(origin).names.length);
      return rowOrigins.map((origin) => each[origin] as number);
    });
    const names = repeated(batches, (origin) => packTexts(of(origin).names));
    const values = repeated(batches, (origin) => packTexts(of(origin).values));
    columns[name] = { kind: 'encoded', type: MAP_TYPE, pieces: [offsetsOf(counts), names, values] };
    texts(typesName, (origin) => (/^s*$/.test(of(origin).types) ? '' : of(origin).types));
  };
  texts('ServiceName', ({ serviceName }) => serviceName);
  texts('ResourceSchemaUrl', ({ resourceSchemaUrl }) => resourceSchemaUrl);
  attributes('ResourceAttributes', 'ResourceAttributeTypes', ({ resource }) => resource);
  numbers('ResourceDroppedAttributes', ({ resourceDropped }) => resourceDropped);
  texts('ScopeSchemaUrl', ({ scopeSchemaUrl }) => scopeSchemaUrl);
  texts('ScopeName', ({ scopeName }) => scopeName);
  texts('ScopeVersion', ({ scopeVersion }) => scopeVersion);
  attributes('ScopeAttributes', 'ScopeAttributeTypes', ({ scope }) => scope);
  numbers('ScopeDroppedAttributes', ({ scopeDropped }) => scopeDropped);
}

/** For each row the bytes of its origin. Rows of one origin mostly follow one another, and are copied as a run. */
function repeated(batches: readonly SpanBatch[], of: (origin: SpanOrigin) => Uint8Array): Uint8Array {
  const made = batches.map(({ origins }) => origins.map(of));
  let length = 0;
  batches.forEach(({ rowOrigins }, i) => {
    const lengths = (made[i] as Uint8Array[]).map((bytes) => bytes.length);
    for (const origin of rowOrigins) length += lengths[origin] as number;
  });
  const bytes = new Uint8Array(length);
  let at = 0;
  batches.forEach(({ rowOrigins }, i) => {
    for (let row = 0; row < rowOrigins.length;) {
      const origin = rowOrigins[row] as number;
      const piece = (made[i] as Uint8Array[])[origin] as Uint8Array;
      let end = row + 1;
      while (rowOrigins[end] === origin) end++;
      const target = at + piece.length * (end - row);
      bytes.set(piece, at);
      for (let done = piece.length; done > 0 && at + done < target; done *= 2)
        bytes.copyWithin(at + done, at, Math.min(at + done, target - done));
      at = target;
      row = end;
    }
  });
  return bytes;
}
