import type { Labels, NativeHistogram } from '@atalaya/model';
import { SnappyDecoder } from '@atalaya/receive';
import type { PortReader, SelectedSeries } from '@atalaya/store';
import { expect, test } from 'vitest';
import { ChunksEncoder } from './chunks-encoder.ts';
import { ExpositionEncoder } from './exposition-encoder.ts';
import { ProtobufOutput } from './protobuf-output.ts';
import { SamplesEncoder } from './samples-encoder.ts';
import type { SeriesEncoder } from './series-encoder.ts';
import { SeriesStream } from './series-stream.ts';

const decoder = new SnappyDecoder();
const never = new AbortController().signal;
const HISTOGRAM: NativeHistogram = {
  schema: 0,
  counterReset: 'no-reset',
  zeroThreshold: 0.001,
  zeroCount: 1,
  count: 6,
  sum: 12.5,
  positiveSpans: [{ offset: -1, length: 2 }],
  positiveBuckets: Float64Array.of(2, 3),
  negativeSpans: [],
  negativeBuckets: new Float64Array(0),
  customBounds: new Float64Array(0),
};

interface Store {
  readonly reader: PortReader;
  readonly labels: Labels[];
  /** How many series each selection was about. */
  readonly portions: number[];
}

/** A store of series `s{n="…"}` in no order, each with samples once a second; `histogramOf` has one histogram instead. */
function storeOf(series: number, samples: number, histogramOf?: number): Store {
  const labels = Array.from({ length: series }, (_, slot): Labels => [
    '__name__',
    `s${slot % 2}`,
    'n',
    String((slot * 7) % series).padStart(4, '0'),
  ]);
  const portions: number[] = [];
  const select: PortReader['select'] = async ({ slots = new Uint32Array(0) }) => {
    portions.push(slots.length);
    const ordered = slots.toSorted();
    const counts = Array.from(ordered, (slot) => (slot === histogramOf ? 0 : samples));
    const starts = Uint32Array.from(counts, (_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
    const set: SelectedSeries = {
      labels: Array.from(ordered, (slot) => labels[slot] as Labels),
      starts,
      ends: starts.map((start, i) => start + (counts[i] as number)),
      timestamps: Float64Array.from({ length: samples * ordered.length }, (_, at) => (at % samples) * 1000),
      values: Float64Array.from({ length: samples * ordered.length }, () => Math.random()),
    };
    if (histogramOf === undefined) return set;
    const ends = Uint32Array.from(ordered, (slot) => (slot >= histogramOf ? 1 : 0));
    const histogramStarts = Uint32Array.from(ordered, (slot) => (slot > histogramOf ? 1 : 0));
    return { ...set, histograms: { starts: histogramStarts, ends, timestamps: Float64Array.of(500), values: [HISTOGRAM] } };
  };
  return { reader: { select } as PortReader, labels, portions };
}

async function readAll(
  { reader, labels }: Store,
  encoder: SeriesEncoder,
  options: { samples?: number; byName?: boolean } = {},
): Promise<Buffer[]> {
  const source = {
    slots: Uint32Array.from(labels.keys()),
    labels,
    startMs: 0,
    endMs: 1_000_000,
    mostSamples: 1e9,
    mostInAll: options.samples ?? 1e9,
    byName: options.byName ?? false,
  };
  const stream = new SeriesStream(reader, encoder, source);
  const pieces: Buffer[] = [];
  for (;;) {
    const { bytes, contentBytes, done } = await stream.next(never);
    const head = new ProtobufOutput();
    head.varint(contentBytes);
    pieces.push(
      encoder instanceof SamplesEncoder
        ? Buffer.from(decoder.decode(Buffer.concat([head.content, bytes]), 1 << 30).slice())
        : Buffer.from(bytes),
    );
    if (done) return pieces;
  }
}

test('portions hold about the same number of samples, and all series come in order', async () => {
  const store = storeOf(1000, 1000);
  const pieces = await readAll(store, new SamplesEncoder());
  expect(Math.max(...store.portions)).toBe(200);
  expect(pieces.length).toBe(store.portions.length);
  // The labels lie in the answer as text.
  const text = Buffer.concat(pieces).toString('latin1');
  const numbers = [...text.matchAll(/__name__[^_]{2}(s\d)[^_]{7}(\d{4})/g)].map((match) => `${match[1]}${match[2]}`);
  expect(numbers).toHaveLength(1000);
  expect(numbers).toEqual(numbers.toSorted());
});

test('more samples than allowed is an error that names the limit', async () => {
  await expect(readAll(storeOf(1000, 1000), new SamplesEncoder(), { samples: 500_000 })).rejects.toMatchObject({
    code: 'QUERY_LIMIT',
    message: expect.stringContaining('query.samples (500000)') as string,
  });
});

test('a series larger than a frame goes on in the next one', async () => {
  const [piece] = await readAll(storeOf(1, 200_000), new ChunksEncoder(0));
  const frames: number[] = [];
  for (let at = 0; at < (piece as Buffer).length;) {
    let length = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = (piece as Buffer)[at++] as number;
      length += (byte & 0x7f) * 2 ** shift;
      more = byte >= 0x80;
    }
    frames.push(length);
    at += 4 + length;
  }
  expect(frames.length).toBeGreaterThan(1);
  for (const length of frames) expect(length).toBeLessThan((1 << 20) + 4096);
});

test('native histograms are part of samples, and are refused where chunks are asked for', async () => {
  const pieces = await readAll(storeOf(3, 2, 1), new SamplesEncoder());
  const histogram = new ProtobufOutput();
  histogram.double(2, 6);
  histogram.double(3, 12.5);
  expect(Buffer.concat(pieces).includes(Buffer.from(histogram.content))).toBe(true);
  await expect(readAll(storeOf(3, 2, 1), new ChunksEncoder(0))).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
});

test('exposition comes by name, each family once, and ends as OpenMetrics wants it', async () => {
  const [text] = await readAll(storeOf(5, 2, 1), new ExpositionEncoder('openmetrics', false), { byName: true });
  const lines = String(text).split('\n');
  expect(lines.filter((line) => line.startsWith('#'))).toEqual(['# TYPE s0 unknown', '# TYPE s1 unknown', '# EOF']);
  // The series with nothing but a histogram is left out.
  expect(lines.filter((line) => /^s\d\{n="\d{4}",instance=""\} 0\.\d+(?:e-\d+)? 1\.000$/.test(line))).toHaveLength(4);
});
