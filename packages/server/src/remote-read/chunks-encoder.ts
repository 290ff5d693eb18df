/** The STREAMED_XOR_CHUNKS form of remote read: frames of `prompb.ChunkedReadResponse`, each with chunks of one series. */

import { AtalayaError, type Labels } from '@atalaya/model';
import type { SelectedSeries } from '@atalaya/store';
import { crc32c } from './crc32c.ts';
import { ProtobufOutput } from './protobuf-output.ts';
import { writeLabels } from './samples-encoder.ts';
import { type EncodedPiece, type SeriesEncoder, valueWords } from './series-encoder.ts';
import { MOST_SAMPLES, XorChunkWriter } from './xor-chunk.ts';

/** A frame ends with the chunk that brings it there: Prometheus' own limit, which its readers count on. */
const FRAME_BYTES = 1 << 20;
const XOR = 1;

/**
 * A frame is the length of its message (varint), the message's CRC-32C (big-endian) and the message. A series too large for one
 * frame goes on in the next, under the same labels.
 */
export class ChunksEncoder implements SeriesEncoder {
  readonly #queryIndex: number;
  readonly #frames = new ProtobufOutput();
  readonly #series = new ProtobufOutput();
  readonly #scratch = new ProtobufOutput();
  readonly #chunk = new XorChunkWriter();

  constructor(queryIndex: number) {
    this.#queryIndex = queryIndex;
  }

  add(set: SelectedSeries, series: number): void {
    const labels = set.labels[series] as Labels;
    const { histograms } = set;
    if (histograms !== undefined && (histograms.ends[series] as number) > (histograms.starts[series] as number)) {
      const reason = 'a series in the range has some; ask for the form SAMPLES';
      throw new AtalayaError('NOT_SUPPORTED', { what: 'native histograms in streamed chunks', reason });
    }
    const message = this.#series;
    message.clear();
    writeLabels(message, labels, this.#scratch);
    const labelBytes = message.length;
    const words = valueWords(set);
    const end = set.ends[series] as number;
    for (let from = set.starts[series] as number; from < end; from += MOST_SAMPLES) {
      const to = Math.min(end, from + MOST_SAMPLES);
      this.#writeChunk(message, set.timestamps, words, from, to);
      if (message.length < FRAME_BYTES && to < end) continue;
      this.#frame(message);
      message.clear();
      if (to < end) writeLabels(message, labels, this.#scratch);
    }
    if (message.length > labelBytes) this.#frame(message);
  }

  take(): EncodedPiece {
    const bytes = this.#frames.content.slice();
    this.#frames.clear();
    return { bytes, contentBytes: bytes.length };
  }

  #writeChunk(message: ProtobufOutput, timestamps: Float64Array, words: Uint32Array, from: number, to: number): void {
    const chunk = this.#chunk;
    chunk.begin();
    for (let at = from; at < to; at++) chunk.append(timestamps[at] as number, words[at * 2] as number, words[at * 2 + 1] as number);
    const scratch = this.#scratch;
    scratch.clear();
    scratch.int(1, timestamps[from] as number);
    scratch.int(2, timestamps[to - 1] as number);
    scratch.uint(3, XOR);
    scratch.bytes(4, chunk.finish());
    message.bytes(2, scratch.content);
  }

  #frame(series: ProtobufOutput): void {
    const message = this.#scratch;
    message.clear();
    message.bytes(1, series.content);
    if (this.#queryIndex > 0) message.uint(2, this.#queryIndex);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32c(message.content));
    this.#frames.varint(message.length);
    this.#frames.raw(checksum);
    this.#frames.raw(message.content);
  }
}
