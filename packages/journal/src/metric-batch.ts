/**
 * Metric batches: what one request, scrape or collection wrote, as columns, and the bytes they travel as.
 *
 * Layout of the bytes, little-endian, every column at a multiple of 8 so that it can be viewed in place:
 *
 *     0  u32 version (1)          16  u32 number of samples
 *     4  u32 number of series     20  u32 bytes of metadata
 *     8  u32 bytes of labels      24  u64 reserved (0)
 *    32  series fingerprints  u64 × series
 *        label ends           u32 × series, padded to 8     end of each label set within the label bytes
 *        labels               canonical label sets one after the other, padded to 8
 *        sample fingerprints  u64 × samples
 *        timestamps           f64 × samples                 milliseconds since the epoch, whole numbers
 *        values               f64 × samples                 bit-exact, the stale marker included
 *        metadata             JSON: [[metric name, type, help, unit], …]
 */

import type { MetricType } from '@atalaya/model';

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
  readonly metadata: readonly MetadataEntry[];
}

/** What a scrape or a request said of a metric: name, type, help, unit. */
export type MetadataEntry = readonly [name: string, type: MetricType, help: string, unit: string];

const VERSION = 1;
const HEADER = 32;

// Not with bit operations: lengths from a hostile header may exceed 31 bits.
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Bytes of a batch on the wire. The result is freshly allocated and owned by the caller. */
export function encodeMetricBatch(batch: MetricBatch): Uint8Array<ArrayBuffer> {
  const { series, samples } = batch;
  const metadata = batch.metadata.length === 0 ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(batch.metadata));
  const labelBytes = series.count === 0 ? 0 : (series.ends[series.count - 1] as number);
  const total = HEADER + series.count * 8 + padded(series.count * 4) + padded(labelBytes) + samples.count * 24 + padded(metadata.length);
  const bytes = new Uint8Array(total);
  new Uint32Array(bytes.buffer, 0, 6).set([VERSION, series.count, labelBytes, 0, samples.count, metadata.length]);
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
  put(metadata, metadata.length);
  return bytes;
}

/**
 * Reads a batch. The columns are views into `bytes` when those start at a multiple of 8, else into a copy.
 * @throws RangeError when the bytes are not a batch of this version.
 */
export function decodeMetricBatch(bytes: Uint8Array): MetricBatch {
  const source = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  if (source.length < HEADER) throw new RangeError(`a metric batch has at least ${HEADER} bytes, these are ${source.length}`);
  const header = new Uint32Array(source.buffer, source.byteOffset, 6);
  const [version, seriesCount, labelBytes, , sampleCount, metadataBytes] = header as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (version !== VERSION) throw new RangeError(`metric batch of version ${version}; this program reads version ${VERSION}`);
  const expected = HEADER + seriesCount * 8 + padded(seriesCount * 4) + padded(labelBytes) + sampleCount * 24 + padded(metadataBytes);
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
  checkEnds(series.ends, labelBytes);
  return { series, samples, metadata: decodeMetadata(new Uint8Array(buffer, take(metadataBytes), metadataBytes)) };
}

/** Consumers slice the labels at these ends, so they must ascend to the last byte. */
function checkEnds(ends: Uint32Array, labelBytes: number): void {
  let last = 0;
  for (const end of ends) {
    if (end < last) throw new RangeError(`a metric batch's label sets end at ${last}, then at ${end}`);
    last = end;
  }
  if (last !== labelBytes) throw new RangeError(`a metric batch's label sets end at ${last}, its labels at ${labelBytes}`);
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
