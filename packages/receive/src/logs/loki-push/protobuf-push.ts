/** Push requests in protobuf: `logproto.PushRequest`. Lines go from the body into the batch without becoming strings. */

import { decodeText, LENGTH_DELIMITED, ProtobufCursor, VARINT } from '../../protobuf/protobuf-cursor.ts';
import type { LabelTexts } from './label-text.ts';
import { badPush, type PushTarget } from './push-target.ts';

const field = (number: number, wireType: number): number => number * 8 + wireType;
const REQUEST_STREAM = field(1, LENGTH_DELIMITED);
const STREAM_LABELS = field(1, LENGTH_DELIMITED);
const STREAM_ENTRY = field(2, LENGTH_DELIMITED);
const ENTRY_TIMESTAMP = field(1, LENGTH_DELIMITED);
const ENTRY_LINE = field(2, LENGTH_DELIMITED);
const ENTRY_METADATA = field(3, LENGTH_DELIMITED);
const TIMESTAMP_SECONDS = field(1, VARINT);
const TIMESTAMP_NANOS = field(2, VARINT);
const PAIR_NAME = field(1, LENGTH_DELIMITED);
const PAIR_VALUE = field(2, LENGTH_DELIMITED);
const NOTHING: readonly string[] = [];
const EMPTY = new Uint8Array();

/** Reads a body into the target, some lines at a time: each `next` of the generator reads about `slice` of them. @throws AtalayaError BAD_ENCODING, BAD_LABELS */
export function* readProtobufPush(body: Uint8Array, target: PushTarget, labelTexts: LabelTexts, slice: number): Generator<void> {
  const cursor = new ProtobufCursor(body);
  const end = body.length;
  let lines = 0;
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag !== REQUEST_STREAM) {
      cursor.skip(tag, end);
      continue;
    }
    const streamEnd = cursor.lengthDelimited(end);
    const start = cursor.at;
    target.stream(labelTexts.read(labelsIn(cursor, streamEnd)));
    cursor.at = start;
    while (cursor.at < streamEnd) {
      const streamTag = cursor.tag(streamEnd);
      if (streamTag !== STREAM_ENTRY) {
        cursor.skip(streamTag, streamEnd);
        continue;
      }
      readEntry(cursor, cursor.lengthDelimited(streamEnd), target);
      if (++lines % slice === 0) yield;
    }
  }
}

/** The labels' text, wherever in the stream it stands. */
function labelsIn(cursor: ProtobufCursor, end: number): string {
  let text = '';
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag !== STREAM_LABELS) {
      // Nearly always they come first: what follows is not looked through for others.
      if (text !== '') return text;
      cursor.skip(tag, end);
      continue;
    }
    const labelsEnd = cursor.lengthDelimited(end);
    text = decodeText(cursor.bytes.subarray(cursor.at, labelsEnd));
    cursor.at = labelsEnd;
  }
  return text;
}

function readEntry(cursor: ProtobufCursor, end: number, target: PushTarget): void {
  let seconds = 0;
  let nanoseconds = 0;
  let line = EMPTY;
  let attributes = NOTHING as string[];
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === ENTRY_TIMESTAMP) {
      const timeEnd = cursor.lengthDelimited(end);
      while (cursor.at < timeEnd) {
        const timeTag = cursor.tag(timeEnd);
        if (timeTag === TIMESTAMP_SECONDS) seconds = cursor.int64(timeEnd);
        else if (timeTag === TIMESTAMP_NANOS) nanoseconds = cursor.int64(timeEnd);
        else cursor.skip(timeTag, timeEnd);
      }
    } else if (tag === ENTRY_LINE) {
      const lineEnd = cursor.lengthDelimited(end);
      line = cursor.bytes.subarray(cursor.at, lineEnd) as Uint8Array<ArrayBuffer>;
      cursor.at = lineEnd;
    } else if (tag === ENTRY_METADATA) {
      if (attributes === NOTHING) attributes = [];
      readPair(cursor, cursor.lengthDelimited(end), attributes);
    } else cursor.skip(tag, end);
  }
  if (nanoseconds < 0 || nanoseconds > 999_999_999) badPush(`a time has ${nanoseconds} nanoseconds beyond its second`);
  target.line(seconds, nanoseconds, line, attributes);
}

function readPair(cursor: ProtobufCursor, end: number, attributes: string[]): void {
  let name = '';
  let value = '';
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === PAIR_NAME || tag === PAIR_VALUE) {
      const textEnd = cursor.lengthDelimited(end);
      const text = decodeText(cursor.bytes.subarray(cursor.at, textEnd));
      cursor.at = textEnd;
      if (tag === PAIR_NAME) name = text;
      else value = text;
    } else cursor.skip(tag, end);
  }
  attributes.push(name, value);
}
