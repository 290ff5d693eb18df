/**
 * Log batches: the lines of one request, read or collection as columns, and the bytes they travel as.
 *
 * Layout of the bytes, little-endian, every column at a multiple of 8 so that it can be viewed in place:
 *
 *     0  u32 version (1)            20  u32 bytes of bodies
 *     4  u32 number of rows         24  u32 bytes of trace ids
 *     8  u32 number of origins      28  u32 bytes of span ids
 *    12  u32 bytes of labels        32  u32 bytes of severity texts
 *    16  u32 bytes of details       36  u32 number of attributes
 *                                   40  u32 bytes of attribute names
 *                                   44  u32 bytes of attribute values
 *                                   48  u32 flags (1: repetitions are dropped)
 *                                   52  u32 bytes of the note
 *    56  stream fingerprints        u64 × origins
 *        label ends                 u32 × origins    end of each label set within the label bytes
 *        labels                     canonical label sets one after the other
 *        details                    JSON: [null or {…}, …], one for each origin
 *        row origins                u32 × rows
 *        timestamps                 i64 × rows       nanoseconds since the epoch
 *        levels                     u8 × rows        place in LOG_LEVELS
 *        severity numbers           u8 × rows        as OTLP counts them, 0 where nobody said
 *        trace flags                u8 × rows
 *        bodies, trace ids, span ids, severity texts   packed texts × rows
 *        attribute counts           u32 × rows
 *        attribute names, values    packed texts × attributes, row by row
 *        note                       of the receiver that wrote the batch; no other reader looks into it
 *
 * Packed texts are what ClickHouse's Native format is made of: each text's length in bytes as LEB128, then its bytes. A block for the
 * store is therefore a concatenation of columns. Texts are UTF-8; a body may hold any bytes.
 */

import type { LogLevel } from '@atalaya/model';
import { checkTexts } from './packed-texts.ts';
import { padded } from './segment-format.ts';

/** What all lines of an origin share: their stream, and of OTLP the resource and the scope. */
export interface LogOrigins {
  readonly count: number;
  /** Two words (low, high) per origin: the fingerprint of the stream's canonical label set. Several origins may share a stream. */
  readonly fingerprints: Uint32Array;
  /** `ends[i]` is where the canonical label set of origin `i` ends in `labels`; it starts at `ends[i - 1]`, or 0. */
  readonly ends: Uint32Array;
  readonly labels: Uint8Array;
  readonly details: readonly (LogOriginDetails | null)[];
}

/** What OTLP says of a line besides the line: names of attributes as they came. Values are texts, lists and maps as JSON. */
export interface LogOriginDetails {
  readonly serviceName: string;
  readonly resourceSchemaUrl: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly scopeSchemaUrl: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scopeAttributes: Readonly<Record<string, string>>;
}

/** One request's lines as columns. Views into one buffer: valid as long as that buffer is not written to. */
export interface LogBatch {
  readonly rows: number;
  /** Whether a line that repeats one of the last lines of its stream (time, body, attributes) is a repetition by the sender. */
  readonly repetitionsDropped: boolean;
  readonly origins: LogOrigins;
  readonly rowOrigins: Uint32Array;
  /** Nanoseconds since the epoch. */
  readonly timestamps: BigInt64Array;
  /** Places in {@link LOG_LEVELS}. */
  readonly levels: Uint8Array;
  readonly severityNumbers: Uint8Array;
  readonly traceFlags: Uint8Array;
  readonly bodies: Uint8Array;
  /** 32 lower-case hexadecimal digits each, or nothing. */
  readonly traceIds: Uint8Array;
  /** 16 lower-case hexadecimal digits each, or nothing. */
  readonly spanIds: Uint8Array;
  readonly severityTexts: Uint8Array;
  /** Attributes (structured metadata) of each row. */
  readonly attributeCounts: Uint32Array;
  readonly attributeNames: Uint8Array;
  readonly attributeValues: Uint8Array;
  /**
   * What the receiver that wrote the batch has to remember if, and only if, its lines are durable: how far it has read its sources.
   * It is in the same record, so neither survives without the other. Stores pass it over.
   */
  readonly note?: Uint8Array;
}

