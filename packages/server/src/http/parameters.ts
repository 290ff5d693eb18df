/** Request parameters as the Prometheus API takes them: from the query string, and from a form body on POST. */

import { AtalayaError, type Matcher, parseDuration } from '@atalaya/model';
import { parsePromql } from '@atalaya/lang';
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

/** A required parameter's text. */
export function requiredText(parameters: URLSearchParams, name: string): string {
  const text = parameters.get(name);
  if (text === null || text === '') return bad(name, 'it is required');
  return text;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
/** The widest range Prometheus itself accepts: about ±292 million years. */
const FARTHEST_MS = 2 ** 53;

/** A point in time: seconds since the epoch with decimals, or RFC 3339. In milliseconds. */
export function timeParameter(parameters: URLSearchParams, name: string, fallback: number): number {
  const text = parameters.get(name);
  if (text === null || text === '') return fallback;
  const milliseconds = parseTime(text);
  if (milliseconds === undefined) return bad(name, `cannot parse "${text}" to a valid timestamp`);
  return milliseconds;
}

function parseTime(text: string): number | undefined {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    const milliseconds = Math.round(Number(text) * 1000);
    return Math.abs(milliseconds) <= FARTHEST_MS ? milliseconds : undefined;
  }
  if (!RFC3339.test(text)) return undefined;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** A length of time: seconds with decimals, or a Prometheus duration. In milliseconds. */
export function durationParameter(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  const milliseconds = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : parseDuration(text);
  if (milliseconds === undefined) return bad(name, `cannot parse "${text}" to a valid duration`);
  return milliseconds;
}

/** `limit`: how many results at most; 0 and absent mean all. */
export function limitParameter(parameters: URLSearchParams): number | undefined {
  const text = parameters.get('limit');
  if (text === null || text === '' || text === '0') return undefined;
  if (!/^\d+$/.test(text)) return bad('limit', 'limit must be non-negative');
  return Number(text);
}

/** `match[]`: one set of matchers per parameter. */
export function matcherSets(parameters: URLSearchParams): Matcher[][] {
  return parameters.getAll('match[]').map((text) => {
    let expression;
    try {
      expression = parsePromql(text);
    } catch (error) {
      return bad('match[]', error instanceof Error ? error.message : String(error));
    }
    if (expression.kind !== 'selector') return bad('match[]', `"${text}" is not a series selector`);
    return [...expression.matchers];
  });
}

/** `start` and `end` of a label question: unbounded when absent. */
export function timeRange(parameters: URLSearchParams): { startMs: number; endMs: number } {
  const startMs = timeParameter(parameters, 'start', -FARTHEST_MS);
  const endMs = timeParameter(parameters, 'end', FARTHEST_MS);
  if (endMs < startMs) bad('end', 'end timestamp must not be before start timestamp');
  return { startMs, endMs };
}
