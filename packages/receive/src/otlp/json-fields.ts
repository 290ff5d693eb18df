/** Fields of OTLP's JSON, read strictly: what is known must have the type and the spelling that OTLP demands; what is unknown is ignored. */

import { AtalayaError } from '@atalaya/model';
import { InexactNumber, type Json } from './json-text.ts';

/** Of a number of 64 bits, and a sign. */
const MOST_DIGITS = 21;
const LEAST_INT64 = -(2n ** 63n);
const MOST_INT64 = 2n ** 63n - 1n;
const MOST_UINT64 = 2n ** 64n - 1n;
const SURELY_HUGE = 2 ** 64;

/** An object of JSON; its keys are data, `__proto__` included. */
export type JsonObject = { readonly [name: string]: Json };

/** Names that protobuf gives to fields which OTLP's JSON wants in lowerCamelCase only. Ignoring them would lose data silently. */
const SNAKE_CASE: ReadonlySet<string> = new Set([
  'aggregation_temporality',
  'array_value',
  'as_double',
  'as_int',
  'bool_value',
  'bucket_counts',
  'bytes_value',
  'data_points',
  'double_value',
  'dropped_attributes_count',
  'dropped_events_count',
  'dropped_links_count',
  'end_time_unix_nano',
  'event_name',
  'explicit_bounds',
  'exponential_histogram',
  'filtered_attributes',
  'int_value',
  'is_monotonic',
  'kvlist_value',
  'log_records',
  'observed_time_unix_nano',
  'parent_span_id',
  'quantile_values',
  'resource_logs',
  'resource_metrics',
  'resource_spans',
  'schema_url',
  'scope_logs',
  'scope_metrics',
  'scope_spans',
  'severity_number',
  'severity_text',
  'span_id',
  'start_time_unix_nano',
  'string_value',
  'time_unix_nano',
  'trace_id',
  'trace_state',
  'zero_count',
  'zero_threshold',
]);

/** @throws AtalayaError BAD_ENCODING, always. */
export function badField(field: string, wanted: string, given: Json): never {
  const shown = typeof given === 'bigint' ? String(given) : JSON.stringify(typeof given === 'object' ? typeof given : given);
  throw new AtalayaError('BAD_ENCODING', { reason: `${field}: ${wanted} is wanted, not ${shown.slice(0, 100)}` });
}

/** A field that nobody reads: nothing, unless it is one that OTLP spells otherwise. @throws AtalayaError BAD_ENCODING */
export function ignoreField(name: string): void {
  if (!SNAKE_CASE.has(name)) return;
  const right = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  throw new AtalayaError('BAD_ENCODING', { reason: `the field "${name}" is spelled "${right}" in OTLP's JSON` });
}

export function objectField(field: string, value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : badField(field, 'an object', value);
}

/** The elements of a list; none of null. */
export function listField(field: string, value: Json): readonly Json[] {
  if (value === null) return [];
  return Array.isArray(value) ? value : badField(field, 'a list', value);
}

export function textField(field: string, value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : badField(field, 'a text', value);
}

/**
 * Whether a whole number is too large for 64 bits, as SDKs write doubles that happen to be whole. Of a number that may have lost digits
 * only what is beyond any doubt: nearer ones are parsed again with all their digits.
 */
export function beyondInt64(value: Json): boolean {
  if (typeof value === 'bigint') return value > MOST_INT64 || value < LEAST_INT64;
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) > SURELY_HUGE;
}

/** A whole number of 64 bits with a sign, as text or as number, in decimal digits. @throws InexactNumber when the number may have lost digits. */
export const int64Field = (field: string, value: Json): string => digitsField(field, value, LEAST_INT64, MOST_INT64);

/** The same without a sign; times are such numbers, of nanoseconds. */
export const uint64Field = (field: string, value: Json): string => digitsField(field, value, 0n, MOST_UINT64);

function digitsField(field: string, value: Json, least: bigint, most: bigint): string {
  if (value === null) return '0';
  let digits: string;
  if (typeof value === 'string') digits = value;
  else if (typeof value === 'bigint') digits = String(value);
  else if (typeof value !== 'number' || !Number.isInteger(value)) return badField(field, 'a whole number', value);
  else if (Number.isSafeInteger(value)) digits = String(value);
  else throw new InexactNumber();
  if (!/^-?\d+$/.test(digits)) return badField(field, 'a whole number', value);
  if (digits.length > MOST_DIGITS) return badField(field, 'a number of 64 bits', value);
  // Fifteen digits fit any of the ranges asked for, but for the sign.
  if (digits.length > 15 || (least === 0n && digits.startsWith('-'))) {
    const number = BigInt(digits);
    if (number < least || number > most) return badField(field, 'a number of 64 bits', value);
    return String(number);
  }
  return String(Number(digits));
}

/** A whole number that is small. Names of enumerations are refused: OTLP's JSON has their numbers. */
export function smallNumberField(field: string, value: Json): number {
  if (value === null) return 0;
  const fits = typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 0xffff_ffff;
  return fits ? value : badField(field, 'a whole number of 32 bits', value);
}

/** A value of an enumeration: its number, or its name, which OTLP's JSON does not have but protobuf's has. What is unknown is 0. */
export function enumField(field: string, value: Json, names: Readonly<Record<string, number>>): number {
  if (typeof value !== 'string') return smallNumberField(field, value);
  return Object.hasOwn(names, value) ? (names[value] as number) : 0;
}

/** Lower-case hexadecimal digits of an id; empty where there is none (empty, or all zero). */
export function idField(field: string, value: Json, digits: number): string {
  const text = textField(field, value);
  if (text === '') return '';
  if (text.length !== digits || !/^[0-9a-f]+$/i.test(text)) return badField(field, `an id of ${digits} hexadecimal digits`, value);
  return /^0+$/.test(text) ? '' : text.toLowerCase();
}

/** A double, as a number or as text; text where JSON has no number for it. */
export function doubleField(field: string, value: Json): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Infinity;
  if (value === '-Infinity') return -Infinity;
  const number = typeof value === 'string' && /^[-+\d.eE]+$/.test(value) ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? badField(field, 'a number', value) : number;
}

export function booleanField(field: string, value: Json): boolean {
  return typeof value === 'boolean' ? value : badField(field, 'true or false', value);
}
