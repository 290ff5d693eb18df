/** Parameters of Tempo's API, read with its defaults and its complaints. Times in nanoseconds. */

import { AtalayaError, parseDuration } from '@atalaya/model';
import { LogfmtReader, readGoDuration } from '@atalaya/query';
import type { TagScope } from '../../engine/trace-contract.ts';
import type { TimeRange } from '../loki/parameters.ts';
import { badRequest, nanoseconds, noNumber, parseTime, SECOND } from '../loki/times.ts';

const DEFAULT_LIMIT = 20;
const DEFAULT_SPANS_PER_SET = 3;
/** Tempo looks where its youngest traces are when nobody says where; here that is so far back. */
const RECENT_MS = 24 * 3_600_000;
const METRICS_SINCE_MS = 3_600_000;
/** Names and values that are told when nobody says how many. */
const TAGS_LIMIT = 10_000;
const EXEMPLARS_LIMIT = 100;
/** Steps that a range is divided into, unless the request says it, in units of this. */
const DEFAULT_STEPS = 240n;
const STEP_UNIT = 5n * SECOND;

/** The range of a search; its end belongs to it. */
export function rangeOf(parameters: URLSearchParams, now: number, sinceMs = RECENT_MS): TimeRange {
  const present = nanoseconds(now) + SECOND;
  const end = timeOf(parameters, 'end') ?? present;
  const start = timeOf(parameters, 'start') ?? end - nanoseconds(sinceMs);
  if (start > end) badRequest(`http parameter start must be before end. received start=${start / SECOND} end=${end / SECOND}`);
  return { start, end: end + 1n };
}

/** The range of a metrics query, which may say how far back it goes instead. */
export function metricsRangeOf(parameters: URLSearchParams, now: number): TimeRange {
  const text = parameters.get('since') ?? '';
  const since = text === '' ? METRICS_SINCE_MS : parseDuration(text);
  if (since === undefined) return badRequest(`invalid since: not a valid duration string: ${JSON.stringify(text)}`);
  const end = timeOf(parameters, 'end') ?? nanoseconds(now);
  const start = timeOf(parameters, 'start') ?? end - nanoseconds(since);
  if (start >= end) badRequest(`http parameter start must be before end. received start=${start} end=${end}`);
  return { start, end };
}

function timeOf(parameters: URLSearchParams, name: string): bigint | undefined {
  const text = parameters.get(name) ?? '';
  if (text === '') return undefined;
  try {
    return parseTime(text);
  } catch (error) {
    return badRequest(`invalid ${name}: ${(error as Error).message}`);
  }
}

/** `step`; by default the range in about 240 parts. */
export function stepOf(parameters: URLSearchParams, { start, end }: TimeRange): bigint {
  const text = parameters.get('step') ?? '';
  if (text === '') {
    const step = ((end - start) / DEFAULT_STEPS / STEP_UNIT) * STEP_UNIT;
    return step === 0n ? SECOND : step;
  }
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1e9 : undefined;
  const step = seconds ?? readGoDuration(text);
  if (typeof step === 'string') return badRequest(`invalid step: ${step}`);
  return step > 0 ? BigInt(Math.round(step)) : badRequest('invalid step: must be greater than 0');
}

function count(parameters: URLSearchParams, name: string, fallback: number, least: number): number {
  const text = parameters.get(name) ?? '';
  if (text === '') return fallback;
  const number = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(number)) badRequest(`invalid ${name}: ${noNumber('Atoi', text)}`);
  return number >= least ? number : badRequest(`invalid ${name}: must be a ${least === 0 ? 'non-negative' : 'positive'} number`);
}

/** Traces of a search. */
export const limitOf = (parameters: URLSearchParams): number => count(parameters, 'limit', DEFAULT_LIMIT, 1);
/** Spans that are told of each set; 0 for all. */
export const spansPerSetOf = (parameters: URLSearchParams): number => count(parameters, 'spss', DEFAULT_SPANS_PER_SET, 0);
/** Names or values; 0 stands for the default. */
export const tagsLimitOf = (parameters: URLSearchParams): number => count(parameters, 'limit', 0, 0) || TAGS_LIMIT;
export const exemplarsOf = (parameters: URLSearchParams): number =>
  Math.min(count(parameters, 'exemplars', EXEMPLARS_LIMIT, 0), EXEMPLARS_LIMIT);

