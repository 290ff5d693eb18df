/** Request parameters as the Prometheus API takes them: from the query string, and from a form body on POST. */

import { AtalayaError, compileMatcher, type Matcher, parseDuration, PatternError } from '@atalaya/model';
import { parsePromql, parseSelector, PromqlError, type Expression } from '@atalaya/lang';
import type { FastifyRequest } from 'fastify';

/** All parameters of a request; the form body's values come before the query string's, as in Go's `r.Form`. */
export function parametersOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url ?? '';
  const start = url.indexOf('?');
  const fromUrl = new URLSearchParams(start === -1 ? '' : url.slice(start + 1));
  if (!(request.body instanceof URLSearchParams)) return fromUrl;
  const all = new URLSearchParams(request.body);
  for (const [name, value] of fromUrl) all.append(name, value);
  return all;
}

function bad(parameter: string, reason: string): never {
  throw new AtalayaError('BAD_PARAMETER', { parameter, reason });
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,]\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
/** The farthest whole milliseconds that numbers hold exactly. */
const FARTHEST_MS = Number.MAX_SAFE_INTEGER;
/** How clients of Prometheus write "from the beginning" and "to the end": its own borders of time. */
const BORDERS: ReadonlyMap<string, number> = new Map([
  ['-292273086-05-16T16:47:06Z', -FARTHEST_MS],
  ['292277025-08-18T07:12:54.999999999Z', FARTHEST_MS],
]);

/** A point in time that has to be given: seconds since the epoch with decimals, or RFC 3339. In milliseconds. */
export function requiredTime(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? '';
  return parseTime(text) ?? bad(name, noTimestamp(text));
}

/** A point in time that may be left out. In milliseconds. */
export function timeParameter(parameters: URLSearchParams, name: string, fallback: number): number {
  const text = parameters.get(name) ?? '';
  if (text === '') return fallback;
  return parseTime(text) ?? bad(name, `invalid time value for '${name}': ${noTimestamp(text)}`);
}

const noTimestamp = (text: string): string => `cannot parse ${JSON.stringify(text)} to a valid timestamp`;

function parseTime(text: string): number | undefined {
  if (NUMBER.test(text)) {
    const seconds = Math.trunc(Number(text));
    const milliseconds = seconds * 1000 + Math.round((Number(text) - seconds) * 1000);
    return Math.abs(milliseconds) <= FARTHEST_MS ? milliseconds : undefined;
  }
  const border = BORDERS.get(text);
  if (border !== undefined) return border;
  const parts = RFC3339.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  // Date.parse would take the 30th of February for a day in March.
  const [year, month, day, ...clock] = parts as [number, number, number, ...number[]];
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day || clock.some((part, i) => part > (i === 0 ? 23 : 59)))
    return undefined;
  const parsed = Date.parse(text.replace(',', '.'));
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** As many nanoseconds as 64 bits hold. */
const LONGEST_SECONDS = 2 ** 63 / 1e9;

/** A length of time: seconds with decimals, or a Prometheus duration; in milliseconds. `undefined` for a text that is none. */
function parseLength(text: string): number | undefined {
  if (!NUMBER.test(text)) return parseDuration(text);
  return Math.abs(Number(text)) > LONGEST_SECONDS ? undefined : Math.round(Number(text) * 1000);
}

function noDuration(text: string): string {
  const overflow = NUMBER.test(text) ? '. It overflows int64' : '';
  return `cannot parse ${JSON.stringify(text)} to a valid duration${overflow}`;
}

/** A length of time that has to be given. In milliseconds. */
export function requiredDuration(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? '';
  return parseLength(text) ?? bad(name, noDuration(text));
}

/** A length of time that may be left out. In milliseconds. */
export function durationParameter(parameters: URLSearchParams, name: string): number | undefined {
  return (parameters.get(name) ?? '') === '' ? undefined : requiredDuration(parameters, name);
}

