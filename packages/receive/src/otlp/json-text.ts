/** JSON whose whole numbers keep all their digits: those that a float64 cannot hold come as bigint. */

import { AtalayaError } from '@atalaya/model';

/** A value of JSON; whole numbers beyond 2^53 are bigint where `exact` was asked for. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [name: string]: Json };

/** Thrown by whoever meets a number that may have lost digits; the text is then parsed again with `exact`, which takes far longer. */
export class InexactNumber extends Error {}

const WHOLE_NUMBER = /^-?\d{1,400}$/;

/** @throws AtalayaError BAD_ENCODING when the text is not JSON. */
export function parseJson(text: string, exact: boolean): Json {
  try {
    return JSON.parse(text, exact ? keepDigits : undefined) as Json;
  } catch (error) {
    throw new AtalayaError('BAD_ENCODING', { reason: `malformed JSON: ${(error as Error).message.slice(0, 200)}` }, { cause: error });
  }
}

function keepDigits(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  if (WHOLE_NUMBER.test(source)) return BigInt(source);
  // Written with an exponent or a point: no more digits than the float64 has.
  return Number.isInteger(value) ? BigInt(value) : value;
}
