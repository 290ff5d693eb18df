/** Describes functions of templates by what they take, and refuses other arguments as Go does. */

import type { TemplateFunction } from '../built-in.ts';
import type { TemplateValue } from '../value.ts';

interface Kinds {
  text: string;
  /** A whole number that is one already. */
  int: bigint;
  any: TemplateValue;
}
type Kind = keyof Kinds;
type Arguments<List extends readonly Kind[]> = { [Index in keyof List]: Kinds[List[Index]] };

/** A function with a fixed number of arguments of these kinds. */
export function of<const List extends readonly Kind[]>(kinds: List, call: (...values: Arguments<List>) => TemplateValue): TemplateFunction {
  return {
    least: kinds.length,
    most: kinds.length,
    call(...values) {
      for (const [index, kind] of kinds.entries()) check(values[index] ?? null, kind);
      return call(...(values as unknown as Arguments<List>));
    },
  };
}

/** A function with any number of arguments from `least` on. */
export function many(least: number, call: (values: readonly TemplateValue[]) => TemplateValue): TemplateFunction {
  return { least, most: Number.POSITIVE_INFINITY, call: (...values) => call(values) };
}

const TYPES = { text: 'string', int: 'bigint' } as const;
const GO_TYPES: Readonly<Record<string, string>> = { string: 'string', bigint: 'int64', number: 'float64', boolean: 'bool' };

function check(value: TemplateValue, kind: Kind): void {
  if (kind === 'any' || typeof value === TYPES[kind]) return;
  const wanted = kind === 'text' ? 'string' : 'int';
  if (value === null) throw new RangeError(`invalid value; expected ${wanted}`);
  throw new RangeError(`wrong type for value; expected ${wanted}; got ${GO_TYPES[typeof value] ?? 'interface {}'}`);
}
