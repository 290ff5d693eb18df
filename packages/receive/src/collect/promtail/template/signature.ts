/** Describes functions of templates by the kinds of their arguments, and checks these as Go does. */

import { printValue, type TemplateFunction, type TemplateValue } from '@atalaya/lang';

interface Kinds {
  text: string;
  whole: bigint;
  number: number;
  list: readonly TemplateValue[];
  any: TemplateValue;
}
type Kind = keyof Kinds;
type Arguments<List extends readonly Kind[]> = { [Index in keyof List]: Kinds[List[Index]] };

/** A function with a fixed number of arguments of these kinds. */
export function of<const List extends readonly Kind[]>(kinds: List, call: (...values: Arguments<List>) => TemplateValue): TemplateFunction {
  return {
    least: kinds.length,
    most: kinds.length,
    call: (...values) => call(...(kinds.map((kind, index) => convert(values[index] ?? null, kind)) as unknown as Arguments<List>)),
  };
}

/** A function with any number of arguments from `least` on, all of one kind. */
export function many<K extends Kind>(kind: K, least: number, call: (values: readonly Kinds[K][]) => TemplateValue): TemplateFunction {
  return {
    least,
    most: Number.POSITIVE_INFINITY,
    call: (...values) => call(values.map((value) => convert(value, kind) as Kinds[K])),
  };
}

function convert(value: TemplateValue, kind: Kind): Kinds[Kind] {
  switch (kind) {
    case 'any':
      return value;
    case 'text':
      if (typeof value === 'string') return value;
      throw new RangeError(`wrong type for value; expected string; got ${goType(value)}`);
    case 'list':
      if (Array.isArray(value)) return value as readonly TemplateValue[];
      throw new RangeError(`wrong type for value; expected list; got ${goType(value)}`);
    // Numbers come from extracted texts, so that these are read, as sprig does.
    case 'whole':
      return BigInt(Math.trunc(numberOf(value)));
    case 'number':
      return numberOf(value);
  }
}

/** A number; 0 for what is none, as in sprig. */
function numberOf(value: TemplateValue): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : 0;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.trim() === '') return 0;
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

/** A value as text, as Go's `%v` prints it. */
export const printed = (value: TemplateValue): string => (value === null ? '<nil>' : printValue(value));

function goType(value: TemplateValue): string {
  if (value === null) return 'nil';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'value';
}
