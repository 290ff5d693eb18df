/**
 * Walks over a scraped body in Prometheus' protobuf format: `io.prometheus.client.MetricFamily` messages, each after its length.
 * Classic histograms and summaries come out as the series that the text format has for them.
 */

import { type Hash64, hashBytes, METRIC_NAME, type MetricType } from '@atalaya/model';
import type { ArrivedHistogram } from '../native-histogram/admit.ts';
import { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import type { HistogramScraping } from '../scrape-config/config.ts';
import { customHistogram } from './classic-histogram.ts';
import { readExemplar } from './exemplar-message.ts';
import { type Exposition, FOUND, type ScrapedExemplar } from './exposition.ts';
import { formatBound } from './format-bound.ts';
import { MetricMessage, type MetricPart } from './metric-message.ts';
import { type MetadataLine, SeriesTextError } from './series-text.ts';

const FAMILY_NAME = 0x0a;
const FAMILY_HELP = 0x12;
const FAMILY_TYPE = 0x18;
const FAMILY_METRIC = 0x22;
const FAMILY_UNIT = 0x2a;

/** Kinds of metrics, by their number in the messages. */
const TYPES: readonly MetricType[] = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'];
const SUMMARY = 2;
const HISTOGRAM = 4;
const GAUGE_HISTOGRAM = 5;

const SUFFIXES: Readonly<Record<MetricPart, string>> = {
  value: '',
  count: '_count',
  sum: '_sum',
  bucket: '_bucket',
  quantile: '',
  native: '',
};
const PART_NUMBERS: Readonly<Record<MetricPart, number>> = { value: 0, count: 1, sum: 2, bucket: 3, quantile: 4, native: 5 };
/** Bytes before the labels in a series' key: hash of the family's name, the part, its bound. */
const KEY_HEAD = 24;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One pass over one body. */
export class ProtobufExposition implements Exposition {
  value = NaN;
  timestamp = NaN;
  readonly #cursor: ProtobufCursor;
  readonly #options: HistogramScraping;
  readonly #metric = new MetricMessage();
  #name = '';
  #type = 0;
  #metadata: MetadataLine[] = [];
  /** Where the metrics of the family at hand begin, with their lengths, and which is next. */
  #metrics: number[] = [];
  #nextMetric = 0;
  /** Where the exemplars of what was found begin. */
  #exemplars: number[] = [];
  /** Of the metric at hand: what is still to be given, last first. */
  #parts: { part: MetricPart; index: number; bound: number }[] = [];
  #found: { part: MetricPart; index: number; bound: number } | undefined;
  /** Key bytes of the series at hand; `#keyLength` of them. */
  #key = new Uint8Array(256);
  #keyView = new DataView(this.#key.buffer);
  #keyLength = 0;
  readonly #familyHash: Hash64 = { low: 0, high: 0 };

  constructor(body: Uint8Array, options: HistogramScraping) {
    this.#cursor = new ProtobufCursor(body);
    this.#options = options;
  }

  next(): number {
    for (;;) {
      const found = this.#parts.pop();
      if (found !== undefined) return this.#give(found);
      if (this.#nextMetric < this.#metrics.length) this.#readMetric();
      else if (this.#cursor.at >= this.#cursor.bytes.length) return FOUND.end;
      else {
        this.#readFamily();
        this.#found = undefined;
        return FOUND.metadata;
      }
    }
  }

  key(into: Hash64): void {
    const found = this.#found;
    if (found === undefined) {
      const bytes = Buffer.from(JSON.stringify(this.#metadata));
      hashBytes(bytes, 0, bytes.length, 0, into);
      return;
    }
    this.#keyView.setUint32(8, PART_NUMBERS[found.part]);
    this.#keyView.setFloat64(16, found.bound);
    hashBytes(this.#key, 0, this.#keyLength, 0, into);
  }

  labels(): Map<string, string> {
    const { part, bound } = this.#found as { part: MetricPart; bound: number };
    const labels = new Map([[METRIC_NAME, this.#name + SUFFIXES[part]]]);
    for (const [name, value] of this.#metric.labels(this.#cursor, text)) {
      if (name === '' || name === METRIC_NAME) throw new SeriesTextError(`"${name}" is not allowed as a label name`);
      if (labels.has(name)) throw new SeriesTextError(`the label ${name} is given twice`);
      labels.set(name, value);
    }
    if (part === 'bucket') labels.set('le', formatBound(bound));
    if (part === 'quantile') labels.set('quantile', formatBound(bound));
    return labels;
  }

  histogram(): ArrivedHistogram {
    const gauge = this.#type === GAUGE_HISTOGRAM;
    return this.#metric.isNative ? this.#metric.native(gauge) : customHistogram(this.#metric.classic(), gauge);
  }

  get exemplarCount(): number {
    return this.#exemplars.length;
  }

  exemplars(): ScrapedExemplar[] {
    return this.#exemplars.map((at) => readExemplar(this.#cursor, at, text));
  }

  metadata(): MetadataLine[] {
    return this.#metadata;
  }

  error(reason: string): Error {
    return new Error(`metric family ${JSON.stringify(this.#name)}: ${reason}`);
  }

  #give(found: { part: MetricPart; index: number; bound: number }): number {
    this.#found = found;
    this.#exemplars = this.#metric.exemplarsOf(found.part, found.index);
    if (found.part === 'native') return FOUND.histogram;
    this.value = this.#metric.valueOf(found.part, found.index);
    return FOUND.sample;
  }

  /** Reads everything of a family but its metrics. */
  #readFamily(): void {
    const cursor = this.#cursor;
    const end = cursor.lengthDelimited(cursor.bytes.length);
    let [name, help, unit] = ['', '', ''];
    this.#type = 0;
    this.#metrics = [];
    this.#nextMetric = 0;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === FAMILY_NAME) name = text(cursor, end);
      else if (tag === FAMILY_HELP) help = text(cursor, end);
      else if (tag === FAMILY_UNIT) unit = text(cursor, end);
      else if (tag === FAMILY_TYPE) this.#type = cursor.int64(end);
      else {
        if (tag === FAMILY_METRIC) this.#metrics.push(cursor.at);
        cursor.skip(tag, end);
      }
    }
    this.#name = name;
    if (name === '') throw this.error('a metric family has no name');
    const type = TYPES[this.#type];
    if (type === undefined) throw this.error(`unknown metric type ${this.#type}`);
    this.#metadata = [{ metric: name, help }, { metric: name, type }, ...(unit === '' ? [] : [{ metric: name, unit }])];
    const bytes = Buffer.from(name);
    hashBytes(bytes, 0, bytes.length, 0, this.#familyHash);
  }

  #readMetric(): void {
    const cursor = this.#cursor;
    const resumeAt = cursor.at;
    cursor.at = this.#metrics[this.#nextMetric++] as number;
    const metric = this.#metric;
    metric.read(cursor, cursor.lengthDelimited(cursor.bytes.length));
    cursor.at = resumeAt;
    this.timestamp = metric.timestamp === 0 ? NaN : metric.timestamp;
    this.#parts = this.#partsOf(metric).toReversed();
    this.#prepareKey(metric);
  }

  #partsOf(metric: MetricMessage): { part: MetricPart; index: number; bound: number }[] {
    if (this.#type === SUMMARY) return [...metric.partsOfSummary()];
    if (this.#type !== HISTOGRAM && this.#type !== GAUGE_HISTOGRAM) return [{ part: 'value', index: 0, bound: 0 }];
    const { native, convertClassic, alwaysClassic } = this.#options;
    const whole = { part: 'native' as const, index: 0, bound: 0 };
    if (native && metric.isNative) return alwaysClassic && metric.hasBuckets ? [whole, ...metric.partsOfHistogram()] : [whole];
    if (convertClassic && metric.hasBuckets) return alwaysClassic ? [whole, ...metric.partsOfHistogram()] : [whole];
    return [...metric.partsOfHistogram()];
  }

  /** The labels' own bytes stand for them: exporters write them in the same order each time. */
  #prepareKey(metric: MetricMessage): void {
    const length = KEY_HEAD + metric.labelBytes;
    if (length > this.#key.length) {
      this.#key = new Uint8Array(length * 2);
      this.#keyView = new DataView(this.#key.buffer);
    }
    this.#keyView.setUint32(0, this.#familyHash.low);
    this.#keyView.setUint32(4, this.#familyHash.high);
    metric.copyLabels(this.#cursor, this.#key, KEY_HEAD);
    this.#keyLength = length;
  }
}

function text(cursor: ProtobufCursor, end: number): string {
  const textEnd = cursor.lengthDelimited(end);
  const bytes = cursor.bytes.subarray(cursor.at, textEnd);
  cursor.at = textEnd;
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SeriesTextError('the text is not valid UTF-8');
  }
}
