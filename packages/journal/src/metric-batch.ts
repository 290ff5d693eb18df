/**
 * Metric batches: what one request, scrape or collection wrote, as columns, and the bytes they travel as.
 *
 * Layout of the bytes, little-endian, every column at a multiple of 8 so that it can be viewed in place:
 *
 *     0  u32 version (1 to 3)     16  u32 number of samples
 *     4  u32 number of series     20  u32 bytes of metadata
 *     8  u32 bytes of labels      24  u32 number of histograms (version 1: 0)
 *    12  u32 bytes of exemplars   28  u32 bytes of histograms (version 1: 0)
 *        (before version 3: 0)
 *    32  series fingerprints  u64 × series
 *        label ends           u32 × series, padded to 8     end of each label set within the label bytes
 *        labels               canonical label sets one after the other, padded to 8
 *        sample fingerprints  u64 × samples
 *        timestamps           f64 × samples                 milliseconds since the epoch, whole numbers
 *        values               f64 × samples                 bit-exact, the stale marker included
 *        histograms (from version 2 on: a batch without any, and without exemplars, is of version 1)
 *          fingerprints       u64 × histograms
 *          timestamps         f64 × histograms
 *          ends               u32 × histograms, padded to 8  end of each histogram within the bytes that follow
 *          bytes              as room `model` encodes native histograms, one after the other, padded to 8
 *        metadata             JSON: [[metric name, type, help, unit], …], padded to 8
 *        exemplars            columns as column-bytes.ts describes them (version 3 only: a batch without any is of a lower one)
 */

import type { MetricType } from '@atalaya/model';
import { decodeExemplars, encodeExemplars, type ExemplarBatch } from './exemplar-batch.ts';
import { padded } from './segment-format.ts';

/** One request's samples as columns. Views into one buffer: valid as long as that buffer is not written to. */
export interface MetricBatch {
  /** Series that this batch is the first to use since the writer started: `fingerprints` two words (low, high) each. */
  readonly series: {
    readonly count: number;
    readonly fingerprints: Uint32Array;
    /** `ends[i]` is where the canonical label set of series `i` ends in `labels`; it starts at `ends[i - 1]`, or 0. */
    readonly ends: Uint32Array;
    readonly labels: Uint8Array;
  };
  readonly samples: {
    readonly count: number;
    /** Two words (low, high) per sample: the same bytes as ClickHouse's UInt64. */
    readonly fingerprints: Uint32Array;
    readonly timestamps: Float64Array;
    readonly values: Float64Array;
  };
  /** Native histograms; absent where there are none. */
  readonly histograms?: HistogramBatch;
  /** Absent where there are none. */
  readonly exemplars?: ExemplarBatch;
  readonly metadata: readonly MetadataEntry[];
}

/** The native histograms of a batch as columns. */
export interface HistogramBatch {
  readonly count: number;
  /** Two words (low, high) per histogram. */
  readonly fingerprints: Uint32Array;
  readonly timestamps: Float64Array;
  /** Histogram `i`, as room `model` encodes it, is `bytes[ends[i - 1], ends[i])`. */
  readonly ends: Uint32Array;
  readonly bytes: Uint8Array;
}

/** What a scrape or a request said of a metric: name, type, help, unit. */
export type MetadataEntry = readonly [name: string, type: MetricType, help: string, unit: string];

const VERSION = 1;
const WITH_HISTOGRAMS = 2;
const WITH_EXEMPLARS = 3;
const HEADER = 32;

/** Bytes of a batch on the wire. The result is freshly allocated and owned by the caller. */
export function encodeMetricBatch(batch: MetricBatch): Uint8Array<ArrayBuffer> {
  const { series, samples, histograms } = batch;
  const exemplars = batch.exemplars === undefined || batch.exemplars.count === 0 ? new Uint8Array(0) : encodeExemplars(batch.exemplars);
  const histogramCount = histograms?.count ?? 0;
  const histogramBytes = histogramCount === 0 ? 0 : (histograms?.ends[histogramCount - 1] as number);
  const version = exemplars.length > 0 ? WITH_EXEMPLARS : histogramCount === 0 ? VERSION : WITH_HISTOGRAMS;
  const metadata = batch.metadata.length === 0 ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(batch.metadata));
  const labelBytes = series.count === 0 ? 0 : (series.ends[series.count - 1] as number);
  const header: Header = [
    version,
    series.count,
    labelBytes,
    exemplars.length,
    samples.count,
    metadata.length,
    histogramCount,
    histogramBytes,
  ];
  const bytes = new Uint8Array(totalBytes(header));
  new Uint32Array(bytes.buffer, 0, header.length).set(header);
  let at = HEADER;
  const put = (column: Uint32Array | Float64Array | Uint8Array, elements: number): void => {
    const length = elements * column.BYTES_PER_ELEMENT;
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, length), at);
    at += padded(length);
  };
  put(series.fingerprints, series.count * 2);
  put(series.ends, series.count);
  put(series.labels, labelBytes);
  put(samples.fingerprints, samples.count * 2);
  put(samples.timestamps, samples.count);
  put(samples.values, samples.count);
  if (histograms !== undefined && histogramCount > 0) {
    put(histograms.fingerprints, histogramCount * 2);
    put(histograms.timestamps, histogramCount);
    put(histograms.ends, histogramCount);
    put(histograms.bytes, histogramBytes);
  }
  put(metadata, metadata.length);
  put(exemplars, exemplars.length);
  return bytes;
}

