/** Reads `io.prometheus.client.Exemplar` messages. */

import { readDouble } from '../native-histogram/histogram-message.ts';
import type { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import type { ScrapedExemplar } from './exposition.ts';

const LABEL = 0x0a;
const VALUE = 0x11;
const TIMESTAMP = 0x1a;
/** Of a label. */
const NAME = 0x0a;
const TEXT = 0x12;
/** Of a google.protobuf.Timestamp. */
const SECONDS = 0x08;
const NANOSECONDS = 0x10;

/** The message whose length is at `start`; `text` reads a length-delimited text. The cursor is where it was afterwards. */
export function readExemplar(
  cursor: ProtobufCursor,
  start: number,
  text: (cursor: ProtobufCursor, end: number) => string,
): ScrapedExemplar {
  const resumeAt = cursor.at;
  cursor.at = start;
  const end = cursor.lengthDelimited(cursor.bytes.length);
  const labels: string[] = [];
  let value = 0;
  let timestamp = NaN;
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === LABEL) {
      const labelEnd = cursor.lengthDelimited(end);
      let [name, content] = ['', ''];
      while (cursor.at < labelEnd) {
        const field = cursor.tag(labelEnd);
        if (field === NAME) name = text(cursor, labelEnd);
        else if (field === TEXT) content = text(cursor, labelEnd);
        else cursor.skip(field, labelEnd);
      }
      labels.push(name, content);
    } else if (tag === VALUE) value = readDouble(cursor, tag, end);
    else if (tag === TIMESTAMP) timestamp = readTimestamp(cursor, cursor.lengthDelimited(end));
    else cursor.skip(tag, end);
  }
  cursor.at = resumeAt;
  return { labels, value, timestamp };
}

/** Milliseconds since the epoch. */
function readTimestamp(cursor: ProtobufCursor, end: number): number {
  let [seconds, nanoseconds] = [0, 0];
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === SECONDS) seconds = cursor.int64(end);
    else if (tag === NANOSECONDS) nanoseconds = cursor.int64(end);
    else cursor.skip(tag, end);
  }
  return seconds * 1000 + Math.floor(nanoseconds / 1e6);
}
