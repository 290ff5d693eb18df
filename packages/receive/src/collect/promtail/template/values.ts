/** Functions of templates that choose between values, and that make and take lists. */

import {
  formatGoTime,
  isEmptyValue,
  isTimeZone,
  printValue,
  templateFunction as of,
  type TemplateFunction,
  TemplateTime,
  type TemplateValue,
  variadicFunction as many,
} from '@atalaya/lang';

/** A value as text, as Go's `%v` prints it. */
export const printed = (value: TemplateValue): string => (value === null ? '<nil>' : printValue(value));

function listOf(value: TemplateValue): readonly TemplateValue[] {
  if (Array.isArray(value)) return value as readonly TemplateValue[];
  throw new RangeError('wrong type for value; expected a list');
}

function dateInZone(layout: string, time: TemplateValue, zone: string): string {
  if (!(time instanceof TemplateTime)) throw new RangeError('wrong type for value; expected time.Time');
  return formatGoTime(time.nanoseconds, layout, isTimeZone(zone) ? zone : 'UTC');
}

const joined = (separator: string, value: TemplateValue): string =>
  Array.isArray(value) ? (value as readonly TemplateValue[]).map(printed).join(separator) : printed(value);

/** Parts under the names `_0`, `_1` …, as sprig's split has them. */
const numbered = (parts: readonly string[]): TemplateValue => new Map(parts.map((part, index) => [`_${index}`, part]));

export const VALUES: Readonly<Record<string, TemplateFunction>> = {
  empty: of(['any'], isEmptyValue),
  coalesce: many(0, (values) => values.find((value) => !isEmptyValue(value)) ?? null),
  all: many(0, (values) => values.every((value) => !isEmptyValue(value))),
  any: many(0, (values) => values.some((value) => !isEmptyValue(value))),
  ternary: of(['any', 'any', 'any'], (yes, no, condition) => (condition === true ? yes : no)),
  list: many(0, (values) => values),
  first: of(['any'], (list) => listOf(list)[0] ?? null),
  last: of(['any'], (list) => listOf(list).at(-1) ?? null),
  rest: of(['any'], (list) => listOf(list).slice(1)),
  initial: of(['any'], (list) => listOf(list).slice(0, -1)),
  reverse: of(['any'], (list) => listOf(list).toReversed()),
  uniq: of(['any'], (list) => [...new Set(listOf(list))]),
  compact: of(['any'], (list) => listOf(list).filter((value) => !isEmptyValue(value))),
  append: of(['any', 'any'], (list, value) => [...listOf(list), value]),
  prepend: of(['any', 'any'], (list, value) => [value, ...listOf(list)]),
  concat: many(0, (lists) => lists.flatMap((list) => [...listOf(list)])),
  without: many(1, ([list = null, ...others]) => listOf(list).filter((value) => !others.includes(value))),
  toStrings: of(['any'], (list) => listOf(list).map(printed)),
  keys: many(1, (maps) => maps.flatMap((map) => (map instanceof Map ? [...(map as ReadonlyMap<string, TemplateValue>).keys()] : []))),
  has: of(['any', 'any'], (value, list) => listOf(list).includes(value)),
  sortAlpha: of(['any'], (list) => listOf(list).map(printed).sort()),
  join: of(['text', 'any'], joined),
  split: of(['text', 'text'], (separator, text) => numbered(text.split(separator))),
  splitList: of(['text', 'text'], (separator, text) => text.split(separator)),
  splitn: of(['text', 'int', 'text'], (separator, count, text) => {
    const parts = text.split(separator);
    const most = Math.max(1, Number(count));
    return numbered(parts.length <= most ? parts : [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)]);
  }),
  dict: many(0, (values) => {
    const pairs = new Map<string, TemplateValue>();
    for (let at = 0; at < values.length; at += 2) pairs.set(printed(values[at] ?? null), values[at + 1] ?? '');
    return pairs;
  }),
  get: of(['any', 'text'], (map, name) => (map instanceof Map ? ((map as ReadonlyMap<string, TemplateValue>).get(name) ?? '') : '')),
  hasKey: of(['any', 'text'], (map, name) => map instanceof Map && map.has(name)),
  toString: of(['any'], printed),
  dateInZone: of(['text', 'any', 'text'], dateInZone),
  date_in_zone: of(['text', 'any', 'text'], dateInZone),
};
