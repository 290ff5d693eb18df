/** Decodes io.prometheus.write.v2.Request, the message of remote write 2.0. */

import type { MetadataEntry } from '@atalaya/journal';
import type { Labels, MetricType } from '@atalaya/model';
import { METRIC_TYPES, MOST_METADATA, Ranges, SampleColumns, type SeriesDecoder } from './decoded-series.ts';
import { ExemplarMessages } from './exemplar-messages.ts';
import { HistogramMessages } from './histogram-messages.ts';
import { type HashSeed, hashRange } from './keyed-hash.ts';
import { malformed, ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import { messageTag } from '../protobuf/tags.ts';
import { SymbolTable } from './symbol-table.ts';

const REQUEST_SYMBOL = messageTag(4);
const REQUEST_TIMESERIES = messageTag(5);
/** Of a series, and of an exemplar. */
const SERIES_LABEL_REFS = messageTag(1);
const SERIES_LABEL_REF = 0x08;
const SERIES_SAMPLE = messageTag(2);
const SERIES_HISTOGRAM = messageTag(3);
const SERIES_EXEMPLAR = messageTag(4);
const SERIES_METADATA = messageTag(5);
const METADATA_TYPE = 0x08;
const METADATA_HELP_REF = 0x18;
const METADATA_UNIT_REF = 0x20;

/** One body. The symbols are gathered first, as protobuf fixes no order of fields. */
export class WriteRequestV2 implements SeriesDecoder {
  readonly samples = new SampleColumns();
  readonly metadata: MetadataEntry[] = [];
  metadataDropped = 0;
  readonly keyed = true;
  keyLow = 0;
  keyHigh = 0;
  readonly histograms: HistogramMessages;
  readonly exemplars: ExemplarMessages;
  readonly #cursor: ProtobufCursor;
  readonly #symbols: SymbolTable;
  readonly #series = new Ranges();
  readonly #seed: HashSeed;
  readonly #key = new Int32Array(2);
  #nextSeries = 0;
  #refs = new Int32Array(64);
  #refCount = 0;
  /** Hashes of the symbols that `#refs` names, in that order, and a view of the same bytes to hash them. */
  #refHashes = new Int32Array(128);
  #refHashView = new DataView(this.#refHashes.buffer);
  /** Symbols of the metric names whose metadata has been taken from this request. */
  readonly #described = new Set<number>();

  constructor(body: Uint8Array, seed: HashSeed) {
    const cursor = new ProtobufCursor(body);
    this.#cursor = cursor;
    this.histograms = new HistogramMessages(cursor);
    this.exemplars = new ExemplarMessages(cursor, (tag, end, into) => this.#labelRefs(tag, end, into));
    this.#seed = seed;
    this.#symbols = new SymbolTable(cursor, seed);
    const end = body.length;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag !== REQUEST_SYMBOL && tag !== REQUEST_TIMESERIES) {
        cursor.skip(tag, end);
        continue;
      }
      const fieldEnd = cursor.lengthDelimited(end);
      if (tag === REQUEST_SYMBOL) this.#symbols.add(cursor.at, fieldEnd);
      else this.#series.push(cursor.at, fieldEnd);
      cursor.at = fieldEnd;
    }
    if (this.#series.count > 0) this.#symbols.checkFirst();
  }

  next(): boolean {
    if (this.#nextSeries === this.#series.count) return false;
    const cursor = this.#cursor;
    cursor.at = this.#series.from(this.#nextSeries);
    const end = this.#series.to(this.#nextSeries);
    this.#nextSeries++;
    this.samples.count = 0;
    this.histograms.clear();
    this.exemplars.clear();
    this.#refCount = 0;
    let metadataAt = -1;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === SERIES_SAMPLE) this.samples.read(cursor, end);
      else if (tag === SERIES_LABEL_REFS) {
        const refsEnd = cursor.lengthDelimited(end);
        while (cursor.at < refsEnd) this.#addRef(cursor.uint32(refsEnd));
      } else if (tag === SERIES_LABEL_REF) this.#addRef(cursor.uint32(end));
      else {
        if (tag === SERIES_HISTOGRAM) this.histograms.note(cursor.at);
        else if (tag === SERIES_EXEMPLAR) this.exemplars.note(cursor.at);
        else if (tag === SERIES_METADATA) metadataAt = cursor.at;
        cursor.skip(tag, end);
      }
    }
    if (this.#refCount % 2 !== 0)
      malformed(`the series before byte ${end} has ${this.#refCount} label references; names and values alternate`);
    hashRange(this.#refHashView, 0, this.#refCount * 8, this.#seed, this.#key, 0);
    this.keyLow = this.#key[0] as number;
    this.keyHigh = this.#key[1] as number;
    if (metadataAt >= 0) this.#metadata(metadataAt, end);
    return true;
  }

  labels(): Labels {
    return Array.from(this.#refs.subarray(0, this.#refCount), (ref) => this.#symbols.text(ref));
  }

  /** The references of an exemplar's labels, as texts. */
  #labelRefs(tag: number, end: number, into: string[]): boolean {
    if (tag !== SERIES_LABEL_REFS && tag !== SERIES_LABEL_REF) return false;
    const cursor = this.#cursor;
    const refsEnd = tag === SERIES_LABEL_REFS ? cursor.lengthDelimited(end) : cursor.at + 1;
    while (cursor.at < refsEnd) {
      const ref = cursor.uint32(end);
      this.#symbols.check(ref);
      into.push(this.#symbols.text(ref));
    }
    return true;
  }

  #addRef(ref: number): void {
    this.#symbols.check(ref);
    const at = this.#refCount++;
    if (at === this.#refs.length) {
      const refs = new Int32Array(at * 2);
      refs.set(this.#refs);
      const hashes = new Int32Array(at * 4);
      hashes.set(this.#refHashes);
      this.#refs = refs;
      this.#refHashes = hashes;
      this.#refHashView = new DataView(hashes.buffer);
    }
    this.#refs[at] = ref;
    this.#refHashes[at * 2] = this.#symbols.hashLow(ref);
    this.#refHashes[at * 2 + 1] = this.#symbols.hashHigh(ref);
  }

  /** Reads the Metadata message whose length is at `start`; one series of each metric is enough. */
  #metadata(start: number, seriesEnd: number): void {
    const nameRef = this.#metricNameRef();
    if (nameRef < 0 || this.#described.has(nameRef)) return;
    if (this.metadata.length === MOST_METADATA) {
      this.metadataDropped++;
      return;
    }
    this.#described.add(nameRef);
    const cursor = this.#cursor;
    const resumeAt = cursor.at;
    cursor.at = start;
    const end = cursor.lengthDelimited(seriesEnd);
    let type = 0;
    let helpRef = 0;
    let unitRef = 0;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === METADATA_TYPE) type = cursor.int64(end);
      else if (tag === METADATA_HELP_REF) helpRef = cursor.uint32(end);
      else if (tag === METADATA_UNIT_REF) unitRef = cursor.uint32(end);
      else cursor.skip(tag, end);
    }
    cursor.at = resumeAt;
    this.#symbols.check(helpRef);
    this.#symbols.check(unitRef);
    if (type === 0 && helpRef === 0 && unitRef === 0) return;
    const metricType = METRIC_TYPES[type] ?? 'unknown';
    const family = familyOf(this.#symbols.text(nameRef), metricType);
    this.metadata.push([family, metricType, this.#symbols.text(helpRef), this.#symbols.text(unitRef)]);
  }

  #metricNameRef(): number {
    for (let i = 0; i < this.#refCount; i += 2) {
      if (this.#refs[i] === this.#symbols.metricNameLabel) return this.#refs[i + 1] as number;
    }
    return -1;
  }
}

/** Metadata belongs to the family: 2.0 sends it with each series, and those of histograms and summaries have suffixes. */
function familyOf(metric: string, type: MetricType): string {
  if (type === 'histogram' || type === 'gaugehistogram') return metric.replace(/_(bucket|g?sum|g?count)$/, '');
  if (type === 'summary') return metric.replace(/_(sum|count)$/, '');
  return metric;
}
