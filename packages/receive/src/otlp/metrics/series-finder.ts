/** Finds the series of data points: by a key of bytes as they arrived, by labels where the key is not known. */

import { labelsOf, type Labels, METRIC_NAME } from '@atalaya/model';
import { LENGTH_DELIMITED, type ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';
import type { RejectReason, SeriesRef } from '../../metric-writer.ts';
import type { RawAppender } from '../../metrics/raw-series.ts';
import type { ValueReader } from '../any-value.ts';
import type { DataPoint } from './data-point.ts';
import { KIND_CODES, type MetricHead } from './metric-head.ts';
import type { MetricIntake, PointContext } from './metric-intake.ts';
import { metricName, type MetricKind } from './metric-name.ts';
import { PlainAttributes } from './plain-attributes.ts';
import { RawKey } from './raw-key.ts';
import { attributeLabels, entriesOf } from './resource-labels.ts';
import { numberText } from './number-text.ts';

/** Which series of a point: the end of its name, and the label that tells several of them apart. */
export interface SeriesPart {
  readonly code: number;
  readonly suffix: string;
  readonly label: string;
}

export const WHOLE: SeriesPart = { code: 0, suffix: '', label: '' };
export const SUM: SeriesPart = { code: 1, suffix: '_sum', label: '' };
export const COUNT: SeriesPart = { code: 2, suffix: '_count', label: '' };
export const BUCKET: SeriesPart = { code: 3, suffix: '_bucket', label: 'le' };
export const QUANTILE: SeriesPart = { code: 4, suffix: '', label: 'quantile' };

export class SeriesFinder {
  readonly #cursor: ProtobufCursor;
  readonly #values: ValueReader;
  readonly #intake: MetricIntake;
  readonly #appender: RawAppender;
  #point: DataPoint | undefined;
  #context: PointContext | undefined;
  #head: MetricHead | undefined;
  /** Made when they are asked for. */
  #name: string | undefined;
  #base: Map<string, string> | undefined;
  #tooMany = false;
  readonly #metricKey: RawKey;
  readonly #pointKey: RawKey;
  readonly #partKey: RawKey;
  readonly #attributes = new PlainAttributes();
  readonly #number = new Float64Array(1);
  readonly #numberWords = new Int32Array(this.#number.buffer);

  constructor(cursor: ProtobufCursor, values: ValueReader, intake: MetricIntake, appender: RawAppender) {
    this.#cursor = cursor;
    this.#values = values;
    this.#intake = intake;
    this.#appender = appender;
    this.#metricKey = new RawKey(intake.seed);
    this.#pointKey = new RawKey(intake.seed);
    this.#partKey = new RawKey(intake.seed);
  }

  /** A metric follows, whose kind is known. */
  openMetric(head: MetricHead, context: PointContext): void {
    this.#head = head;
    this.#context = context;
    this.#name = undefined;
    const { view } = this.#cursor;
    const code = KIND_CODES[head.kind as MetricKind];
    this.#metricKey.restart(context.id, code).addBytes(view, head.nameFrom, head.nameTo).addBytes(view, head.unitFrom, head.unitTo);
  }

  /** The name of the metric's series without any part's suffix. */
  get name(): string {
    const { nameFrom, nameTo, unitFrom, unitTo, kind } = this.#head as MetricHead;
    this.#name ??= metricName(
      this.#values.textAt(nameFrom, nameTo),
      this.#values.textAt(unitFrom, unitTo),
      kind as MetricKind,
      this.#intake.translation.strategy,
    );
    return this.#name;
  }

  /** A point of the metric follows. */
  openPoint(point: DataPoint): void {
    this.#point = point;
    this.#base = undefined;
    this.#pointKey.follow(this.#metricKey);
    const { attributes } = point;
    for (let i = 0; i < attributes.count; i++) this.#pointKey.addBytes(this.#cursor.view, attributes.from(i), attributes.to(i));
  }

  /** The series of a part; `value` is that of the part's label. */
  find(part: SeriesPart, value = 0): SeriesRef | RejectReason {
    const key = part === WHOLE ? this.#pointKey : this.#keyOf(part, value);
    const known = this.#intake.writer.findKey(key.low, key.high);
    if (known >= 0) return known;
    const labels = this.#labels(part, value);
    const ref = this.#tooMany ? 'label_limit' : this.#appender.series(labels);
    if (typeof ref !== 'string') this.#intake.writer.bindKey(key.low, key.high, ref);
    return ref;
  }

  #keyOf(part: SeriesPart, value: number): RawKey {
    const key = this.#partKey.follow(this.#pointKey).addWords(part.code, 0);
    if (part.label === '') return key;
    this.#number[0] = value;
    return key.addWords(this.#numberWords[0] as number, this.#numberWords[1] as number);
  }

  #labels(part: SeriesPart, value: number): Labels {
    this.#base ??= this.#baseLabels();
    const labels = new Map(this.#base);
    if (part.label !== '') labels.set(part.label, numberText(value));
    labels.set(METRIC_NAME, this.name === '' ? '' : this.name + part.suffix);
    return labelsOf(labels);
  }

  /** Labels that all series of the point have. */
  #baseLabels(): Map<string, string> {
    const { resource, scope } = this.#context as PointContext;
    const labels = attributeLabels(entriesOf(this.#pointAttributes()), this.#intake.translation);
    for (const [name, value] of resource.promoted) if ((labels.get(name) ?? '') === '') labels.set(name, value);
    for (const [name, value] of scope) labels.set(name, value);
    for (const [name, value] of resource.identity) labels.set(name, value);
    return labels;
  }

  #pointAttributes(): readonly string[] {
    const cursor = this.#cursor;
    const { attributes } = this.#point as DataPoint;
    const end = cursor.at;
    this.#attributes.clear();
    for (let i = 0; i < attributes.count; i++) {
      const to = attributes.to(i);
      cursor.at = attributes.from(i);
      while (cursor.at < to) {
        const tag = cursor.tag(to);
        if ((tag & 7) === LENGTH_DELIMITED) this.#values.attributeField(to, this.#attributes);
        else cursor.skip(tag, to);
      }
    }
    cursor.at = end;
    this.#tooMany = this.#attributes.tooMany;
    return this.#attributes.pairs;
  }
}
