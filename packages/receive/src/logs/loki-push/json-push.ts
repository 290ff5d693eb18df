/**
 * Push requests in JSON: `{"streams": [{"stream": {…}, "values": [["<ns>", "<line>", {…}], …]}]}`, and the older form
 * `{"streams": [{"labels": "{…}", "entries": [{"ts": "<RFC 3339>", "line": "…"}]}]}`.
 */

import { labelsOf } from '@atalaya/model';
import type { LabelTexts } from './label-text.ts';
import { badPush, type PushTarget } from './push-target.ts';

const decoder = new TextDecoder('utf-8');
const DIGITS = /^-?\d{1,19}$/;
const RFC3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9})\d*)?(Z|[+-]\d{2}:\d{2})$/;
const NOTHING: readonly string[] = [];

/** Reads a body into the target, some lines at a time: each `next` of the generator reads about `slice` of them. @throws AtalayaError BAD_ENCODING, BAD_LABELS */
export function* readJsonPush(body: Uint8Array, target: PushTarget, labelTexts: LabelTexts, slice: number): Generator<void> {
  const { streams } = asObject(parse(body), 'the body');
  if (streams === undefined || streams === null) return;
  let lines = 0;
  for (const [i, element] of asList(streams, 'streams').entries()) {
    const stream = asObject(element, `streams[${i}]`);
    const where = `streams[${i}].`;
    if (stream['stream'] !== undefined) {
      const labels = Object.entries(asObject(stream['stream'], `${where}stream`));
      for (const [name, value] of labels) if (typeof value !== 'string') badPush(`${where}stream.${name} is no string`);
      target.stream(labelsOf(labels as [string, string][]));
    } else {
      const text = stream['labels'];
      target.stream(labelTexts.read(typeof text === 'string' ? text : '{}'));
    }
    for (const [j, value] of asList(stream['values'] ?? [], `${where}values`).entries()) {
      readValue(value, target, `${where}values[${j}]`);
      if (++lines % slice === 0) yield;
    }
    for (const [j, entry] of asList(stream['entries'] ?? [], `${where}entries`).entries()) {
      readEntry(entry, target, `${where}entries[${j}]`);
      if (++lines % slice === 0) yield;
    }
  }
}

/** `["<ns>", "<line>", {…}]`. */
function readValue(value: unknown, target: PushTarget, where: string): void {
  if (!Array.isArray(value) || value.length < 2) badPush(`${where} is no list of time and line`);
  const [time, line, metadata] = value as unknown[];
  if (typeof time !== 'string' || !DIGITS.test(time)) badPush(`${where} has no time: a string of nanoseconds since the epoch is expected`);
  if (typeof line !== 'string') badPush(`${where} has no line: a string is expected`);
  const split = time.length - 9;
  const seconds = split <= 0 ? 0 : Number(time.slice(0, split));
  const nanoseconds = Number(time.slice(Math.max(0, split)));
  const attributes = metadata === undefined || metadata === null ? NOTHING : attributesOf(metadata, where);
  if (time.startsWith('-')) target.line(-1, 0, line, attributes);
  else target.line(seconds, nanoseconds, line, attributes);
}

/** `{"ts": "<RFC 3339>", "line": "…"}`. */
function readEntry(value: unknown, target: PushTarget, where: string): void {
  const { ts, timestamp = ts, line, structuredMetadata } = asObject(value, where);
  const parts = typeof timestamp === 'string' ? RFC3339.exec(timestamp) : null;
  if (parts === null) badPush(`${where} has no time: a string in the form of RFC 3339 is expected`);
  if (typeof line !== 'string') badPush(`${where} has no line: a string is expected`);
  const [, second, fraction = '', zone] = parts as unknown as [string, string, string | undefined, string];
  const seconds = Date.parse(`${second}${zone}`) / 1000;
  if (Number.isNaN(seconds)) badPush(`${where} has no time: there is no ${String(timestamp)}`);
  const attributes = structuredMetadata === undefined ? NOTHING : attributesOf(structuredMetadata, where);
  target.line(seconds, Number(fraction.padEnd(9, '0')), line, attributes);
}

function attributesOf(value: unknown, where: string): readonly string[] {
  const attributes: string[] = [];
  for (const [name, text] of Object.entries(asObject(value, `${where}: structured metadata`))) {
    if (typeof text !== 'string') badPush(`${where}: structured metadata ${name} is no string`);
    attributes.push(name, text);
  }
  return attributes;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch (error) {
    return badPush(`no JSON: ${(error as Error).message}`);
  }
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) badPush(`${what} is no JSON object`);
  return value as Record<string, unknown>;
}

function asList(value: unknown, what: string): unknown[] {
  return Array.isArray(value) ? value : badPush(`${what} is no list`);
}
