/** Lists and maps among attributes: the JSON text that they are kept as, read back into values of OTLP's types. */

/** A value within a list or a map. Whole numbers beyond 2^53 keep their digits. */
export type NestedValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'array'; readonly value: readonly NestedValue[] }
  | { readonly type: 'map'; readonly value: readonly (readonly [name: string, value: NestedValue])[] }
  | { readonly type: 'empty' };

/** What a number looked like before it was a number: JSON.parse gives lists and maps of these and of texts and truths. */
class Digits {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

const WHOLE = /^-?\d+$/;
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** The value that a text of type `array` or `map` stands for; a text that is no JSON (somebody else wrote the row) is the string it is. */
export function readNested(text: string): NestedValue {
  try {
    return nested(JSON.parse(text, keepSource));
  } catch {
    return { type: 'string', value: text };
  }
}

function keepSource(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? new Digits(context?.source ?? String(value)) : value;
}

function nested(value: unknown): NestedValue {
  if (value === null) return { type: 'empty' };
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (value instanceof Digits) return number(value.source);
  if (Array.isArray(value)) return { type: 'array', value: value.map(nested) };
  return { type: 'map', value: Object.entries(value as object).map(([name, inner]) => [name, nested(inner)] as const) };
}

/** Whole numbers are ints, as far as 64 bits hold them; those with a point or an exponent are doubles. */
function number(source: string): NestedValue {
  if (WHOLE.test(source) && source !== '-0') {
    const value = BigInt(source);
    if (value >= LEAST && value <= MOST) return { type: 'int', value };
  }
  return { type: 'double', value: Number(source) };
}

/** The number that the text of a double stands for. */
export function readDouble(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
