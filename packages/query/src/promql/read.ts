/** Reading: fetches what was planned, each distinct request once, and brings series into one order. */

import { AtalayaError, type CancelSignal, compareLabels, isStaleAt, type Labels } from '@atalaya/model';
import type { SampleReader, SeriesSet } from '../reader.ts';
import { type QueryLimits, samplesLimit } from './context.ts';
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
    samplesRead += set.timestamps.length;
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
    if (read.dropStale && !clean.has(key)) clean.set(key, withoutStaleMarkers(columns));
    byNode.set(read.reads, (read.dropStale ? clean.get(key) : columns) as SampleColumns);
  }
  return { byNode, seriesRead, samplesRead, warnings };
}

/** Series without samples left out, the others ordered by labels: what comes out of a query then never depends on the reader. */
function inOrder({ labels, offsets, timestamps, values }: SeriesSet): SampleColumns {
  const order: number[] = [];
  for (let i = 0; i < labels.length; i++) if (offsets[i + 1]! > offsets[i]!) order.push(i);
  order.sort((a, b) => compareLabels(labels[a] as Labels, labels[b] as Labels));
  const starts = new Uint32Array(order.length);
  const ends = new Uint32Array(order.length);
  for (const [place, series] of order.entries()) {
    starts[place] = offsets[series]!;
    ends[place] = offsets[series + 1]!;
  }
  return { labels: order.map((series) => labels[series] as Labels), starts, ends, timestamps, values };
}

/** The columns without stale markers; the same object where there are none. */
export function withoutStaleMarkers(columns: SampleColumns): SampleColumns {
  const { labels, starts, ends, timestamps, values } = columns;
  if (!mayHoldNaN(values)) return columns;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let found = false;
  for (let i = 0; i < values.length && !found; i++) found = isStaleAt(words, i);
  if (!found) return columns;
  const newStarts = new Uint32Array(labels.length);
  const newEnds = new Uint32Array(labels.length);
  const newTimestamps = new Float64Array(values.length);
  const newValues = new Float64Array(values.length);
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
  return { labels, starts: newStarts, ends: newEnds, timestamps: newTimestamps, values: newValues };
}

/** Whether any of the numbers may be NaN: then a sum of them is. Four sums side by side, because each addition waits for the one before. */
function mayHoldNaN(numbers: Float64Array): boolean {
  const { length } = numbers;
  const whole = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += numbers[i]!;
    b += numbers[i + 1]!;
    c += numbers[i + 2]!;
    d += numbers[i + 3]!;
  }
  for (let i = whole; i < length; i++) a += numbers[i]!;
  return Number.isNaN(a + b + c + d);
}
