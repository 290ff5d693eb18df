/** Kinds and states of spans: the names that the OpenTelemetry Collector's ClickHouse exporter writes, and those of this program. */

import type { SpanKind, SpanStatus } from '@atalaya/model';

/** By OTLP's number: the name in the table and ours. */
export const SPAN_KINDS: readonly (readonly [stored: string, kind: SpanKind])[] = [
  ['Unspecified', 'unspecified'],
  ['Internal', 'internal'],
  ['Server', 'server'],
  ['Client', 'client'],
  ['Producer', 'producer'],
  ['Consumer', 'consumer'],
];

/** The same of states. */
export const SPAN_STATES: readonly (readonly [stored: string, status: SpanStatus])[] = [
  ['Unset', 'unset'],
  ['Ok', 'ok'],
  ['Error', 'error'],
];

/** The names as an Enum8 of ClickHouse, so that numbers become names in the engine. */
export function enumType(names: readonly (readonly [stored: string, name: string])[]): string {
  return `Enum8(${names.map(([stored], i) => `'${stored}' = ${i}`).join(', ')})`;
}

const KIND_NUMBERS: ReadonlyMap<string, number> = new Map(SPAN_KINDS.map(([stored], i) => [stored, i]));

/** OTLP's number for a stored kind; 0 for one that nobody knows. */
export function kindNumber(stored: string): number {
  return KIND_NUMBERS.get(stored) ?? 0;
}