/** `lookback_delta`, milliseconds; what is not positive counts as not given, as in Prometheus. */
export function lookbackParameter(parameters: URLSearchParams): number | undefined {
  const text = parameters.get('lookback_delta') ?? '';
  if (text === '') return undefined;
  const milliseconds = parseLength(text);
  if (milliseconds === undefined) badRequest(`error parsing lookback delta duration: ${noDuration(text)}`);
  return milliseconds > 0 ? milliseconds : undefined;
}

/** A whole number as Go's `strconv.Atoi` reads it. */
function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^[+-]?\d+$/.test(text) && Math.abs(number) <= FARTHEST_MS ? number : undefined;
}

/** `limit`: how many results at most; 0 and absent mean all. */
export function limitParameter(parameters: URLSearchParams): number | undefined {
  const text = parameters.get('limit') ?? '';
  if (text === '') return undefined;
  const limit = wholeNumber(text);
  if (limit === undefined) return bad('limit', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (limit < 0) return bad('limit', 'limit must be non-negative');
  return limit === 0 ? undefined : limit;
}

/** A limit of a list that is not of series: absent and negative mean all, 0 none. */
export function countParameter(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name) ?? '';
  if (text === '') return undefined;
  const count = wholeNumber(text);
  if (count === undefined) badRequest(`${name} must be a number`);
  return count < 0 ? undefined : count;
}

/** A positive number, `fallback` when it is not given. */
export function positiveParameter(parameters: URLSearchParams, name: string, fallback: number): number {
  const text = parameters.get(name) ?? '';
  if (text === '') return fallback;
  const count = wholeNumber(text);
  if (count === undefined || count < 1) badRequest(`${name} must be a positive number`);
  return count;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

/** A switch as Go's `strconv.ParseBool` reads it, `false` when it is not given. `complaint` begins the error's text. */
export function booleanParameter(parameters: URLSearchParams, name: string, complaint: string): boolean {
  const text = parameters.get(name) ?? '';
  if (text === '') return false;
  return BOOLEANS.get(text) ?? bad(name, `${complaint}: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** The parameter `query`, read. @throws AtalayaError BAD_PARAMETER */
export function queryParameter(parameters: URLSearchParams): { readonly text: string; readonly expression: Expression } {
  const text = parameters.get('query') ?? '';
  return {
    text,
    expression: complaining(
      () => parsePromql(text),
      (reason) => bad('query', reason),
    ),
  };
}

/** The parameter `query`, read; Prometheus' complaint about it where it does not name the parameter. @throws AtalayaError BAD_REQUEST */
export function plainQueryParameter(parameters: URLSearchParams): Expression {
  return complaining(() => parsePromql(parameters.get('query') ?? ''), badRequest);
}

function badRequest(reason: string): never {
  throw new AtalayaError('BAD_REQUEST', { reason });
}

/** What a parser gives, its error passed to `complain`. */
function complaining<T>(parse: () => T, complain: (reason: string) => never): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof PromqlError) && !(error instanceof PatternError)) throw error;
    return complain(error.message);
  }
}

/** `match[]`: one set of matchers per parameter, which may match everything. */
export function selectors(parameters: URLSearchParams): Matcher[][] {
  return parameters.getAll('match[]').map((text) => complaining(() => parseSelector(text), badRequest));
}

/** `match[]` where each has to demand something, so that nobody asks for all series by mistake. */
export function matcherSets(parameters: URLSearchParams): Matcher[][] {
  const sets = selectors(parameters);
  const isSelective = (matcher: Matcher): boolean => complaining(() => !compileMatcher(matcher).matches(''), badRequest);
  if (!sets.every((matchers) => matchers.some(isSelective))) badRequest('match[] must contain at least one non-empty matcher');
  return sets;
}

/** What {@link selectors} or {@link matcherSets} complain about, as a complaint about the parameter. */
export function namingParameter<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AtalayaError && error.code === 'BAD_REQUEST') return bad('match[]', error.message);
    throw error;
  }
}

/** `start` and `end` of a question about labels: unbounded when absent. A range that ends before it starts holds nothing. */
export function timeRange(parameters: URLSearchParams): { startMs: number; endMs: number } {
  return { startMs: timeParameter(parameters, 'start', -FARTHEST_MS), endMs: timeParameter(parameters, 'end', FARTHEST_MS) };
}
