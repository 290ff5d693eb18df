/** Reads a journal record as a metric batch and makes sure of everything that the store takes for granted. */

import { decodeMetricBatch, type JournalRecord, type MetricBatch } from '@atalaya/journal';
import { decodeNativeHistogram, LABEL_SEPARATOR } from '@atalaya/model';

/** The batch in a record. @throws RangeError, SyntaxError or TypeError when there is none. */
export function readBatch(record: JournalRecord): MetricBatch {
  const batch = decodeMetricBatch(record.payload);
  checkSeries(batch);
  checkHistograms(batch);
  for (const entry of batch.metadata) {
    if (!Array.isArray(entry) || entry.length !== 4 || !entry.every((text) => typeof text === 'string')) {
      throw new TypeError('metadata is not a list of [name, type, help, unit]');
    }
  }
  return batch;
}

function checkSeries({ series }: MetricBatch): void {
  let start = 0;
  for (let i = 0; i < series.count; i++) {
    const end = series.ends[i] as number;
    if (end < start || end > series.labels.length) throw new RangeError(`the labels of series ${i} end at ${end}, out of bounds`);
    let separators = 0;
    for (let at = start; at < end; at++) if (series.labels[at] === LABEL_SEPARATOR) separators++;
    if (separators % 2 !== 0 || (end > start && series.labels[end - 1] !== LABEL_SEPARATOR)) {
      throw new RangeError(`the labels of series ${i} are not in canonical form`);
    }
    start = end;
  }
}

/** One that cannot be read would fail every query that meets it. */
function checkHistograms({ histograms }: MetricBatch): void {
  if (histograms === undefined) return;
  const { count, ends, bytes } = histograms;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i++) decodeNativeHistogram(bytes, view, i === 0 ? 0 : (ends[i - 1] as number), ends[i] as number);
}
