/** The answer as bytes: the success envelope of Prometheus' HTTP API v1, written straight into a growing buffer. */

import { formatFixed, formatSampleValue } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import type { QueryAnswer } from './answer.ts';

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
        out.ascii(middle);
        out.ascii(formatSampleValue(result.values[series]!));
        out.ascii('"]}');
      }
      out.ascii(result.labels.length === 0 ? '[]' : ']');
      break;
    }
    case 'matrix':
      for (const [series, labels] of result.labels.entries()) {
        out.ascii(series === 0 ? '[{"metric":' : ',{"metric":');
        writeLabels(out, labels);
        out.ascii(',"values":[');
        const end = result.offsets[series + 1]!;
        for (let i = result.offsets[series]!; i < end; i++) {
          out.ascii(i === result.offsets[series] ? '[' : ',[');
          out.ascii(formatTime(result.timestamps[i]!));
          out.ascii(',"');
          out.ascii(formatSampleValue(result.values[i]!));
          out.ascii('"]');
        }
        out.ascii(']}');
      }
      out.ascii(result.labels.length === 0 ? '[]' : ']');
      break;
  }
  out.ascii('}');
  if (warnings.length > 0) out.text(`,"warnings":${JSON.stringify(warnings)}`);
  if (infos.length > 0) out.text(`,"infos":${JSON.stringify(infos)}`);
  out.ascii('}');
  return out.finish();
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
