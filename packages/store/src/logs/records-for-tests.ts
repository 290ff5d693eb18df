/** Makes journal records of log lines for tests. */

import { encodeLogBatch, type JournalRecord, LOG_LEVELS, type LogOriginDetails, SIGNAL } from '@atalaya/journal';
import { encodeLabels, type Hash64, hashBytes, type LogLevel, labelsOf } from '@atalaya/model';
import { type LogRecord, readLogRecord } from './log-record.ts';
import { packTexts } from './packed-texts.ts';

/** A line; what is left out is empty. */
export interface TestLine {
  readonly labels: Readonly<Record<string, string>>;
  readonly details?: LogOriginDetails;
  /** Nanoseconds since the epoch. */
  readonly at: bigint;
  readonly text: string | Uint8Array;
  readonly attributes?: readonly string[];
  readonly level?: LogLevel;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly traceFlags?: number;
  readonly severityText?: string;
  readonly severityNumber?: number;
  /** Instead of the hash of the labels. */
  readonly fingerprint?: readonly [number, number];
}

/** How the record was received. */
export interface TestRecordOptions {
  readonly batchId?: number;
  readonly appendedAt?: number;
  readonly repetitionsDropped?: boolean;
}

let lastBatchId = 1000;

/** A record with these lines, as the journal's reader gives it. */
export function journalRecordOf(lines: readonly TestLine[], options: TestRecordOptions = {}): JournalRecord {
  const { batchId = ++lastBatchId, appendedAt = 0, repetitionsDropped = false } = options;
  const origins = new Map<string, { index: number; line: TestLine; form: Uint8Array }>();
  const originOf = (line: TestLine): number => {
    const key = JSON.stringify([line.labels, line.details ?? null]);
    let origin = origins.get(key);
    if (origin === undefined) origins.set(key, (origin = { index: origins.size, line, form: encodeLabels(labelsOf(line.labels)) }));
    return origin.index;
  };
  const rowOrigins = Uint32Array.from(lines, originOf);
  const all = [...origins.values()];
  const hash: Hash64 = { low: 0, high: 0 };
  let end = 0;
  const payload = encodeLogBatch({
    rows: lines.length,
    repetitionsDropped,
    origins: {
      count: all.length,
      fingerprints: Uint32Array.from(
        all.flatMap(({ line, form }) => {
          hashBytes(form, 0, form.length, 0, hash);
          return line.fingerprint ?? [hash.low, hash.high];
        }),
      ),
      ends: Uint32Array.from(all, ({ form }) => (end += form.length)),
      labels: Buffer.concat(all.map(({ form }) => form)),
      details: all.map(({ line }) => line.details ?? null),
    },
    rowOrigins,
    timestamps: BigInt64Array.from(lines, ({ at }) => at),
    levels: Uint8Array.from(lines, ({ level = 'unknown' }) => LOG_LEVELS.indexOf(level)),
    severityNumbers: Uint8Array.from(lines, ({ severityNumber = 0 }) => severityNumber),
    traceFlags: Uint8Array.from(lines, ({ traceFlags = 0 }) => traceFlags),
    bodies: packBytes(lines.map(({ text }) => (typeof text === 'string' ? Buffer.from(text) : text))),
    traceIds: packTexts(lines.map(({ traceId = '' }) => traceId)),
    spanIds: packTexts(lines.map(({ spanId = '' }) => spanId)),
    severityTexts: packTexts(lines.map(({ severityText = '' }) => severityText)),
    attributeCounts: Uint32Array.from(lines, ({ attributes = [] }) => attributes.length / 2),
    attributeNames: packTexts(lines.flatMap(({ attributes = [] }) => attributes.filter((_, i) => i % 2 === 0))),
    attributeValues: packTexts(lines.flatMap(({ attributes = [] }) => attributes.filter((_, i) => i % 2 === 1))),
  });
  return { signal: SIGNAL.logs, batchId, rows: lines.length, appendedAt, payload, end: { segment: 1, offset: batchId } };
}

/** The same as the store takes it. */
export function logRecordOf(lines: readonly TestLine[], options: TestRecordOptions = {}): LogRecord {
  return readLogRecord(journalRecordOf(lines, options));
}

function packBytes(texts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((text) => {
      const length: number[] = [];
      let rest = text.length;
      for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
      return [Buffer.from([...length, rest]), text];
    }),
  );
}
