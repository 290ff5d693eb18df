/** Values that templates compute with, and how Go prints them and tells true from false. */

import { formatGeneral } from '../number-format.ts';

/**
 * A value: Go's nil, bool, string, float64 (number), int (bigint), slices, maps, and objects that templates can only pass on, print,
 * and read fields of.
 */
export type TemplateValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly TemplateValue[]
  | ReadonlyMap<string, TemplateValue>
  | TemplateObject;

/** A value with a type of its own, such as a time. */
export interface TemplateObject {
  /** The type, as messages name it. */
  readonly typeName: string;
  toString(): string;
  /** A field or method without arguments; `undefined` where there is none. */
  field?(name: string): TemplateValue | undefined;
}

export function isMap(value: TemplateValue): value is ReadonlyMap<string, TemplateValue> {
  return value instanceof Map;
}

export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** Whether a value counts as true: not nil, false, zero, or empty. */
export function isTrue(value: TemplateValue): boolean {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return value.size > 0;
  return value !== null && value !== false && value !== '' && value !== 0 && value !== 0n;
}

/** A value as Go's `%v` prints it. */
export function printValue(value: TemplateValue): string {
  if (value === null) return '<no value>';
  if (typeof value === 'number') return formatGeneral(value);
  if (isList(value)) return `[${value.map(printNested).join(' ')}]`;
  if (isMap(value)) {
    const keys = [...value.keys()].sort();
    return `map[${keys.map((key) => `${key}:${printNested(value.get(key) ?? null)}`).join(' ')}]`;
  }
  return String(value);
}

const printNested = (value: TemplateValue): string => (value === null ? '<nil>' : printValue(value));

/** The type as Go's messages name it. */
export function typeName(value: TemplateValue): string {
  if (value === null) return 'nil';
  if (isList(value)) return '[]interface {}';
  if (isMap(value)) return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'float64';
  return typeof value === 'bigint' ? 'int' : value.typeName;
}
