/** Reads native histograms: what the engine is asked, and how its answer becomes columns per series. */

import { AtalayaError, type CancelSignal, decodeNativeHistogram, type NativeHistogram } from '@atalaya/model';
import type { Engine, QueryLimits } from '../engine/engine.ts';
import type { SelectBounds } from '../metrics/selection.ts';
import type { RecentHistograms } from '../metrics/tail.ts';
import { numberAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { sql, uint64List } from '../sql.ts';

/** Histograms on their way: still the engine's bytes, cheap to hand to another thread. */
export interface RawHistograms {
  /** Which of the selection's series have histograms: places in its slots, ascending. */
  readonly places: Uint32Array<ArrayBuffer>;
  /** Their ids, two words (low, high) each, ascending. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** Native blocks (i, t, p), sorted by (id, time). Rows may repeat (id, time): of those the last counts. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Histograms that the engine may not have had yet; they count before those that it had. */
  readonly recent?: RecentHistograms | undefined;
}

/** Histograms as columns: those of series `i` are `[starts[i], ends[i])`. */
export interface HistogramColumns {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: NativeHistogram[];
}

/** The memory that an empty histogram takes, in samples of 16 bytes. */
const SAMPLES_PER_HISTOGRAM = 25;
/** A bucket takes a byte or two in the table and 8 bytes in memory, half a sample. */
const BYTES_PER_SAMPLE = 2;

/** Reads the histograms of the series with these ids between two whole times in milliseconds, both inclusive. */
export async function selectHistograms(
  engine: Engine,
  series: Pick<RawHistograms, 'places' | 'ids'>,
  range: { readonly start: number; readonly end: number },
  bounds: SelectBounds,
  limits: QueryLimits,
  signal: CancelSignal | undefined,
): Promise<RawHistograms> {
  const { places, ids } = series;
  const resultRows = Math.max(1, Math.floor(bounds.samples / SAMPLES_PER_HISTOGRAM));
  try {
    const { bytes } = await engine.query(
      sql`SELECT id AS i, ts AS t, payload AS p FROM histogram_samples
        WHERE id IN (${uint64List(ids)}) AND ts >= ${range.start} AND ts <= ${range.end} ORDER BY id, ts`,
      {
        limits: { ...limits, resultRows },
        settings: { optimize_read_in_order: 1, max_result_bytes: resultRows * SAMPLES_PER_HISTOGRAM * BYTES_PER_SAMPLE },
        ...(signal === undefined ? {} : { signal }),
      },
    );
    return { places, ids, bytes };
  } catch (error) {
    if (!(error instanceof AtalayaError) || error.code !== 'QUERY_LIMIT' || error.details['limit'] !== resultRows) throw error;
    const reason = `a selector reads more native histograms, which count as ${SAMPLES_PER_HISTOGRAM} samples each and more with many buckets; ask for a shorter range or add matchers`;
    throw new AtalayaError('QUERY_LIMIT', { setting: 'query.samples', limit: bounds.samples, reason }, { cause: error });
  }
}

/** Reads an answer into columns for all series of the selection, passing over rows that repeat (series, time). */
export function decodeHistograms(raw: RawHistograms, seriesCount: number): HistogramColumns {
  const blocks = readNative(raw.bytes);
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const starts = new Uint32Array(seriesCount);
  const ends = new Uint32Array(seriesCount);
  const timestamps = new Float64Array(rows);
  const values: NativeHistogram[] = [];
  const { places, ids } = raw;
  let series = 0;
  for (const block of blocks) {
    const { words } = column(block, 'i', 'UInt64');
    const times = column(block, 't', 'Int64');
    const payloads = column(block, 'p', 'String');
    const view = new DataView(payloads.bytes.buffer, payloads.bytes.byteOffset, payloads.bytes.byteLength);
    for (let row = 0; row < block.rows; row++) {
      while (ids[series * 2] !== words[row * 2] || ids[series * 2 + 1] !== words[row * 2 + 1]) {
        if (++series >= places.length) throw new RangeError('the engine answered with a series that was not asked for');
      }
      const place = places[series] as number;
      const time = numberAt(times, row);
      const histogram = decodeNativeHistogram(
        payloads.bytes,
        view,
        row === 0 ? 0 : (payloads.ends[row - 1] as number),
        payloads.ends[row] as number,
      );
      const end = values.length;
      if (ends[place] === 0) starts[place] = end;
      else if (timestamps[end - 1] === time) {
        values[end - 1] = histogram;
        continue;
      }
      timestamps[end] = time;
      values.push(histogram);
      ends[place] = end + 1;
    }
  }
  const columns = { starts, ends, timestamps: timestamps.subarray(0, values.length), values };
  return raw.recent === undefined ? columns : withRecent(columns, raw.recent);
}

/** Joins two sets of histograms, both by series and time; where they hold the same time, the recent one counts. */
function withRecent(stored: HistogramColumns, recent: RecentHistograms): HistogramColumns {
  const starts = new Uint32Array(stored.starts.length);
  const ends = new Uint32Array(starts.length);
  const timestamps: number[] = [];
  const values: NativeHistogram[] = [];
  const add = (time: number, value: NativeHistogram): void => {
    timestamps.push(time);
    values.push(value);
  };
  let row = 0;
  for (let series = 0; series < starts.length; series++) {
    starts[series] = values.length;
    let at = stored.starts[series] as number;
    const end = stored.ends[series] as number;
    const addUntil = (time: number): void => {
      for (; at < end && (stored.timestamps[at] as number) < time; at++) {
        add(stored.timestamps[at] as number, stored.values[at] as NativeHistogram);
      }
    };
    for (; recent.series[row] === series; row++) {
      const time = recent.timestamps[row] as number;
      addUntil(time);
      if (at < end && stored.timestamps[at] === time) at++;
      const bytes = recent.payloads[row] as Uint8Array;
      add(time, decodeNativeHistogram(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length));
    }
    addUntil(Number.POSITIVE_INFINITY);
    ends[series] = values.length;
  }
  return { starts, ends, timestamps: Float64Array.from(timestamps), values };
}

/** Samples as columns, those of series `i` at `[starts[i], ends[i])`. */
export interface FloatColumns {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
}

/**
 * The float samples without those at whose time their series has a histogram: a time holds one or the other, and which was
 * written last is not known any more. The same columns where there is no such time, as nearly always; else new ones, since the old
 * may be anybody's memory and hold far more than this selection.
 */
export function withoutReplaced(floats: FloatColumns, histograms: HistogramColumns): FloatColumns {
  for (let series = 0; series < histograms.ends.length; series++) if (meets(floats, histograms, series)) return rebuilt(floats, histograms);
  return floats;
}

/** Whether a time of a series is among its histograms too. */
function meets(floats: FloatColumns, histograms: HistogramColumns, series: number): boolean {
  let at = histograms.starts[series] as number;
  const last = histograms.ends[series] as number;
  if (at === last) return false;
  for (let i = floats.starts[series] as number; i < (floats.ends[series] as number); i++) {
    while (at < last && (histograms.timestamps[at] as number) < (floats.timestamps[i] as number)) at++;
    if (at < last && histograms.timestamps[at] === floats.timestamps[i]) return true;
  }
  return false;
}

/** Copies what stays; values as words: a NaN's bits might not survive as a number. */
function rebuilt(floats: FloatColumns, histograms: HistogramColumns): FloatColumns {
  const count = floats.starts.length;
  let total = 0;
  for (let series = 0; series < count; series++) total += (floats.ends[series] as number) - (floats.starts[series] as number);
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  const timestamps = new Float64Array(total);
  const values = new Float64Array(total);
  const source = new Uint32Array(floats.values.buffer, floats.values.byteOffset, floats.values.length * 2);
  const target = new Uint32Array(values.buffer);
  let kept = 0;
  for (let series = 0; series < count; series++) {
    starts[series] = kept;
    const taken = new Set(histograms.timestamps.subarray(histograms.starts[series], histograms.ends[series]));
    for (let i = floats.starts[series] as number; i < (floats.ends[series] as number); i++) {
      const time = floats.timestamps[i] as number;
      if (taken.has(time)) continue;
      timestamps[kept] = time;
      target[kept * 2] = source[i * 2] as number;
      target[kept * 2 + 1] = source[i * 2 + 1] as number;
      kept++;
    }
    ends[series] = kept;
  }
  return { starts, ends, timestamps, values };
}