const SCOPES: readonly TagScope[] = ['none', 'resource', 'span', 'intrinsic', 'event', 'link', 'instrumentation'];

export function scopeOf(parameters: URLSearchParams): TagScope {
  const text = parameters.get('scope') ?? '';
  return SCOPES.find((scope) => scope === (text === '' ? 'none' : text)) ?? badRequest(`invalid scope: ${text}`);
}

/** TraceQL of a search: `q`, or what `tags`, `minDuration` and `maxDuration` mean. */
export function searchQueryOf(parameters: URLSearchParams): string {
  const query = queryOf(parameters);
  if (query !== '') return query;
  const tags = tagsOf(parameters.get('tags') ?? '').map(([name, value]) => tagCondition(name, value));
  const least = durationOf(parameters, 'minDuration');
  const most = durationOf(parameters, 'maxDuration');
  if (least !== undefined && most !== undefined && most < least) badRequest('invalid maxDuration: must be greater than minDuration');
  const durations = [
    ...(least === undefined ? [] : [`traceDuration >= ${least}ns`]),
    ...(most === undefined ? [] : [`traceDuration <= ${most}ns`]),
  ];
  return [...tags, ...durations].map((condition) => `{ ${condition} }`).join(' && ') || '{ }';
}

const LONGEST_QUERY = 131_072;

/** `q`: TraceQL, not read yet. */
export function queryOf(parameters: URLSearchParams): string {
  const query = parameters.get('q') ?? '';
  if (query.length > LONGEST_QUERY) badRequest(`invalid TraceQL query: it is longer than ${LONGEST_QUERY} characters`);
  return query.trim();
}

/** `q` of a metrics query, which has to be given. */
export function metricsQueryOf(parameters: URLSearchParams): string {
  const query = queryOf(parameters) || (parameters.get('query') ?? '').trim();
  return query === '' ? badRequest('invalid TraceQL query: it is empty') : query;
}

function durationOf(parameters: URLSearchParams, name: string): bigint | undefined {
  const text = parameters.get(name) ?? '';
  if (text === '') return undefined;
  const read = readGoDuration(text);
  return typeof read === 'string' ? badRequest(`invalid ${name}: ${read}`) : BigInt(Math.round(read));
}

/** Names and values in logfmt. */
function tagsOf(text: string): [string, string][] {
  const reader = new LogfmtReader();
  reader.begin(text);
  const tags = new Map<string, string>();
  while (!reader.isEnd) {
    if (reader.next()) {
      if (tags.has(reader.key)) badRequest(`invalid tags: tag ${reader.key} has been set twice`);
      tags.set(reader.key, reader.value());
    } else if (reader.error !== '') badRequest(`invalid tags: ${reader.error.replace(/^logfmt syntax error /, '')}`);
  }
  return [...tags];
}

/** A tag as TraceQL: its value is part of the attribute's text, or the attribute's whole value where it is no text. */
function tagCondition(name: string, value: string): string {
  if (name === 'error') return value === 'true' ? 'status = error' : 'status != error';
  if (name === 'status.code' && /^(?:ok|error|unset)$/.test(value)) return `status = ${value}`;
  const field = name === 'name' ? 'name' : `."${escapeQuoted(name)}"`;
  const part = `${field} =~ "${escapeQuoted(`(?is).*${escapeRegex(value)}.*`)}"`;
  const isLiteral = name !== 'name' && /^(?:true|false|-?\d{1,18}(?:\.\d{1,18})?)$/.test(value);
  return isLiteral ? `${part} || ${field} = ${value}` : part;
}

const escapeQuoted = (text: string): string => text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
const escapeRegex = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** Tempo's words around what is wrong with a query. */
export function inTempoWords(error: AtalayaError): AtalayaError {
  if (error.code !== 'BAD_QUERY' || error.message.startsWith('invalid TraceQL query')) return error;
  return new AtalayaError('BAD_QUERY', { reason: `invalid TraceQL query: ${error.message}` });
}
