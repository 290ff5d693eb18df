/** For tests: a journal that keeps log batches, as rows that can be compared. */

import { decodeLogBatch, eachText, type Journal, LOG_LEVELS, type LogBatch, type LogOriginDetails, SIGNAL } from '@atalaya/journal';
import { type AtalayaError, decodeLabels, labelsToRecord, type LogLevel } from '@atalaya/model';

/** A line as it was journaled. */
export interface RecordedLine {
  readonly labels: Record<string, string>;
  readonly details: LogOriginDetails | null;
  readonly timestamp: bigint;
  readonly level: LogLevel;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly body: string;
  /** Names and values alternating. */
  readonly attributes: readonly string[];
}

/** Keeps what was appended; `fail` makes appends reject. */
export class RecordingLogJournal implements Pick<Journal, 'append'> {
  readonly batches: LogBatch[] = [];
  fail: AtalayaError | undefined;

  async append(signal: number, rows: number, payload: Uint8Array): Promise<void> {
    if (this.fail !== undefined) throw this.fail;
    const batch = decodeLogBatch(payload);
    if (signal !== SIGNAL.logs || rows !== batch.rows) throw new Error(`signal ${signal}, ${rows} rows, the batch has ${batch.rows}`);
    this.batches.push(batch);
  }

  /** All lines, in order. */
  get lines(): RecordedLine[] {
    return this.batches.flatMap(linesOf);
  }
}

/** The rows of a batch. */
export function linesOf(batch: LogBatch): RecordedLine[] {
  const { origins } = batch;
  const [bodies, traces, spans, severities] = [batch.bodies, batch.traceIds, batch.spanIds, batch.severityTexts].map(textsOf);
  const names = textsOf(batch.attributeNames);
  const values = textsOf(batch.attributeValues);
  let attribute = 0;
  return Array.from({ length: batch.rows }, (_, row): RecordedLine => {
    const origin = batch.rowOrigins[row] as number;
    const from = origin === 0 ? 0 : (origins.ends[origin - 1] as number);
    const attributes: string[] = [];
    for (let left = batch.attributeCounts[row] as number; left > 0; left--, attribute++) {
      attributes.push(names[attribute] as string, values[attribute] as string);
    }
    return {
      labels: { ...labelsToRecord(decodeLabels(origins.labels.subarray(from, origins.ends[origin]))) },
      details: origins.details[origin] ?? null,
      timestamp: batch.timestamps[row] as bigint,
      level: LOG_LEVELS[batch.levels[row] as number] as LogLevel,
      severityNumber: batch.severityNumbers[row] as number,
      severityText: severities?.[row] as string,
      traceId: traces?.[row] as string,
      spanId: spans?.[row] as string,
      traceFlags: batch.traceFlags[row] as number,
      body: bodies?.[row] as string,
      attributes,
    };
  });
}

function textsOf(column: Uint8Array): string[] {
  const texts: string[] = [];
  eachText(column, (start, end) => texts.push(Buffer.from(column.subarray(start, end)).toString('utf8')));
  return texts;
}
