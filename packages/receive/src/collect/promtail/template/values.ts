/** Functions of templates that choose between values, and that make and take lists. */

import type { TemplateFunction, TemplateValue } from '@atalaya/lang';
import { many, of, printed } from './signature.ts';

function isEmpty(value: TemplateValue): boolean {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return true;
  return Array.isArray(value) ? value.length === 0 : value instanceof Map && value.size === 0;
}

const joined = (separator: string, value: TemplateValue): string =>
  Array.isArray(value) ? (value as readonly TemplateValue[]).map(printed).join(separator) : printed(value);

/** Parts under the names `_0`, `_1` …, as sprig's split has them. */
const numbered = (parts: readonly string[]): TemplateValue => new Map(parts.map((part, index) => [`_${index}`, part]));

export const VALUES: Readonly<Record<string, TemplateFunction>> = {
  default: { least: 1, most: 2, call: (otherwise = null, value = null) => (isEmpty(value) ? otherwise : value) },
  empty: of(['any'], isEmpty),
  coalesce: many('any', 0, (values) => values.find((value) => !isEmpty(value)) ?? null),
  all: many('any', 0, (values) => values.every((value) => !isEmpty(value))),
  any: many('any', 0, (values) => values.some((value) => !isEmpty(value))),
  ternary: of(['any', 'any', 'any'], (yes, no, condition) => (condition === true ? yes : no)),
  list: many('any', 0, (values) => values),
  first: of(['list'], (list) => list[0] ?? null),
  last: of(['list'], (list) => list.at(-1) ?? null),
  rest: of(['list'], (list) => list.slice(1)),
  initial: of(['list'], (list) => list.slice(0, -1)),
  reverse: of(['list'], (list) => list.toReversed()),
  uniq: of(['list'], (list) => [...new Set(list)]),
  compact: of(['list'], (list) => list.filter((value) => !isEmpty(value))),
  has: of(['any', 'list'], (value, list) => list.includes(value)),
  sortAlpha: of(['list'], (list) => list.map(printed).sort()),
  join: of(['text', 'any'], joined),
  split: of(['text', 'text'], (separator, text) => numbered(text.split(separator))),
  splitList: of(['text', 'text'], (separator, text) => text.split(separator)),
  splitn: of(['text', 'whole', 'text'], (separator, count, text) => {
    const parts = text.split(separator);
    const most = Math.max(1, Number(count));
    return numbered(parts.length <= most ? parts : [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)]);
  }),
  dict: many('any', 0, (values) => {
    const pairs = new Map<string, TemplateValue>();
    for (let at = 0; at < values.length; at += 2) pairs.set(printed(values[at] ?? null), values[at + 1] ?? '');
    return pairs;
  }),
  get: of(['any', 'text'], (map, name) => (map instanceof Map ? ((map as ReadonlyMap<string, TemplateValue>).get(name) ?? '') : '')),
  hasKey: of(['any', 'text'], (map, name) => map instanceof Map && map.has(name)),
};
