/** Exemplars of data points: the measurement behind a value, and the span that it was made in. */

import type { Exemplar, SeriesRef } from '../../metric-writer.ts';
import type { RawAppender } from '../../metrics/raw-series.ts';
import type { ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';
import { fixed64Tag, messageTag } from '../../protobuf/tags.ts';
import type { ValueReader } from '../any-value.ts';
import { milliseconds } from './data-point.ts';
import { PlainAttributes } from './plain-attributes.ts';
import type { Runs } from './runs.ts';

const TIME = fixed64Tag(2);
const DOUBLE = fixed64Tag(3);
const SPAN_ID = messageTag(4);
const TRACE_ID = messageTag(5);
const INT = fixed64Tag(6);
const ATTRIBUTE = messageTag(7);

/** Characters of all names and values together; ids go before attributes, which are taken all or not at all, as in Prometheus. */
const MOST_CHARACTERS = 128;

export class ExemplarReader {
  readonly #cursor: ProtobufCursor;
  readonly #values: ValueReader;
  readonly #appender: RawAppender;
  readonly #attributes = new PlainAttributes();

  constructor(cursor: ProtobufCursor, values: ValueReader, appender: RawAppender) {
    this.#cursor = cursor;
    this.#values = values;
    this.#appender = appender;
  }

  /**
   * Writes the exemplars of a point that has been taken; one that is refused is counted by the writer, and that is all. One without a time has
   * that of the point, milliseconds.
   */
  write(places: Runs, time: number, seriesOf: (value: number) => SeriesRef): void {
    if (places.count === 0) return;
    const found: Exemplar[] = [];
    for (let i = 0; i < places.count; i++) {
      const exemplar = this.#read(places.from(i), places.to(i), time);
      if (exemplar !== undefined) found.push(exemplar);
    }
    // They come in any order, and of a series each is newer than the one before.
    found.sort((a, b) => a.timestamp - b.timestamp);
    for (const exemplar of found) this.#appender.exemplar(seriesOf(exemplar.value), exemplar);
  }

  /** Undefined where it has no value. */
  #read(from: number, end: number, pointTime: number): Exemplar | undefined {
    const cursor = this.#cursor;
    const { view } = cursor;
    let timestamp = 0;
    let value: number | undefined;
    let traceId = '';
    let spanId = '';
    this.#attributes.clear();
    cursor.at = from;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === ATTRIBUTE) this.#values.attributeField(end, this.#attributes);
      else if (tag === TRACE_ID) traceId = this.#values.idField(16, end);
      else if (tag === SPAN_ID) spanId = this.#values.idField(8, end);
      else {
        const { at } = cursor;
        cursor.skip(tag, end);
        if (tag === TIME) timestamp = milliseconds(view.getUint32(at, true), view.getUint32(at + 4, true));
        else if (tag === DOUBLE) value = view.getFloat64(at, true);
        else if (tag === INT) value = view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
      }
    }
    if (value === undefined) return undefined;
    const labels = this.#labels(traceId, spanId);
    return timestamp === 0 ? { timestamp: pointTime, value, labels, untimed: true } : { timestamp, value, labels };
  }

  #labels(traceId: string, spanId: string): string[] {
    const ids: string[] = [];
    if (traceId !== '') ids.push('trace_id', traceId);
    if (spanId !== '') ids.push('span_id', spanId);
    const { pairs, tooMany } = this.#attributes;
    const labels = [...ids, ...pairs];
    const fits = !tooMany && labels.reduce((sum, text) => sum + text.length, 0) <= MOST_CHARACTERS;
    return fits && new Set(labels.filter((_, i) => i % 2 === 0)).size === labels.length / 2 ? labels : ids;
  }
}
