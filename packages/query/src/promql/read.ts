/** Reading: fetches what was planned, each distinct request once, and brings series into one order. */

import { AtalayaError, type CancelSignal, isStaleAt, type Labels } from '@atalaya/model';
import { type SampleReader, SERIES_FLAG, type SeriesSet } from '../reader.ts';
import { samplesLimit } from './budget.ts';
import type { QueryLimits } from './context.ts';
import { orderLabels } from './derived-labels.ts';
import { detectingResets, pickHistograms, withHistograms, withoutStaleHistograms } from './histogram/columns.ts';
import type { PlannedRead, ReadingNode } from './plan.ts';
import type { SampleColumns } from './value.ts';

/** What was read for a query. */
export interface ReadResult {
  readonly byNode: ReadonlyMap<ReadingNode, SampleColumns>;
  readonly seriesRead: number;
  readonly samplesRead: number;
  /** What the readers had to say about gaps. */
  readonly warnings: readonly string[];
}

/** Fetches every planned read. @throws AtalayaError QUERY_LIMIT, QUERY_CANCELED, or what the reader rejects with. */
export async function readAll(
  reader: SampleReader,
  planned: readonly PlannedRead[],
  limits: QueryLimits,
  signal: CancelSignal,
): Promise<ReadResult> {
  const requests = new Map<string, PlannedRead>();
  const keyOf = ({ request }: PlannedRead): string => JSON.stringify([request.start, request.end, request.matchers]);
  for (const read of planned) requests.set(keyOf(read), read);
  const fetched = new Map<string, SeriesSet>();
  await Promise.all(
    [...requests].map(async ([key, { request }]) => {
      fetched.set(key, await reader.select(request, { series: limits.series, samples: limits.samples }, signal));
    }),
  );
  if (signal.aborted) throw new AtalayaError('QUERY_CANCELED', { phase: 'reading samples' });

  let seriesRead = 0;
  let samplesRead = 0;
  const warnings: string[] = [];
  for (const set of fetched.values()) {
    warnings.push(...(set.warnings ?? []));
    seriesRead += set.labels.length;
    for (let i = 0; i < set.labels.length; i++) samplesRead += set.ends[i]! - set.starts[i]!;
    const { starts, ends } = set.histograms ?? NONE;
    for (let i = 0; i < starts.length; i++) samplesRead += ends[i]! - starts[i]!;
    if (set.labels.length > limits.series) {
      const reason = `a selector matches ${set.labels.length} series; narrow it, or raise query.series`;
      throw new AtalayaError('QUERY_LIMIT', { setting: 'query.series', limit: limits.series, reason });
    }
  }
  if (samplesRead > limits.samples) throw samplesLimit(limits, `${samplesRead} samples were read`);

  const plain = new Map<string, SampleColumns>();
  const clean = new Map<string, SampleColumns>();
  const byNode = new Map<ReadingNode, SampleColumns>();
  for (const read of planned) {
    const key = keyOf(read);
    const columns = plain.get(key) ?? inOrder(fetched.get(key) as SeriesSet);
    plain.set(key, columns);
    if (read.dropStale && !clean.has(key)) clean.set(key, withoutStale(columns));
    const wanted = (read.dropStale ? clean.get(key) : columns) as SampleColumns;
    byNode.set(read.reads, read.statsOnly ? detectingResets(wanted) : wanted);
  }
  return { byNode, seriesRead, samplesRead, warnings };
}

/** Series without samples left out, the others ordered by labels: what comes out of a query then never depends on the reader. */
function inOrder({ labels: given, starts, ends, timestamps, values, flags, histograms }: SeriesSet): SampleColumns {
  const all = orderLabels(given);
  let { labels, order } = all;
  const { starts: firsts, ends: lasts } = histograms ?? NONE;
  const isEmpty = (series: number): boolean => starts[series] === ends[series] && firsts[series] === lasts[series];
  if (order.some(isEmpty)) {
    order = order.filter((series) => !isEmpty(series));
    labels = Array.from(order, (series) => given[series] as Labels);
  }
  const columns: SampleColumns = {
    labels,
    starts: order.map((series) => starts[series]!),
    ends: order.map((series) => ends[series]!),
    timestamps,
    values,
    flags: Uint8Array.from(order, (series) => flags?.[series] ?? UNKNOWN),
  };
  return histograms === undefined ? columns : withHistograms(columns, pickHistograms(histograms, [...order]));
}

const NONE = { starts: new Uint32Array(0), ends: new Uint32Array(0) };

const UNKNOWN = SERIES_FLAG.mayHoldStale | SERIES_FLAG.mayDecrease;

/** Floats and histograms without stale markers. */
function withoutStale(columns: SampleColumns): SampleColumns {
  const clean = withoutStaleMarkers(columns);
  return columns.histograms === undefined ? clean : { ...clean, histograms: withoutStaleHistograms(columns.histograms) };
}

/** The float columns without stale markers; the same object where there are none. Series that hold some get columns of their own. */
export function withoutStaleMarkers(columns: SampleColumns): SampleColumns {
  const { labels, starts, ends, timestamps, values, flags } = columns;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const hold = (series: number): boolean => {
    if ((flags[series]! & SERIES_FLAG.mayHoldStale) === 0 || !mayHoldNaN(values, starts[series]!, ends[series]!)) return false;
    for (let i = starts[series]!; i < ends[series]!; i++) if (isStaleAt(words, i)) return true;
    return false;
  };
  let found = false;
  for (let series = 0; series < labels.length && !found; series++) found = hold(series);
  if (!found) return columns;
  let total = 0;
  for (let series = 0; series < labels.length; series++) total += ends[series]! - starts[series]!;
  const newStarts = new Uint32Array(labels.length);
  const newEnds = new Uint32Array(labels.length);
  const newTimestamps = new Float64Array(total);
  const newValues = new Float64Array(total);
  let at = 0;
  for (let series = 0; series < labels.length; series++) {
    newStarts[series] = at;
    for (let i = starts[series]!; i < ends[series]!; i++) {
      if (isStaleAt(words, i)) continue;
      newTimestamps[at] = timestamps[i]!;
      newValues[at] = values[i]!;
      at++;
    }
    newEnds[series] = at;
  }
  return { labels, starts: newStarts, ends: newEnds, timestamps: newTimestamps, values: newValues, flags };
}

/** Whether any of the numbers may be NaN: then a sum of them is. Four sums side by side, because each addition waits for the one before. */
function mayHoldNaN(numbers: Float64Array, start: number, end: number): boolean {
  const whole = end - ((end - start) % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = start; i < whole; i += 4) {
    a += numbers[i]!;
    b += numbers[i + 1]!;
    c += numbers[i + 2]!;
    d += numbers[i + 3]!;
  }
  for (let i = whole; i < end; i++) a += numbers[i]!;
  return Number.isNaN(a + b + c + d);
}
