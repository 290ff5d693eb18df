/** Counts lines or bytes by time and labels with one question to the engine. */

import {
  AtalayaError,
  type CancelSignal,
  type Labels,
  labelsOf,
  labelValue,
  type OtlpLine,
  otlpLineMetadata,
  otlpOriginMetadata,
  plainLineMetadata,
} from '@atalaya/model';
import { type LazyBlock, type LazyMaps, lazyText, readLazily } from '../../native/lazy.ts';
import { fragment, identifier, joined, sql, type Sql, uint64List } from '../../sql.ts';
import type { Streams } from '../streams.ts';
import { chooseStreams, type ChosenStreams, fingerprints, ofStreams, withLabel } from './chosen-streams.ts';
import { conditionsSql } from './conditions.ts';
import { lineLabelIn } from './label-expression.ts';
import type { ReadSources } from './lines.ts';
import { mapPairs, recordOf } from './map-pairs.ts';
import { clampTime, type CountsQuestion } from './requests.ts';
import { inRange } from './table-range.ts';

/** Groups with their counts; only buckets that are not empty. */
export interface CountsAnswer {
  readonly groups: readonly CountGroup[];
  readonly lines: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

export interface CountGroup {
  readonly labels: Labels;
  /** Ascending. */
  readonly buckets: Uint32Array;
  readonly values: Float64Array;
}

/** Rejects with QUERY_LIMIT when there are more groups than allowed, and as the engine's queries do. */
export async function countLines(
  { engine, streams, limits }: ReadSources,
  question: CountsQuestion,
  groupLimit: number,
  signal: CancelSignal,
): Promise<CountsAnswer> {
  const { origin, width, buckets } = question;
  const from = clampTime(origin + 1n);
  const to = clampTime(origin + width * BigInt(buckets));
  const chosen = chooseStreams(streams, question.matchers, from, to);
  if (chosen.slots.length === 0 || from > to) return { groups: [], lines: 0, rowsRead: 0, bytesRead: 0 };
  const where = [...(chosen.all ? [] : [ofStreams(streams, chosen.slots)]), ...conditionsSql(question.conditions, { streams, chosen })];
  const { by } = question;
  const alike = alikeStreams(by ?? [], streams, chosen.slots);
  const keys = by === undefined ? allKeys(chosen) : namedKeys(by, alike, streams, chosen);
  const measure = question.measure === 'lines' ? sql`count()` : sql`sum(length(Body))`;
  // Times lie behind the origin, so that the division rounds down.
  const bucket = sql`toUInt32(intDiv(toUnixTimestamp64Nano(Timestamp) - toInt64(${from}), toInt64(${width})))`;
  const names = keys.map(({ name }) => fragment(name));
  const statement = sql`SELECT ${joined(
    [...keys.map(({ name, value }) => sql`${fragment(value)} AS ${fragment(name)}`), sql`${fragment(bucket)} AS bucket`],
    ', ',
  )}, toFloat64(${fragment(measure)}) AS value, toFloat64(count()) AS lines FROM otel_logs WHERE ${fragment(inRange(from, to, where))}
    GROUP BY ${joined([...names.map((name) => sql`${name}`), sql`bucket`], ', ')} ORDER BY bucket`;
  const { bytes, rowsRead, bytesRead } = await engine.query(statement, { limits, signal });
  const groups = new Groups(groupLimit);
  for (const block of readLazily(bytes)) {
    const labelsAt = by === undefined ? allLabels(block, streams, chosen, question.discovered ?? false) : namedLabels(block, by, alike);
    groups.add(block, labelsAt);
  }
  return { ...groups.finish(), rowsRead, bytesRead };
}

/** One expression to group by. */
interface Key {
  readonly name: Sql;
  readonly value: Sql;
}

/** All labels of a line. */
function allKeys({ otlp }: ChosenStreams): Key[] {
  const keys = [
    { name: sql`s`, value: sql`StreamId` },
    { name: sql`a`, value: sql`CAST(LogAttributes, 'Map(String, String)')` },
  ];
  if (!otlp) return keys;
  return [
    ...keys,
    { name: sql`o`, value: sql`toUInt8(IsOtlp)` },
    { name: sql`ra`, value: sql`CAST(ResourceAttributes, 'Map(String, String)')` },
    { name: sql`sa`, value: sql`CAST(ScopeAttributes, 'Map(String, String)')` },
    { name: sql`sn`, value: sql`ScopeName` },
    { name: sql`sv`, value: sql`CAST(ScopeVersion, 'String')` },
    { name: sql`st`, value: sql`CAST(SeverityText, 'String')` },
    { name: sql`sy`, value: sql`SeverityNumber` },
    // Lines of other streams have these too, but not as labels.
    { name: sql`ti`, value: sql`if(IsOtlp, TraceId, '')` },
    { name: sql`si`, value: sql`if(IsOtlp, SpanId, '')` },
    { name: sql`tf`, value: sql`if(IsOtlp, TraceFlags, 0)` },
  ];
}

/** Streams that are alike in the labels that are asked for, by number. */
interface AlikeStreams {
  readonly numbers: Uint32Array;
  /** The labels of each number, in the order in which they are asked for; empty where a stream has none. */
  readonly values: readonly (readonly string[])[];
}

function alikeStreams(by: readonly string[], streams: Streams, slots: Uint32Array): AlikeStreams {
  const known = new Map<string, number>();
  const values: string[][] = [];
  const numbers = slots.map((slot) => {
    const labels = streams.labels(slot);
    const own = by.map((name) => labelValue(labels, name));
    const key = JSON.stringify(own);
    let number = known.get(key);
    if (number === undefined) {
      known.set(key, (number = values.length));
      values.push(own);
    }
    return number;
  });
  return { numbers, values };
}

/** What is asked for, as streams have it and, where one has none, as lines have it. */
function namedKeys(by: readonly string[], alike: AlikeStreams, streams: Streams, chosen: ChosenStreams): Key[] {
  const keys: Key[] = by.flatMap((name, i) => {
    if (alike.values.every((own) => own[i] !== '')) return [];
    const ofLine = lineLabelIn(name, streams, chosen);
    const having = withLabel(streams, chosen.slots, name);
    const value = having.length === 0 ? ofLine : sql`if(${fragment(ofStreams(streams, having))}, '', ${fragment(ofLine)})`;
    return [{ name: sql`${identifier(keyName(i))}`, value }];
  });
  if (alike.values.length === 1) return keys;
  const numbers = joined(
    Array.from(alike.numbers, (number) => sql`${number}`),
    ', ',
  );
  const ids = uint64List(fingerprints(streams, chosen.slots));
  return [{ name: sql`g`, value: sql`toUInt32(transform(StreamId, [${ids}], [${numbers}], 0))` }, ...keys];
}

function keyName(i: number): string {
  return `k${i}`;
}

type LabelsAt = (row: number) => Labels;

function namedLabels(block: LazyBlock, by: readonly string[], alike: AlikeStreams): LabelsAt {
  const numbers = block.has('g') ? block.column('g', 'UInt32') : undefined;
  const columns = by.map((_, i) => (block.has(keyName(i)) ? block.column(keyName(i), 'String') : undefined));
  return (row) => {
    const own = alike.values[numbers?.[row] ?? 0];
    return labelsOf(
      by.map((name, i) => {
        const column = columns[i];
        const ofStream = own?.[i] ?? '';
        return [name, ofStream !== '' || column === undefined ? ofStream : lazyText(column, row)] as const;
      }),
    );
  };
}

function allLabels(block: LazyBlock, streams: Streams, chosen: ChosenStreams, discovered: boolean): LabelsAt {
  const stream = streamAt(block, streams, discovered);
  const attributes = block.column('a', 'Map(String, String)');
  const rest = chosen.otlp ? otlpColumns(block) : undefined;
  return (row) => {
    const own = mapPairs(attributes, row);
    if (rest?.isOtlp(row) !== true) return joinedLabels(stream(row), plainLineMetadata(own));
    return joinedLabels(stream(row), otlpLineMetadata(rest.origin(row), { ...rest.fields(row), attributes: own }));
  };
}

/** What OTLP says of the lines of a row besides their attributes. */
interface OtlpRow {
  isOtlp(row: number): boolean;
  origin(row: number): ReadonlyMap<string, string>;
  fields(row: number): Omit<OtlpLine, 'attributes'>;
}

function otlpColumns(block: LazyBlock): OtlpRow {
  const [resource, scope] = ['ra', 'sa'].map((name) => block.column(name, 'Map(String, String)')) as [LazyMaps, LazyMaps];
  const text = (name: string, row: number): string => lazyText(block.column(name, 'String'), row);
  return {
    isOtlp: (row) => block.column('o', 'UInt8')[row] === 1,
    origin: (row) =>
      otlpOriginMetadata({
        resourceAttributes: recordOf(mapPairs(resource, row)),
        scopeAttributes: recordOf(mapPairs(scope, row)),
        scopeName: text('sn', row),
        scopeVersion: text('sv', row),
      }),
    fields: (row) => ({
      severityText: text('st', row),
      severityNumber: block.column('sy', 'UInt8')[row] as number,
      traceId: text('ti', row),
      spanId: text('si', row),
      traceFlags: block.column('tf', 'UInt8')[row] as number,
    }),
  };
}

/** The stream's labels and the line's; those of the line that are named as one of the stream get another name. */
function joinedLabels(stream: Labels, metadata: Labels): Labels {
  if (metadata.length === 0) return stream;
  const record = new Map<string, string>();
  for (let i = 0; i < metadata.length; i += 2) {
    const name = metadata[i] as string;
    const taken = labelValue(stream, name) !== '';
    record.set(taken ? `${name}_extracted` : name, metadata[i + 1] as string);
  }
  for (let i = 0; i < stream.length; i += 2) record.set(stream[i] as string, stream[i + 1] as string);
  // Unlike a stream's, an attribute that is empty is a label.
  return [...record.keys()].sort().flatMap((name) => [name, record.get(name) as string]);
}

function streamAt(block: LazyBlock, streams: Streams, discovered: boolean): (row: number) => Labels {
  if (!block.has('s')) return () => [];
  const words = block.column('s', 'UInt64');
  return (row) => {
    const slot = streams.index.slotOf(words[row * 2] as number, words[row * 2 + 1] as number);
    if (slot < 0) return [];
    return discovered ? streams.labels(slot) : streams.given(slot);
  };
}

/** Adds up rows of the answer whose labels are equal. */
class Groups {
  readonly #limit: number;
  readonly #groups = new Map<string, { readonly labels: Labels; readonly values: Map<number, number> }>();
  #lines = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(block: LazyBlock, labelsAt: LabelsAt): void {
    const buckets = block.column('bucket', 'UInt32');
    const values = block.column('value', 'Float64');
    const lines = block.column('lines', 'Float64');
    for (let row = 0; row < block.rows; row++) {
      const group = this.#group(labelsAt(row));
      const bucket = buckets[row] as number;
      group.set(bucket, (group.get(bucket) ?? 0) + (values[row] as number));
      this.#lines += lines[row] as number;
    }
  }

  #group(labels: Labels): Map<number, number> {
    const key = JSON.stringify(labels);
    const known = this.#groups.get(key);
    if (known !== undefined) return known.values;
    if (this.#groups.size >= this.#limit) {
      const reason = 'lines fall into more groups than that; add matchers, or count by fewer labels';
      throw new AtalayaError('QUERY_LIMIT', { setting: 'the series of an answer', limit: this.#limit, reason });
    }
    const values = new Map<number, number>();
    this.#groups.set(key, { labels, values });
    return values;
  }

  finish(): { readonly groups: CountGroup[]; readonly lines: number } {
    const groups = Array.from(this.#groups.values(), ({ labels, values }) => {
      const buckets = Uint32Array.from(values.keys()).sort();
      return { labels, buckets, values: Float64Array.from(buckets, (bucket) => values.get(bucket) as number) };
    });
    return { groups, lines: this.#lines };
  }
}