/** Levels that are detected, by the number that stands for them in batches and tables. Never reordered. */
export const LOG_LEVELS: readonly LogLevel[] = ['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'critical', 'fatal'];

const VERSION = 1;
const WHAT = 'log batch';
const HEADER = 56;
const REPETITIONS_DROPPED = 1;

/** Bytes of a batch in the journal. The result is freshly allocated and owned by the caller. */
export function encodeLogBatch(batch: LogBatch): Uint8Array<ArrayBuffer> {
  const { origins } = batch;
  const details = new TextEncoder().encode(JSON.stringify(origins.details));
  const labelBytes = origins.count === 0 ? 0 : (origins.ends[origins.count - 1] as number);
  const attributes = batch.attributeCounts.reduce((sum, count) => sum + count, 0);
  const header: Header = [
    VERSION,
    batch.rows,
    origins.count,
    labelBytes,
    details.length,
    batch.bodies.length,
    batch.traceIds.length,
    batch.spanIds.length,
    batch.severityTexts.length,
    attributes,
    batch.attributeNames.length,
    batch.attributeValues.length,
    batch.repetitionsDropped ? REPETITIONS_DROPPED : 0,
    batch.note?.length ?? 0,
  ];
  const bytes = new Uint8Array(totalBytes(header));
  new Uint32Array(bytes.buffer, 0, header.length).set(header);
  let at = HEADER;
  const put = (column: Uint32Array | BigInt64Array | Uint8Array): void => {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += padded(column.byteLength);
  };
  put(origins.fingerprints.subarray(0, origins.count * 2));
  put(origins.ends.subarray(0, origins.count));
  put(origins.labels.subarray(0, labelBytes));
  put(details);
  put(batch.rowOrigins);
  put(batch.timestamps);
  put(batch.levels);
  put(batch.severityNumbers);
  put(batch.traceFlags);
  put(batch.bodies);
  put(batch.traceIds);
  put(batch.spanIds);
  put(batch.severityTexts);
  put(batch.attributeCounts);
  put(batch.attributeNames);
  put(batch.attributeValues);
  if (batch.note !== undefined) put(batch.note);
  return bytes;
}

/**
 * Reads a batch, and makes sure of everything that its readers take for granted. The columns are views into `bytes` when those start at a
 * multiple of 8, else into a copy.
 * @throws RangeError when the bytes are not a batch of this version.
 */
export function decodeLogBatch(bytes: Uint8Array): LogBatch {
  const source = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  if (source.length < HEADER) throw new RangeError(`a log batch has at least ${HEADER} bytes, these are ${source.length}`);
  const header = new Uint32Array(source.buffer, source.byteOffset, HEADER / 4) as unknown as Header;
  const [
    version,
    rows,
    originCount,
    labelBytes,
    detailBytes,
    bodies,
    traceIds,
    spanIds,
    severities,
    attributes,
    names,
    values,
    flags,
    note,
  ] = header;
  if (version !== VERSION) throw new RangeError(`log batch of version ${version}; this program reads version ${VERSION}`);
  const expected = totalBytes(header);
  if (expected !== source.length) throw new RangeError(`a log batch of ${expected} bytes arrived as ${source.length}`);
  let at = source.byteOffset + HEADER;
  const take = (length: number): number => {
    const start = at;
    at += padded(length);
    return start;
  };
  const buffer = source.buffer as ArrayBuffer;
  const words = (count: number): Uint32Array => new Uint32Array(buffer, take(count * 4), count);
  const octets = (count: number): Uint8Array => new Uint8Array(buffer, take(count), count);
  const fingerprints = words(originCount * 2);
  const ends = words(originCount);
  const labels = octets(labelBytes);
  const details = decodeDetails(octets(detailBytes), originCount);
  checkEnds(ends, labelBytes);
  const batch: LogBatch = {
    rows,
    repetitionsDropped: (flags & REPETITIONS_DROPPED) !== 0,
    origins: { count: originCount, fingerprints, ends, labels, details },
    rowOrigins: words(rows),
    timestamps: new BigInt64Array(buffer, take(rows * 8), rows),
    levels: octets(rows),
    severityNumbers: octets(rows),
    traceFlags: octets(rows),
    bodies: octets(bodies),
    traceIds: octets(traceIds),
    spanIds: octets(spanIds),
    severityTexts: octets(severities),
    attributeCounts: words(rows),
    attributeNames: octets(names),
    attributeValues: octets(values),
    ...(note === 0 ? {} : { note: octets(note) }),
  };
  for (const origin of batch.rowOrigins) {
    if (origin >= originCount) throw new RangeError(`a log batch of ${originCount} origins has a row of origin ${origin}`);
  }
  for (const level of batch.levels) if (level >= LOG_LEVELS.length) throw new RangeError(`a log batch has the level ${level}`);
  let sum = 0;
  for (const count of batch.attributeCounts) sum += count;
  if (sum !== attributes) throw new RangeError(`a log batch claims ${attributes} attributes, its rows have ${sum}`);
  for (const column of [batch.bodies, batch.traceIds, batch.spanIds, batch.severityTexts]) checkTexts(column, rows, WHAT);
  checkTexts(batch.attributeNames, attributes, WHAT);
  checkTexts(batch.attributeValues, attributes, WHAT);
  return batch;
}

/**
 * The note of a batch, without reading the rest of it; undefined when it has none. A view into `bytes`.
 * @throws RangeError when the bytes are not a batch of this version.
 */
export function logBatchNote(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < HEADER) throw new RangeError(`a log batch has at least ${HEADER} bytes, these are ${bytes.length}`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const version = header.getUint32(0, true);
  if (version !== VERSION) throw new RangeError(`log batch of version ${version}; this program reads version ${VERSION}`);
  const length = header.getUint32(HEADER - 4, true);
  const start = bytes.length - padded(length);
  if (start < HEADER) throw new RangeError(`a log batch of ${bytes.length} bytes has a note of ${length}`);
  return length === 0 ? undefined : bytes.subarray(start, start + length);
}

/** The numbers of the header, in their order. */
type Header = [
  version: number,
  rows: number,
  origins: number,
  labelBytes: number,
  detailBytes: number,
  bodies: number,
  traceIds: number,
  spanIds: number,
  severities: number,
  attributes: number,
  names: number,
  values: number,
  flags: number,
  note: number,
];

/** Bytes of the batch that begins with this header. */
function totalBytes(header: Header): number {
  const [, rows, origins, labels, details, bodies, traceIds, spanIds, severities, , names, values, , note] = header;
  const ofOrigins = origins * 8 + padded(origins * 4) + padded(labels) + padded(details);
  const ofRows = padded(rows * 4) * 2 + rows * 8 + padded(rows) * 3;
  const texts = [bodies, traceIds, spanIds, severities, names, values, note].reduce((sum, length) => sum + padded(length), 0);
  return HEADER + ofOrigins + ofRows + texts;
}

function checkEnds(ends: Uint32Array, bytes: number): void {
  let last = 0;
  for (const end of ends) {
    if (end < last) throw new RangeError(`a log batch's label sets end at ${last}, then at ${end}`);
    last = end;
  }
  if (last !== bytes) throw new RangeError(`a log batch's label sets end at ${last}, their bytes at ${bytes}`);
}

function decodeDetails(bytes: Uint8Array, count: number): (LogOriginDetails | null)[] {
  let details: unknown;
  try {
    details = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new RangeError(`a log batch's details are no JSON: ${String(error)}`, { cause: error });
  }
  if (!Array.isArray(details) || details.length !== count) throw new RangeError(`a log batch's details are no list of ${count}`);
  return details as (LogOriginDetails | null)[];
}
