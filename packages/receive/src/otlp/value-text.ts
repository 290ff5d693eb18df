/** How numbers of OTLP are written as text, in attributes, in bodies and in JSON within either. */

import { AtalayaError } from '@atalaya/model';

/** How deep lists and maps may be nested in one value; deeper ones are refused. */
export const DEEPEST = 100;

/** A double as ECMAScript writes it, but for negative zero and the infinities, which are written as Go writes them. */
export function doubleText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** A double within JSON, which has no numbers that are none: those are texts. */
export function doubleJson(value: number): string {
  return Number.isFinite(value) ? doubleText(value) : `"${doubleText(value)}"`;
}

/** @throws AtalayaError BAD_ENCODING */
export function checkDepth(depth: number): void {
  if (depth > DEEPEST) throw new AtalayaError('BAD_ENCODING', { reason: `a value is nested deeper than ${DEEPEST} levels` });
}
