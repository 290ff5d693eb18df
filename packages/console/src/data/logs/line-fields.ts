/** The fields of a line from all its sources, and what values a field has among the lines that are loaded. */

import type { FieldValue } from './edit-query.ts';
import { LEVEL_LABEL } from './levels.ts';
import type { LogLine } from './line.ts';
import { formatOf, parseFields } from './parse-fields.ts';

/** All fields of a line: of its stream, of its own, of its text. Where the query's parsers gave fields, theirs are taken. */
export function fieldsOf(line: LogLine): FieldValue[] {
  const stream = sorted(line.stream).map(([name, value]): FieldValue => ({ name, value, origin: 'stream' }));
  const metadata = sorted(line.metadata)
    .filter(([name]) => line.stream[name] === undefined)
    .map(([name, value]): FieldValue => ({ name, value, origin: 'metadata' }));
  const parser = formatOf(line.text);
  const given = Object.entries(line.parsed).filter(([name]) => name !== LEVEL_LABEL);
  const found =
    given.length > 0 ? given : (parser && parseFields(line.text, parser)?.map(({ name, value }) => [name, value] as const)) || [];
  // A parser does not overwrite labels: it gives the field another name.
  const taken = new Set([...Object.keys(line.stream), ...Object.keys(line.metadata)]);
  const parsed = found.map(([name, value]): FieldValue => ({
    name: given.length === 0 && taken.has(name) ? `${name}_extracted` : name,
    value,
    origin: 'parsed',
    parser,
  }));
  return [...stream, ...metadata, ...parsed];
}

function sorted(labels: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A field's value in a line; `undefined` when it has none. */
export function fieldValue(line: LogLine, name: string): string | undefined {
  return line.stream[name] ?? line.metadata[name] ?? line.parsed[name] ?? fieldsOf(line).find((field) => field.name === name)?.value;
}

/** How often a field's values occur. */
export interface FieldStatistics {
  /** Lines that were looked at. */
  readonly lines: number;
  /** Lines that have the field. */
  readonly having: number;
  readonly distinct: number;
  /** The most frequent values first. */
  readonly top: readonly { readonly value: string; readonly count: number }[];
  /** Where all values are numbers: smallest, mean, largest. */
  readonly numbers: { readonly min: number; readonly mean: number; readonly max: number } | undefined;
}

/** Lines looked at: enough for a picture, and done at once. */
const SAMPLE = 20_000;
const TOP = 8;

/** Statistics of a field among lines. */
export function fieldStatistics(lines: readonly LogLine[], name: string): FieldStatistics {
  const counts = new Map<string, number>();
  const sample = lines.slice(0, SAMPLE);
  let having = 0;
  for (const line of sample) {
    const value = fieldValue(line, name);
    if (value === undefined) continue;
    having += 1;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const top = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, TOP);
  return {
    lines: sample.length,
    having,
    distinct: counts.size,
    top: top.map(([value, count]) => ({ value, count })),
    numbers: numbersOf(counts, having),
  };
}

function numbersOf(counts: ReadonlyMap<string, number>, having: number): FieldStatistics['numbers'] {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (const [value, count] of counts) {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (!Number.isFinite(number)) return undefined;
    min = Math.min(min, number);
    max = Math.max(max, number);
    sum += number * count;
  }
  return having === 0 ? undefined : { min, mean: sum / having, max };
}
