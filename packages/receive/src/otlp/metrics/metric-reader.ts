/** Reads metrics in place and gives their points to a request's taker. */

import type { ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';
import type { ValueReader } from '../any-value.ts';
import { SLICE_RECORDS } from '../taker.ts';
import { DataPoint } from './data-point.ts';
import { ExemplarReader } from './exemplars.ts';
import { DATA_POINT, KIND_CODES, MetricHead, TYPE_OF_KIND } from './metric-head.ts';
import type { MetricKind } from './metric-name.ts';
import type { PointTaker } from './point-taker.ts';
import { type Outcome, PointWriter } from './point-writer.ts';
import { RawKey } from './raw-key.ts';
import { SeriesFinder } from './series-finder.ts';
import { escapes } from './translation.ts';
import { unitName } from './unit-words.ts';

export class MetricReader {
  readonly #cursor: ProtobufCursor;
  readonly #values: ValueReader;
  readonly #taker: PointTaker;
  readonly #head = new MetricHead();
  readonly #point: DataPoint;
  readonly #finder: SeriesFinder;
  readonly #writer: PointWriter;
  readonly #key: RawKey;

  constructor(cursor: ProtobufCursor, values: ValueReader, taker: PointTaker) {
    this.#cursor = cursor;
    this.#values = values;
    this.#taker = taker;
    this.#point = new DataPoint(cursor);
    this.#finder = new SeriesFinder(cursor, values, taker.intake, taker.appender);
    this.#writer = new PointWriter(this.#point, this.#finder, new ExemplarReader(cursor, values, taker.appender), taker);
    this.#key = new RawKey(taker.intake.seed);
  }

  /** Reads the Metric from the cursor to `end`; pauses now and then, as one metric may have all points of a request. @throws AtalayaError BAD_ENCODING */
  *read(end: number): Generator<undefined, void> {
    const cursor = this.#cursor;
    const head = this.#head;
    head.read(cursor, end);
    if (head.kind === undefined) return;
    const refusal = this.#refusal();
    if (refusal === undefined) this.#openMetric(head.kind);
    const delta = head.temporality === 'delta';
    cursor.at = head.dataFrom;
    while (cursor.at < head.dataTo) {
      const tag = cursor.tag(head.dataTo);
      if (tag !== DATA_POINT) {
        cursor.skip(tag, head.dataTo);
        continue;
      }
      const to = cursor.lengthDelimited(head.dataTo);
      const from = cursor.at;
      // Every point is read, so that a request is refused for being malformed whatever else is wrong with it.
      this.#readPoint(head.kind, to);
      const outcome = refusal ?? this.#takePoint(head.kind, delta, from, to);
      this.#taker.count(outcome, this.#point.time);
      cursor.at = to;
      if (this.#taker.records % SLICE_RECORDS === 0) yield;
    }
  }

  /** Why all points of the metric are refused. */
  #refusal(): Outcome {
    const { temporality } = this.#head;
    if (this.#taker.context === undefined) return 'label_limit';
    if (temporality === 'unspecified') return 'no_temporality';
    return temporality === 'delta' && !this.#taker.intake.convertDelta ? 'delta_refused' : undefined;
  }

  #openMetric(kind: MetricKind): void {
    const head = this.#head;
    const { intake, context } = this.#taker;
    if (context === undefined) return;
    this.#finder.openMetric(head, context);
    const { view } = this.#cursor;
    const key = this.#key.restart(0, KIND_CODES[kind]).addBytes(view, head.nameFrom, head.nameTo);
    key.addBytes(view, head.unitFrom, head.unitTo).addBytes(view, head.descriptionFrom, head.descriptionTo);
    if (intake.described.find(key.low, key.high) >= 0) return;
    const help = this.#values.textAt(head.descriptionFrom, head.descriptionTo);
    const unit = unitName(this.#values.textAt(head.unitFrom, head.unitTo), escapes(intake.translation.strategy));
    this.#taker.describe(key.low, key.high, this.#finder.name, { type: TYPE_OF_KIND[kind], help, unit });
  }

  #readPoint(kind: MetricKind, end: number): void {
    if (kind === 'histogram') this.#point.readHistogram(end);
    else if (kind === 'exponential') this.#point.readExponential(end);
    else if (kind === 'summary') this.#point.readSummary(end);
    else this.#point.readNumber(end);
  }

  #takePoint(kind: MetricKind, delta: boolean, from: number, to: number): Outcome {
    this.#finder.openPoint(this.#point);
    if (!delta) return this.#writer.take(kind);
    const { low, high } = this.#key.restart(0, 0).addBytes(this.#cursor.view, from, to);
    return this.#writer.take(kind, { low, high });
  }
}
