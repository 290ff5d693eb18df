/** The answer as bytes: the success envelope of Prometheus' HTTP API v1, written straight into a growing buffer. */

import { formatFixed } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import type { HistogramPoints, QueryAnswer } from './answer.ts';
import { formatTime, headsOf, POINT_BYTES, type PointHeads, writeAscii, writePoints, writeValue } from './encode-points.ts';
import { encodeHistogram } from './histogram/encode.ts';
import { encodeStats } from './query-stats.ts';

declare class TextEncoder {
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}
const encoder = new TextEncoder();

/** How much room is made beforehand; where it is not enough the buffer grows. */
const LABELS_BYTES = 256;
const USUAL_POINT_BYTES = 36;

/** Text that is written piece by piece; mostly ASCII, which is copied by character. */
class Output {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  /** Makes sure that many bytes fit. */
  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }

  /** Appends a text of ASCII characters only. */
  ascii(text: string): void {
    this.#reserve(text.length);
    this.#length = writeAscii(this.#bytes, this.#length, text);
  }

  /** Appends a sample's value. */
  value(value: number): void {
    this.#reserve(POINT_BYTES);
    this.#length = writeValue(this.#bytes, this.#length, value);
  }

  /** Appends the points `[start, end)` of a series, with commas between them. */
  points(heads: PointHeads, timestamps: Float64Array, values: Float64Array, start: number, end: number): void {
    this.#reserve((end - start) * POINT_BYTES);
    this.#length = writePoints(this.#bytes, this.#length, heads, timestamps, values, start, end);
  }

  /** Appends any text. */
  text(text: string): void {
    this.#reserve(text.length * 3);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** Warnings, and infos, that an answer shows at most. */
const MOST_SHOWN = 10;

/** The first few of many, and how many more there are. */
function shown(annotations: readonly string[], kind: 'warning' | 'info'): string {
  const more = annotations.length - MOST_SHOWN;
  return JSON.stringify(more <= 0 ? annotations : [...annotations.slice(0, MOST_SHOWN), `${more} more ${kind} annotations omitted`]);
}

/** Writes an answer as `{"status":"success","data":{…}}`, byte for byte as Prometheus does. `waitedMs` is how long the query waited for its turn. */
export function encodeAnswer(answer: QueryAnswer, waitedMs = 0): Uint8Array<ArrayBuffer> {
  const { result, warnings, infos, stats } = answer;
  const points = result.resultType === 'matrix' || result.resultType === 'vector' ? result.values.length : 1;
  const series = result.resultType === 'matrix' || result.resultType === 'vector' ? result.labels.length : 0;
  const out = new Output(1024 + series * LABELS_BYTES + points * USUAL_POINT_BYTES);
  out.ascii(`{"status":"success","data":{"resultType":"${result.resultType}","result":`);
  switch (result.resultType) {
    case 'scalar':
      out.ascii(`[${formatTime(result.timestamp)},"${formatFixed(result.value)}"]`);
      break;
    case 'string':
      out.ascii(`[${formatTime(result.timestamp)},`);
      out.text(JSON.stringify(result.text));
      out.ascii(']');
      break;
    case 'vector': {
      const middle = `,"value":[${formatTime(result.timestamp)},"`;
      for (const [series, labels] of result.labels.entries()) {
        out.ascii(series === 0 ? '[{"metric":' : ',{"metric":');
        writeLabels(out, labels);
        const histogram = result.histograms?.[series];
        if (histogram !== undefined) {
          out.ascii(`,"histogram":[${formatTime(result.timestamp)},${encodeHistogram(histogram)}]}`);
          continue;
        }
        out.ascii(middle);
        out.value(result.values[series]!);
        out.ascii('"]}');
      }
      out.ascii(result.labels.length === 0 ? '[]' : ']');
      break;
    }
    case 'matrix': {
      const { grid, offsets, timestamps, values, histograms } = result;
      const heads = grid === undefined ? undefined : headsOf(grid);
      for (const [series, labels] of result.labels.entries()) {
        out.ascii(series === 0 ? '[{"metric":' : ',{"metric":');
        writeLabels(out, labels);
        const start = offsets[series]!;
        const end = offsets[series + 1]!;
        if (end > start) {
          out.ascii(',"values":[');
          if (heads === undefined) writeSamples(out, timestamps, values, start, end);
          else out.points(heads, timestamps, values, start, end);
          out.ascii(']');
        }
        if (histograms !== undefined) writeHistograms(out, histograms, series);
        out.ascii('}');
      }
      out.ascii(result.labels.length === 0 ? '[]' : ']');
      break;
    }
  }
  if (stats.samples !== undefined) out.text(`,"stats":${encodeStats(stats, waitedMs)}`);
  out.ascii('}');
  if (warnings.length > 0) out.text(`,"warnings":${shown(warnings, 'warning')}`);
  if (infos.length > 0) out.text(`,"infos":${shown(infos, 'info')}`);
  out.ascii('}');
  return out.finish();
}

function writeHistograms(out: Output, { offsets, timestamps, values }: HistogramPoints, series: number): void {
  const start = offsets[series]!;
  const end = offsets[series + 1]!;
  for (let i = start; i < end; i++) {
    out.ascii(i === start ? ',"histograms":[' : ',');
    out.ascii(`[${formatTime(timestamps[i]!)},${encodeHistogram(values[i]!)}]`);
  }
  if (end > start) out.ascii(']');
}

/** Points that lie on no grid. */
function writeSamples(out: Output, timestamps: Float64Array, values: Float64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    out.ascii(`${i === start ? '' : ','}[${formatTime(timestamps[i]!)},"`);
    out.value(values[i]!);
    out.ascii('"]');
  }
}

/** What JSON does not write as it is. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function writeLabels(out: Output, labels: Labels): void {
  let text = '{';
  for (let i = 0; i < labels.length; i += 2)
    text += `${i === 0 ? '' : ','}${quoted(labels[i] as string)}:${quoted(labels[i + 1] as string)}`;
  out.text(`${text}}`);
}
