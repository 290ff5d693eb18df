/** Turns batches of lines into the one block of an insert: columns are strung together, texts are not looked at. */

import { LOG_LEVELS, type LogBatch, type LogOriginDetails } from '@atalaya/journal';
import type { EncodedColumn, InsertBlock } from '../native/block.ts';
import type { LogRecord } from './log-record.ts';
import { keptPieces, packedEnds, packTexts } from './packed-texts.ts';

/** Lines of a record that are to be inserted. */
export interface InsertedLines {
  readonly record: LogRecord;
  /** 1 for each row that is inserted; absent: all are. */
  readonly keep: Uint8Array | undefined;
  /** How many rows that is. */
  readonly rows: number;
}

const LEVEL_TYPE = `Enum8(${LOG_LEVELS.map((level, i) => `'${level}' = ${i}`).join(', ')})`;
const MAP_TYPE = 'Map(String, String)';

/** The lines as rows of `otel_logs`. Columns that are empty in all of them are left to their defaults. */
export function logBlock(parts: readonly InsertedLines[]): InsertBlock {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns: Record<string, EncodedColumn> = {
    Timestamp: fixed('DateTime64(9)', parts, ({ timestamps }) => timestamps),
    Body: encoded(
      'String',
      parts.flatMap((part) => texts(part, part.record.batch.bodies)),
    ),
    LogAttributes: attributeColumn(parts, rows),
    StreamId: encoded('UInt64', [streamIds(parts, rows)]),
    DetectedLevel: fixed(LEVEL_TYPE, parts, ({ levels }) => levels),
    SeverityNumber: fixed('UInt8', parts, ({ severityNumbers }) => severityNumbers),
    TraceFlags: fixed('UInt8', parts, ({ traceFlags }) => traceFlags),
    Batch: encoded('UInt64', [batchKeys(parts, rows)]),
    IsOtlp: encoded('Bool', [otlpMarks(parts, rows)]),
  };
  const optional = { TraceId: 'traceIds', SpanId: 'spanIds', SeverityText: 'severityTexts' } as const;
  for (const [name, source] of Object.entries(optional)) {
    // An empty text is one byte.
    if (parts.every(({ record: { batch } }) => batch[source].length === batch.rows)) continue;
    columns[name] = encoded(
      'String',
      parts.flatMap((part) => texts(part, part.record.batch[source])),
    );
  }
  if (parts.some(({ record }) => record.batch.origins.details.some((details) => details !== null))) addDetails(columns, parts, rows);
  return { rows, columns };
}

function encoded(type: string, pieces: readonly ArrayBufferView[]): EncodedColumn {
  return { kind: 'encoded', type, pieces };
}

/** A column of numbers. */
function fixed(type: string, parts: readonly InsertedLines[], of: (batch: LogBatch) => Uint8Array | BigInt64Array): EncodedColumn {
  return encoded(
    type,
    parts.map(({ record, keep }) => {
      const values = of(record.batch);
      return keep === undefined ? values : values.filter((_: number | bigint, row: number) => keep[row] === 1);
    }),
  );
}

/** A column of one text a row. */
function texts({ record, keep }: InsertedLines, column: Uint8Array): Uint8Array[] {
  return keep === undefined ? [column] : keptPieces(column, packedEnds(column, record.batch.rows), keep);
}

function attributeColumn(parts: readonly InsertedLines[], rows: number): EncodedColumn {
  const offsets = new Uint32Array(rows * 2);
  const names: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  let row = 0;
  let total = 0;
  for (const { record, keep } of parts) {
    const { attributeCounts, attributeNames, attributeValues } = record.batch;
    for (let i = 0; i < attributeCounts.length; i++) {
      if (keep !== undefined && keep[i] !== 1) continue;
      total += attributeCounts[i] as number;
      offsets[row++ * 2] = total;
    }
    if (keep === undefined) {
      names.push(attributeNames);
      values.push(attributeValues);
    } else {
      names.push(...keptPieces(attributeNames, rowEnds(attributeNames, attributeCounts), keep));
      values.push(...keptPieces(attributeValues, rowEnds(attributeValues, attributeCounts), keep));
    }
  }
  return encoded(MAP_TYPE, [offsets, ...names, ...values]);
}