/**
 * Reads a batch. The columns are views into `bytes` when those start at a multiple of 8, else into a copy.
 * @throws RangeError when the bytes are not a batch of this version.
 */
export function decodeMetricBatch(bytes: Uint8Array): MetricBatch {
  const source = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  if (source.length < HEADER) throw new RangeError(`a metric batch has at least ${HEADER} bytes, these are ${source.length}`);
  const header = new Uint32Array(source.buffer, source.byteOffset, HEADER / 4) as unknown as Header;
  const [version, seriesCount, labelBytes, exemplarBytes, sampleCount, metadataBytes, histogramCount, histogramBytes] = header;
  if (version < VERSION || version > WITH_EXEMPLARS) {
    throw new RangeError(`metric batch of version ${version}; this program reads versions ${VERSION} to ${WITH_EXEMPLARS}`);
  }
  if (version === VERSION && (histogramCount !== 0 || histogramBytes !== 0)) {
    throw new RangeError(`a metric batch of version ${VERSION} has no histograms, this one claims ${histogramCount}`);
  }
  if (version < WITH_EXEMPLARS && exemplarBytes !== 0) {
    throw new RangeError(`a metric batch of version ${version} has no exemplars, this one claims ${exemplarBytes} bytes of them`);
  }
  const expected = totalBytes(header);
  if (expected !== source.length) throw new RangeError(`a metric batch of ${expected} bytes arrived as ${source.length}`);
  let at = source.byteOffset + HEADER;
  const take = (length: number): number => {
    const start = at;
    at += padded(length);
    return start;
  };
  const buffer = source.buffer as ArrayBuffer;
  const series = {
    count: seriesCount,
    fingerprints: new Uint32Array(buffer, take(seriesCount * 8), seriesCount * 2),
    ends: new Uint32Array(buffer, take(seriesCount * 4), seriesCount),
    labels: new Uint8Array(buffer, take(labelBytes), labelBytes),
  };
  const samples = {
    count: sampleCount,
    fingerprints: new Uint32Array(buffer, take(sampleCount * 8), sampleCount * 2),
    timestamps: new Float64Array(buffer, take(sampleCount * 8), sampleCount),
    values: new Float64Array(buffer, take(sampleCount * 8), sampleCount),
  };
  const histograms = (version === WITH_HISTOGRAMS || histogramCount > 0) && {
    count: histogramCount,
    fingerprints: new Uint32Array(buffer, take(histogramCount * 8), histogramCount * 2),
    timestamps: new Float64Array(buffer, take(histogramCount * 8), histogramCount),
    ends: new Uint32Array(buffer, take(histogramCount * 4), histogramCount),
    bytes: new Uint8Array(buffer, take(histogramBytes), histogramBytes),
  };
  checkEnds(series.ends, labelBytes, 'label sets');
  if (histograms !== false) checkEnds(histograms.ends, histogramBytes, 'histograms');
  const metadata = decodeMetadata(new Uint8Array(buffer, take(metadataBytes), metadataBytes));
  const exemplars = exemplarBytes > 0 && decodeExemplars(new Uint8Array(buffer, take(exemplarBytes), exemplarBytes));
  return { series, samples, ...(histograms !== false && { histograms }), ...(exemplars !== false && { exemplars }), metadata };
}

/** The numbers of the header, in their order. */
type Header = [
  version: number,
  series: number,
  labelBytes: number,
  exemplarBytes: number,
  samples: number,
  metadataBytes: number,
  histograms: number,
  histogramBytes: number,
];

/** Bytes of the batch that begins with this header. */
function totalBytes([, series, labelBytes, exemplarBytes, samples, metadataBytes, histograms, histogramBytes]: Header): number {
  const ofSeries = series * 8 + padded(series * 4) + padded(labelBytes);
  const ofHistograms = histograms * 16 + padded(histograms * 4) + padded(histogramBytes);
  return HEADER + ofSeries + samples * 24 + ofHistograms + padded(metadataBytes) + padded(exemplarBytes);
}

/** Consumers slice the bytes at these ends, so they must ascend to the last one. */
function checkEnds(ends: Uint32Array, bytes: number, what: string): void {
  let last = 0;
  for (const end of ends) {
    if (end < last) throw new RangeError(`a metric batch's ${what} end at ${last}, then at ${end}`);
    last = end;
  }
  if (last !== bytes) throw new RangeError(`a metric batch's ${what} end at ${last}, their bytes at ${bytes}`);
}

function decodeMetadata(bytes: Uint8Array): MetadataEntry[] {
  if (bytes.length === 0) return [];
  let entries: unknown;
  try {
    entries = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new RangeError(`a metric batch's metadata is no JSON: ${String(error)}`, { cause: error });
  }
  if (!Array.isArray(entries) || !entries.every(isEntry)) throw new RangeError("a metric batch's metadata is no list of entries");
  return entries as MetadataEntry[];
}

function isEntry(entry: unknown): boolean {
  return Array.isArray(entry) && entry.length === 4 && entry.every((field) => typeof field === 'string');
}
