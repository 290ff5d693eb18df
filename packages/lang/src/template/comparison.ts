/** Comparison as the template functions `eq`, `lt` and so on define it. */

import { type TemplateValue, typeName } from './value.ts';

const BASIC_TYPES = new Set(['boolean', 'bigint', 'number', 'string']);

/** Whether two values are equal. @throws RangeError when their types cannot be compared. */
export function isEqual(left: TemplateValue, right: TemplateValue): boolean {
  if (left === null || right === null) return left === right;
  for (const value of [left, right]) if (!BASIC_TYPES.has(typeof value)) throw new RangeError(`non-comparable type ${typeName(value)}`);
  if (typeof left !== typeof right) throw new RangeError('incompatible types for comparison');
  return left === right;
}

/** Whether the left value is smaller. @throws RangeError when their types have no order. */
export function isLess(left: TemplateValue, right: TemplateValue): boolean {
  if (!['bigint', 'number', 'string'].includes(typeof left)) throw new RangeError('invalid type for comparison');
  if (typeof left !== typeof right) throw new RangeError('incompatible types for comparison');
  return (left as string) < (right as string);
}
