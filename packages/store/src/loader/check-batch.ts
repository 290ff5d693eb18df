/** Reads a journal record as a metric batch and makes sure of everything that the store takes for granted. */

import { decodeMetricBatch, type JournalRecord, type MetricBatch } from '@atalaya/journal';
import { decodeNativeHistogram } from '@atalaya/model';
import { checkLabelSets } from './check-labels.ts';

/** The batch in a record. @throws RangeError, SyntaxError or TypeError when there is none. */
export function readBatch(record: JournalRecord): MetricBatch {
  const batch = decodeMetricBatch(record.payload);
  checkLabelSets(batch.series, 'series');
  checkHistograms(batch);
  for (const entry of batch.metadata) {
    if (!Array.isArray(entry) || entry.length !== 4 || !entry.every((text) => typeof text === 'string')) {
      throw new TypeError('metadata is not a list of [name, type, help, unit]');
    }
  }
  return batch;
}

/** One that cannot be read would fail every query that meets it. */
function checkHistograms({ histograms }: MetricBatch): void {
  if (histograms === undefined) return;
  const { count, ends, bytes } = histograms;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i++) decodeNativeHistogram(bytes, view, i === 0 ? 0 : (ends[i - 1] as number), ends[i] as number);
}
