/** The answer as bytes: the success envelope of Prometheus' HTTP API v1, written straight into a growing buffer. */

import { formatFixed, formatSampleValue } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import type { HistogramPoints, QueryAnswer } from './answer.ts';
import { encodeHistogram } from './histogram/encode.ts';

declare class TextEncoder {
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}
const encoder = new TextEncoder();

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
    const { length } = text;
    this.#reserve(length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < length; i++) bytes[at++] = text.charCodeAt(i);
    this.#length = at;
  }

  /** Appends a sample's value. Whole numbers, of which counters are made, are written digit by digit. */
  value(value: number): void {
    if (value !== (value | 0) || value === 0) {
      this.ascii(formatSampleValue(value));
      return;
    }
    this.#reserve(11);
    const bytes = this.#bytes;
    let rest = value;
    if (rest < 0) {
      bytes[this.#length++] = 0x2d;
      rest = -rest;
    }
    let digits = 1;
    for (let power = 10; power <= rest; power *= 10) digits++;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const tenth = Math.floor(rest / 10);
      bytes[at] = 0x30 + rest - tenth * 10;
      rest = tenth;
    }
    this.#length += digits;
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

/** Writes an answer as `{"status":"success","data":{…}}`, byte for byte as Prometheus does. */
export function encodeAnswer(answer: QueryAnswer): Uint8Array<ArrayBuffer> {
  const { result, warnings, infos } = answer;
  const points = result.resultType === 'matrix' || result.resultType === 'vector' ? result.values.length : 1;
  const out = new Output(1024 + points * 32);
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
      const times = grid === undefined ? [] : Array.from({ length: grid.count }, (_, i) => pointHead(grid.start + i * grid.step));
      for (const [series, labels] of result.labels.entries()) {
        out.ascii(series === 0 ? '[{"metric":' : ',{"metric":');
        writeLabels(out, labels);
        const start = offsets[series]!;
        const end = offsets[series + 1]!;
        if (end > start) out.ascii(',"values":');
        for (let i = start; i < end; i++) {
          const time = timestamps[i]!;
          const head = grid === undefined ? pointHead(time) : (times[(time - grid.start) / grid.step] as string);
          // The comma before all points but the first becomes the array's bracket there.
          if (i === start) out.ascii(`[${head.slice(1)}`);
          else out.ascii(head);
          out.value(values[i]!);
          out.ascii('"]');
        }
        if (end > start) out.ascii(']');
        if (histograms !== undefined) writeHistograms(out, histograms, series);
        out.ascii('}');
      }
      out.ascii(result.labels.length === 0 ? '[]' : ']');
      break;
    }
  }
  out.ascii('}');
  if (warnings.length > 0) out.text(`,"warnings":${JSON.stringify(warnings)}`);
  if (infos.length > 0) out.text(`,"infos":${JSON.stringify(infos)}`);
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

/** What stands before a point's value. */
function pointHead(milliseconds: number): string {
  return `,[${formatTime(milliseconds)},"`;
}

function writeLabels(out: Output, labels: Labels): void {
  out.ascii('{');
  for (let i = 0; i < labels.length; i += 2) {
    out.text(`${i === 0 ? '' : ','}${JSON.stringify(labels[i])}:${JSON.stringify(labels[i + 1])}`);
  }
  out.ascii('}');
}

/** Milliseconds as seconds, with three decimals where there are any: `1435781430.781`, `1435781430`. */
function formatTime(milliseconds: number): string {
  const rest = milliseconds % 1000;
  if (rest === 0) return String(milliseconds / 1000);
  const sign = milliseconds < 0 ? '-' : '';
  const size = Math.abs(milliseconds);
  return `${sign}${Math.floor(size / 1000)}.${String(size % 1000).padStart(3, '0')}`;
}
