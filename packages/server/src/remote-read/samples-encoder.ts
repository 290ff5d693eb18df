/** The SAMPLES form of remote read: `prompb.TimeSeries`, compressed into snappy's elements as they come. */

import type { Labels, NativeHistogram } from '@atalaya/model';
import type { SelectedSeries } from '@atalaya/store';
import { ProtobufOutput } from './protobuf-output.ts';
import { type EncodedPiece, type SeriesEncoder, valueWords } from './series-encoder.ts';
import { compressElements } from './snappy-elements.ts';

/** Writes labels (`prompb.Label`) as field 1 of a message, in the order of their names. */
export function writeLabels(message: ProtobufOutput, labels: Labels, scratch: ProtobufOutput): void {
  for (let i = 0; i < labels.length; i += 2) {
    scratch.clear();
    scratch.text(1, labels[i] as string);
    scratch.text(2, labels[i + 1] as string);
    message.bytes(1, scratch.content);
  }
}

/** Pieces hold snappy elements of the inside of a `QueryResult`. */
export class SamplesEncoder implements SeriesEncoder {
  readonly #result = new ProtobufOutput();
  readonly #series = new ProtobufOutput();
  readonly #scratch = new ProtobufOutput();

  add(set: SelectedSeries, series: number): void {
    const message = this.#series;
    message.clear();
    writeLabels(message, set.labels[series] as Labels, this.#scratch);
    const words = valueWords(set);
    for (let at = set.starts[series] as number; at < (set.ends[series] as number); at++) {
      const sample = this.#scratch;
      sample.clear();
      sample.doubleWords(1, words[at * 2] as number, words[at * 2 + 1] as number);
      sample.int(2, set.timestamps[at] as number);
      message.bytes(2, sample.content);
    }
    const { histograms } = set;
    if (histograms !== undefined) {
      for (let at = histograms.starts[series] as number; at < (histograms.ends[series] as number); at++) {
        this.#scratch.clear();
        writeHistogram(this.#scratch, histograms.values[at] as NativeHistogram, histograms.timestamps[at] as number);
        message.bytes(4, this.#scratch.content);
      }
    }
    this.#result.bytes(1, message.content);
  }

  take(): EncodedPiece {
    const elements = new ProtobufOutput();
    const contentBytes = this.#result.length;
    compressElements(this.#result.content, elements);
    this.#result.clear();
    return { bytes: elements.content.slice(), contentBytes };
  }
}

const RESET_HINTS = { unknown: 0, reset: 1, 'no-reset': 2, gauge: 3 } as const;

/** A float histogram as `prompb.Histogram`. */
function writeHistogram(message: ProtobufOutput, histogram: NativeHistogram, timestamp: number): void {
  message.double(2, histogram.count);
  message.double(3, histogram.sum);
  message.zigzag(4, histogram.schema);
  message.double(5, histogram.zeroThreshold);
  message.double(7, histogram.zeroCount);
  writeSpans(message, 8, histogram.negativeSpans);
  writePacked(message, 10, histogram.negativeBuckets);
  writeSpans(message, 11, histogram.positiveSpans);
  writePacked(message, 13, histogram.positiveBuckets);
  message.uint(14, RESET_HINTS[histogram.counterReset]);
  message.int(15, timestamp);
  writePacked(message, 16, histogram.customBounds);
}

function writeSpans(message: ProtobufOutput, field: number, spans: NativeHistogram['positiveSpans']): void {
  for (const { offset, length } of spans) {
    const span = new ProtobufOutput();
    span.zigzag(1, offset);
    span.uint(2, length);
    message.bytes(field, span.content);
  }
}

function writePacked(message: ProtobufOutput, field: number, numbers: Float64Array): void {
  if (numbers.length === 0) return;
  message.varint(field * 8 + 2);
  message.varint(numbers.length * 8);
  for (const number of numbers) message.rawDouble(number);
}