/** Where the texts of each row end in a column that holds several a row. */
export function rowEnds(column: Uint8Array, counts: Uint32Array): Uint32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const ends = packedEnds(column, total);
  let at = 0;
  return counts.map((count) => {
    at += count;
    return at === 0 ? 0 : (ends[at - 1] as number);
  });
}

function streamIds(parts: readonly InsertedLines[], rows: number): Uint32Array {
  const ids = new Uint32Array(rows * 2);
  eachRow(parts, (at, origin, { origins }) => {
    ids[at * 2] = origins.fingerprints[origin * 2] as number;
    ids[at * 2 + 1] = origins.fingerprints[origin * 2 + 1] as number;
  });
  return ids;
}

function batchKeys(parts: readonly InsertedLines[], rows: number): BigUint64Array {
  const keys = new BigUint64Array(rows);
  let at = 0;
  for (const part of parts) keys.fill(part.record.key, at, (at += part.rows));
  return keys;
}

function otlpMarks(parts: readonly InsertedLines[], rows: number): Uint8Array {
  const marks = new Uint8Array(rows);
  eachRow(parts, (at, origin, { origins }) => {
    if (origins.details[origin] !== null) marks[at] = 1;
  });
  return marks;
}

/** Tells of each row that is inserted: its place in the block, its origin, its batch. */
function eachRow(parts: readonly InsertedLines[], tell: (at: number, origin: number, batch: LogBatch) => void): void {
  let at = 0;
  for (const { record, keep } of parts) {
    const { batch } = record;
    for (let row = 0; row < batch.rows; row++) {
      if (keep === undefined || keep[row] === 1) tell(at++, batch.rowOrigins[row] as number, batch);
    }
  }
}

const NO_DETAILS: LogOriginDetails = {
  serviceName: '',
  resourceSchemaUrl: '',
  resourceAttributes: {},
  scopeSchemaUrl: '',
  scopeName: '',
  scopeVersion: '',
  scopeAttributes: {},
};

/** Adds the columns in which each row repeats what its origin says. */
function addDetails(columns: Record<string, EncodedColumn>, parts: readonly InsertedLines[], rows: number): void {
  const each = (of: (details: LogOriginDetails) => readonly string[]): Uint8Array => repeated(parts, (details) => packTexts(of(details)));
  const text = (of: (details: LogOriginDetails) => string): EncodedColumn => encoded('String', [each((details) => [of(details)])]);
  columns['ServiceName'] = text(({ serviceName }) => serviceName);
  columns['ResourceSchemaUrl'] = text(({ resourceSchemaUrl }) => resourceSchemaUrl);
  columns['ScopeSchemaUrl'] = text(({ scopeSchemaUrl }) => scopeSchemaUrl);
  columns['ScopeName'] = text(({ scopeName }) => scopeName);
  columns['ScopeVersion'] = text(({ scopeVersion }) => scopeVersion);
  for (const [name, source] of [
    ['ResourceAttributes', 'resourceAttributes'],
    ['ScopeAttributes', 'scopeAttributes'],
  ] as const) {
    const offsets = new Uint32Array(rows * 2);
    const counts = new Map(
      parts.map(({ record: { batch } }) => [
        batch,
        batch.origins.details.map((details) => (details === null ? 0 : Object.keys(details[source]).length)),
      ]),
    );
    let total = 0;
    eachRow(parts, (at, origin, batch) => {
      total += counts.get(batch)?.[origin] ?? 0;
      offsets[at * 2] = total;
    });
    const keys = each((details) => Object.keys(details[source]));
    const values = each((details) => Object.values(details[source]));
    columns[name] = encoded(MAP_TYPE, [offsets, keys, values]);
  }
}

/** For each row the bytes of its origin. */
function repeated(parts: readonly InsertedLines[], of: (details: LogOriginDetails) => Uint8Array): Uint8Array {
  const made = new Map(parts.map(({ record: { batch } }) => [batch, batch.origins.details.map((details) => of(details ?? NO_DETAILS))]));
  let length = 0;
  eachRow(parts, (_at, origin, batch) => (length += made.get(batch)?.[origin]?.length ?? 0));
  const bytes = new Uint8Array(length);
  let target = 0;
  eachRow(parts, (_at, origin, batch) => {
    const source = made.get(batch)?.[origin] as Uint8Array;
    // What origins say is short: a loop beats the call of a typed-array copy.
    for (let i = 0; i < source.length; i++) bytes[target++] = source[i] as number;
  });
  return bytes;
}
