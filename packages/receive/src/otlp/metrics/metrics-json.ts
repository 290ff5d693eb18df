/** ExportMetricsServiceRequest as OTLP's JSON: every metric is checked and written as protobuf, and then read as such. */

import { ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';
import { addAttributes } from '../any-value-json.ts';
import { ValueReader } from '../any-value.ts';
import {
  badField,
  beyondInt64,
  booleanField,
  int64Field,
  uint64Field,
  doubleField,
  enumField,
  idField,
  ignoreField,
  listField,
  objectField,
  smallNumberField,
  textField,
} from '../json-fields.ts';
import type { Json } from '../json-text.ts';
import { walkJson } from '../walk-json.ts';
import { MessageScratch } from './message-scratch.ts';
import { MetricReader } from './metric-reader.ts';
import { PlainAttributes } from './plain-attributes.ts';
import type { PointTaker } from './point-taker.ts';

const NAMES = { resources: 'resourceMetrics', scopes: 'scopeMetrics', records: 'metrics' };

const TEMPORALITIES = {
  AGGREGATION_TEMPORALITY_UNSPECIFIED: 0,
  AGGREGATION_TEMPORALITY_DELTA: 1,
  AGGREGATION_TEMPORALITY_CUMULATIVE: 2,
};

/** Hands every point to the taker that `open` makes; gives the taker. @throws AtalayaError BAD_ENCODING */
export function walkMetricsJson(text: string, open: () => PointTaker): Generator<undefined, PointTaker> {
  const encoder = new MetricEncoder();
  let reader: { readonly of: PointTaker; readonly cursor: ProtobufCursor; readonly metrics: MetricReader } | undefined;
  return walkJson(text, NAMES, open, (value, taker) => {
    const { bytes, length } = encoder.encode(value);
    if (reader === undefined || reader.of !== taker || reader.cursor.bytes !== bytes) {
      const cursor = new ProtobufCursor(bytes);
      reader = { of: taker, cursor, metrics: new MetricReader(cursor, new ValueReader(cursor), taker) };
    }
    reader.cursor.at = 0;
    return reader.metrics.read(length);
  });
}

/** Writes a field's value. */
type Write = (name: string, value: Json) => void;
type Fields = Readonly<Record<string, Write>>;

const ignore: Write = () => undefined;

/** Numbers of fields are those of opentelemetry/proto/metrics/v1. */
class MetricEncoder {
  readonly #out = new MessageScratch();
  readonly #attributes = new PlainAttributes();

  readonly #exemplar: Fields = {
    filteredAttributes: (name, value) => this.#addAttributes(7, name, value),
    timeUnixNano: this.#unsigned(2),
    asDouble: this.#double(3),
    asInt: this.#integer(6, 3),
    spanId: (name, value) => this.#id(4, name, value, 16),
    traceId: (name, value) => this.#id(5, name, value, 32),
  };
  readonly #buckets: Fields = {
    offset: (name, value) => this.#out.sint32(1, signed32(name, value)),
    bucketCounts: (name, value) => this.#packed(2, name, value, (item) => this.#out.varintItem(uint64Field(name, item))),
  };
  readonly #number: Fields = {
    attributes: (name, value) => this.#addAttributes(7, name, value),
    startTimeUnixNano: this.#unsigned(2),
    timeUnixNano: this.#unsigned(3),
    asDouble: this.#double(4),
    asInt: this.#integer(6, 4),
    exemplars: this.#messages(5, this.#exemplar),
    flags: this.#small(8),
  };
  readonly #histogram: Fields = {
    attributes: (name, value) => this.#addAttributes(9, name, value),
    startTimeUnixNano: this.#unsigned(2),
    timeUnixNano: this.#unsigned(3),
    count: this.#unsigned(4),
    sum: this.#double(5),
    bucketCounts: (name, value) => this.#packed(6, name, value, (item) => this.#out.fixed64Item(uint64Field(name, item))),
    explicitBounds: (name, value) => this.#packed(7, name, value, (item) => this.#out.doubleItem(doubleField(name, item))),
    exemplars: this.#messages(8, this.#exemplar),
    flags: this.#small(10),
    min: ignore,
    max: ignore,
  };
  readonly #exponential: Fields = {
    attributes: (name, value) => this.#addAttributes(1, name, value),
    startTimeUnixNano: this.#unsigned(2),
    timeUnixNano: this.#unsigned(3),
    count: this.#unsigned(4),
    sum: this.#double(5),
    scale: (name, value) => this.#out.sint32(6, signed32(name, value)),
    zeroCount: this.#unsigned(7),
    positive: this.#message(8, this.#buckets),
    negative: this.#message(9, this.#buckets),
    flags: this.#small(10),
    exemplars: this.#messages(11, this.#exemplar),
    min: ignore,
    max: ignore,
    zeroThreshold: this.#double(14),
  };
  readonly #summary: Fields = {
    attributes: (name, value) => this.#addAttributes(7, name, value),
    startTimeUnixNano: this.#unsigned(2),
    timeUnixNano: this.#unsigned(3),
    count: this.#unsigned(4),
    sum: this.#double(5),
    quantileValues: this.#messages(6, { quantile: this.#double(1), value: this.#double(2) }),
    flags: this.#small(8),
  };
  readonly #metric: Fields = {
    name: (name, value) => this.#out.text(1, textField(name, value)),
    description: (name, value) => this.#out.text(2, textField(name, value)),
    unit: (name, value) => this.#out.text(3, textField(name, value)),
    metadata: ignore,
    gauge: this.#message(5, this.#data(this.#number)),
    sum: this.#message(7, this.#data(this.#number)),
    histogram: this.#message(9, this.#data(this.#histogram)),
    exponentialHistogram: this.#message(10, this.#data(this.#exponential)),
    summary: this.#message(11, this.#data(this.#summary)),
  };

  /** The metric as protobuf: the first `length` of the bytes, until the next one is written. @throws AtalayaError BAD_ENCODING */
  encode(value: Json): { readonly bytes: Uint8Array; readonly length: number } {
    this.#out.clear();
    this.#fields('metrics', value, this.#metric);
    return this.#out;
  }

  #fields(field: string, value: Json, fields: Fields): void {
    const given = objectField(field, value);
    for (const name in given) {
      const write = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (write === undefined) ignoreField(name);
      else if (given[name] !== null) write(name, given[name] as Json);
    }
  }

  #data(point: Fields): Fields {
    return {
      dataPoints: this.#messages(1, point),
      aggregationTemporality: (name, value) => this.#out.uint32(2, notNegative(name, value, enumField(name, value, TEMPORALITIES))),
      isMonotonic: (name, value) => this.#out.uint32(3, booleanField(name, value) ? 1 : 0),
    };
  }

  #message(field: number, fields: Fields): Write {
    return (name, value) => {
      const start = this.#out.open(field);
      this.#fields(name, value, fields);
      this.#out.close(start);
    };
  }

  #messages(field: number, fields: Fields): Write {
    const write = this.#message(field, fields);
    return (name, value) => {
      for (const element of listField(name, value)) write(name, element);
    };
  }

  #packed(field: number, name: string, value: Json, writeItem: (item: Json) => void): void {
    const start = this.#out.open(field);
    for (const item of listField(name, value)) writeItem(item);
    this.#out.close(start);
  }

  /** Values become texts here, as the labels that they will be. */
  #addAttributes(field: number, name: string, value: Json): void {
    const attributes = this.#attributes;
    attributes.clear();
    addAttributes(name, value, attributes);
    for (let i = 0; i < attributes.pairs.length; i += 2) {
      const start = this.#out.open(field);
      this.#out.text(1, attributes.pairs[i] as string);
      const inner = this.#out.open(2);
      this.#out.text(1, attributes.pairs[i + 1] as string);
      this.#out.close(inner);
      this.#out.close(start);
    }
  }

  #id(field: number, name: string, value: Json, digits: number): void {
    const id = idField(name, value, digits);
    if (id !== '') this.#out.hex(field, id);
  }

  #unsigned(field: number): Write {
    return (name, value) => this.#out.fixed64(field, uint64Field(name, value));
  }

  /** One that is too large is written to the field of doubles. */
  #integer(field: number, fieldOfDouble: number): Write {
    return (name, value) => {
      if (beyondInt64(value)) this.#out.double(fieldOfDouble, Number(value));
      else this.#out.fixed64(field, int64Field(name, value));
    };
  }

  #double(field: number): Write {
    return (name, value) => this.#out.double(field, doubleField(name, value));
  }

  #small(field: number): Write {
    return (name, value) => this.#out.uint32(field, notNegative(name, value, smallNumberField(name, value)));
  }
}

function notNegative(name: string, value: Json, number: number): number {
  return number < 0 ? badField(name, 'a whole number that is not negative', value) : number;
}

function signed32(name: string, value: Json): number {
  const number = smallNumberField(name, value);
  return number === (number | 0) ? number : badField(name, 'a whole number of 32 bits', value);
}
