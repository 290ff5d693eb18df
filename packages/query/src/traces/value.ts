/** Values of fields and literals, and how they compare: the one place that says when a comparison holds. */

import type { SpanAttribute, SpanKind, SpanStatus } from '@atalaya/model';

/** A value. Ints and durations (nanoseconds) beyond 2^53 are bigints. */
export type TraceValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'int' | 'double' | 'duration'; readonly value: number | bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'kind'; readonly value: SpanKind }
  | { readonly type: 'status'; readonly value: SpanStatus }
  | { readonly type: 'array'; readonly value: readonly TraceValue[] }
  /** A map, bytes, or an attribute without a value: it is there, and compares with nothing. */
  | { readonly type: 'other'; readonly value: string };

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** More digits may be more than a double can hold. */
const SAFE_DIGITS = 15;

/** A whole number as small as it can be had. */
export function wholeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The value that an attribute stands for. */
export function attributeValue({ type, value }: Pick<SpanAttribute, 'type' | 'value'>): TraceValue {
  switch (type) {
    case 'string':
      return { type, value };
    case 'bool':
      return { type, value: value === 'true' };
    case 'int':
      return { type, value: value.length <= SAFE_DIGITS ? Number(value) : wholeNumber(BigInt(value)) };
    case 'double':
      return { type, value: readDouble(value) };
    case 'array':
      return readArray(value);
    case 'map':
    case 'bytes':
    case 'empty':
      return { type: 'other', value };
  }
}

function readDouble(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

function readArray(text: string): TraceValue {
  let elements: unknown;
  try {
    elements = JSON.parse(text);
  } catch {
    return { type: 'other', value: text };
  }
  if (!Array.isArray(elements)) return { type: 'other', value: text };
  return { type: 'array', value: elements.map(elementValue) };
}

function elementValue(element: unknown): TraceValue {
  if (typeof element === 'string') return { type: 'string', value: element };
  if (typeof element === 'boolean') return { type: 'bool', value: element };
  if (typeof element === 'number') return { type: Number.isInteger(element) ? 'int' : 'double', value: element };
  return { type: 'other', value: JSON.stringify(element) };
}

/** Whether a value is a number of any kind. */
export function isNumeric(value: TraceValue): value is Extract<TraceValue, { type: 'int' | 'double' | 'duration' }> {
  return value.type === 'int' || value.type === 'double' || value.type === 'duration';
}

/**
 * Whether a comparison holds. It does not where the types cannot be compared, `!=` included. Texts compare by code points, numbers of all
 * kinds exactly, kinds and statuses are equal or not. An array holds it when an element does, for `!=` when all of the comparable ones do.
 */
export function compares(left: TraceValue, operator: CompareOperator, right: TraceValue): boolean {
  if (left.type === 'array') return throughElements(left.value, operator === '!=', (element) => verdict(element, operator, right));
  if (right.type === 'array') return throughElements(right.value, operator === '!=', (element) => verdict(left, operator, element));
  return verdict(left, operator, right) === true;
}

/** Whether a text, or an element of an array of texts, matches; negated, whether it is one and none matches. */
export function matchesText(value: TraceValue, matches: (text: string) => boolean, negated: boolean): boolean {
  const judge = (element: TraceValue): boolean | undefined => (element.type === 'string' ? matches(element.value) !== negated : undefined);
  return value.type === 'array' ? throughElements(value.value, negated, judge) : judge(value) === true;
}

function throughElements(elements: readonly TraceValue[], all: boolean, judge: (element: TraceValue) => boolean | undefined): boolean {
  const verdicts = elements.map(judge).filter((one) => one !== undefined);
  return all ? verdicts.length > 0 && verdicts.every(Boolean) : verdicts.includes(true);
}

/** `undefined` where the two cannot be compared so. */
function verdict(left: TraceValue, operator: CompareOperator, right: TraceValue): boolean | undefined {
  if (isNumeric(left) && isNumeric(right)) return ordered(left.value, operator, right.value);
  if (left.type === 'string' && right.type === 'string') return orderedTexts(left.value, operator, right.value);
  if (left.type !== right.type || left.type === 'array' || left.type === 'other') return undefined;
  if (operator === '=') return left.value === right.value;
  return operator === '!=' ? left.value !== right.value : undefined;
}

/** Strict equality would tell a bigint from a number. */
function isEqual(left: number | bigint, right: number | bigint): boolean {
  return left <= right ? left >= right : false;
}

/** Numbers and bigints compare exactly with one another; NaN differs from everything. */
function ordered(left: number | bigint, operator: CompareOperator, right: number | bigint): boolean {
  switch (operator) {
    case '=':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function orderedTexts(left: string, operator: CompareOperator, right: string): boolean {
  if (operator === '=') return left === right;
  return operator === '!=' ? left !== right : ordered(compareTexts(left, right), operator, 0);
}

/** Orders texts as their UTF-8 bytes are ordered: negative, 0 or positive. UTF-16 units differ from that where surrogates meet what lies behind them. */
export function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1;
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
