/** Functions that every Go template has, but for `and` and `or`, which decide what is evaluated at all. */

import { isEqual, isLess } from './comparison.ts';
import { sprintf } from './print-format.ts';
import { isList, isMap, isTrue, printValue, type TemplateValue, typeName } from './value.ts';

/** A function of templates: it takes from `least` to `most` arguments; what it throws becomes the template's error. */
export interface TemplateFunction {
  readonly least: number;
  readonly most: number;
  call(...values: readonly TemplateValue[]): TemplateValue;
}

const any = (least: number, call: TemplateFunction['call']): TemplateFunction => ({ least, most: Number.POSITIVE_INFINITY, call });
const exactly = (count: number, call: TemplateFunction['call']): TemplateFunction => ({ least: count, most: count, call });

/** Go's own functions by name. */
export const BUILT_IN: Readonly<Record<string, TemplateFunction>> = {
  not: exactly(1, (value) => !isTrue(value ?? null)),
  len: exactly(1, (value = null) => {
    if (typeof value === 'string') return BigInt(utf8Length(value));
    if (isList(value)) return BigInt(value.length);
    if (isMap(value)) return BigInt(value.size);
    throw new RangeError(`len of type ${typeName(value)}`);
  }),
  index: any(1, (value = null, ...indices) => indices.reduce<TemplateValue>(element, value)),
  slice: any(1, (value = null, ...bounds) => slice(value, bounds)),
  print: any(0, (...values) => sprint(values)),
  println: any(0, (...values) => `${values.map(printValue).join(' ')}\n`),
  printf: any(1, (format = null, ...values) => {
    if (typeof format !== 'string') throw new RangeError(`wrong type for value; expected string; got ${typeName(format)}`);
    return sprintf(format, values);
  }),
  html: any(0, (...values) => sprint(values).replaceAll(/[<>&"'\0]/g, (character) => HTML[character] as string)),
  js: any(0, (...values) => escapeScript(sprint(values))),
  urlquery: any(0, (...values) =>
    encodeURIComponent(sprint(values))
      .replaceAll('%20', '+')
      .replaceAll(/[!'()*]/g, percent),
  ),
  eq: any(2, (left = null, ...others) => others.some((right) => isEqual(left, right))),
  ne: exactly(2, (left = null, right = null) => !isEqual(left, right)),
  lt: exactly(2, (left = null, right = null) => isLess(left, right)),
  le: exactly(2, (left = null, right = null) => isLess(left, right) || isEqual(left, right)),
  gt: exactly(2, (left = null, right = null) => isLess(right, left)),
  ge: exactly(2, (left = null, right = null) => isLess(right, left) || isEqual(left, right)),
};

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

const utf8Length = (text: string): number => new TextEncoder().encode(text).length;
const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** As Go's `fmt.Sprint`: a space between two values when neither is a string. */
function sprint(values: readonly TemplateValue[]): string {
  let text = '';
  for (const [at, value] of values.entries()) {
    if (at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string') text += ' ';
    text += value === null ? '<nil>' : printValue(value);
  }
  return text;
}

function element(value: TemplateValue, index: TemplateValue): TemplateValue {
  if (isMap(value)) {
    if (typeof index !== 'string') throw new RangeError(`value has type ${typeName(index)}; should be string`);
    return value.get(index) ?? null;
  }
  if (typeof index !== 'bigint') throw new RangeError(`cannot index slice/array with type ${typeName(index)}`);
  const place = Number(index);
  if (isList(value)) {
    if (place < 0 || place >= value.length) throw new RangeError(`index out of range: ${index}`);
    return value[place] ?? null;
  }
  if (typeof value === 'string') {
    const byte = new TextEncoder().encode(value)[place];
    if (byte === undefined) throw new RangeError(`index out of range: ${index}`);
    return BigInt(byte);
  }
  throw new RangeError(value === null ? 'index of untyped nil' : `can't index item of type ${typeName(value)}`);
}

function slice(value: TemplateValue, bounds: readonly TemplateValue[]): TemplateValue {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : undefined;
  const length = bytes?.length ?? (isList(value) ? value.length : undefined);
  if (length === undefined) throw new RangeError(value === null ? 'slice of untyped nil' : `can't slice item of type ${typeName(value)}`);
  if (bounds.length > (bytes === undefined ? 3 : 2)) throw new RangeError(`too many slice indexes: ${bounds.length}`);
  const [from = 0, to = length] = bounds.map((bound) => {
    if (typeof bound !== 'bigint') throw new RangeError(`cannot index slice/array with type ${typeName(bound)}`);
    if (bound < 0n || bound > BigInt(length)) throw new RangeError(`index out of range: ${bound}`);
    return Number(bound);
  });
  if (from > to) throw new RangeError(`invalid slice index: ${from} > ${to}`);
  return bytes === undefined ? (value as readonly TemplateValue[]).slice(from, to) : new TextDecoder().decode(bytes.subarray(from, to));
}

const HTML: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&#34;', "'": '&#39;', '\0': '\ufffd' };

function escapeScript(text: string): string {
  return text.replaceAll(/[\\'"<>&=\p{Cc}]/gu, (character) => {
    if (character === '\\' || character === "'" || character === '"') return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
