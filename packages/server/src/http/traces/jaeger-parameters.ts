/** Parameters of Jaeger's query API, read in its order, with its defaults and its complaints. Times in nanoseconds, unless they say otherwise. */

import { AtalayaError } from '@atalaya/model';
import { readGoDuration } from '@atalaya/query';
import type { JaegerSearchRequest } from '../../engine/trace-contract.ts';
import { badRequest, nanoseconds, noNumber } from '../loki/times.ts';
import { jaegerTraceIdOf } from './trace-ids.ts';

const MICROSECOND = 1000n;
const DEFAULT_LIMIT = 100;
const DEFAULT_LOOKBACK_MS = 48 * 3_600_000;
const DEPENDENCIES_LOOKBACK_MS = 24 * 3_600_000;
const LONGEST = 2n ** 63n;

/** A search: by what traces have, or by their ids. */
export type JaegerSearch =
  | { readonly traceIds: readonly string[] }
  | Pick<JaegerSearchRequest, 'service' | 'operation' | 'tags' | 'start' | 'end' | 'minDuration' | 'maxDuration' | 'limit'>;

/** The parameters of `/api/traces`; `now` in milliseconds. @throws AtalayaError BAD_REQUEST */
export function jaegerSearch(parameters: URLSearchParams, now: number): JaegerSearch {
  const start = integer(parameters, 'start', MICROSECOND) ?? nanoseconds(now - DEFAULT_LOOKBACK_MS);
  const end = integer(parameters, 'end', MICROSECOND) ?? nanoseconds(now);
  const tags = tagsOf(parameters);
  const limitText = parameters.get('limit') ?? '';
  const limit = limitText === '' ? DEFAULT_LIMIT : Number(wholeNumber(limitText));
  const minDuration = duration(parameters, 'minDuration');
  const maxDuration = duration(parameters, 'maxDuration');
  const traceIds = parameters.getAll('traceID').map(traceIdParameter);
  boolean(parameters, 'raw');
  const service = parameters.get('service') ?? '';
  if (traceIds.length === 0 && service === '') badRequest("parameter 'service' is required");
  if (limit <= 0) badRequest('invalid parameter: limit must be greater than 0');
  if (start > end) badRequest('invalid parameter: start time must be before end time');
  if (minDuration !== 0n && maxDuration !== 0n && maxDuration < minDuration) {
    badRequest("'maxDuration' should be greater than 'minDuration'");
  }
  if (traceIds.length > 0) return { traceIds };
  return {
    service,
    operation: parameters.get('operation') ?? '',
    tags,
    start: String(start),
    // Jaeger's end belongs to the range.
    end: String(end + 1n),
    minDuration: String(minDuration),
    maxDuration: String(maxDuration),
    limit,
  };
}

/** Whether `raw` and the times of a single trace can be read: they change nothing, as a trace is always whole and told as it came. */
export function checkJaegerTraceParameters(parameters: URLSearchParams): void {
  integer(parameters, 'start', MICROSECOND);
  integer(parameters, 'end', MICROSECOND);
  boolean(parameters, 'raw');
}

/** Which calls `/api/dependencies` counts. Times in milliseconds. */
export interface DependenciesRange {
  readonly endMs: number;
  readonly lookbackMs: number;
}

/** @throws AtalayaError BAD_REQUEST */
export function dependenciesRange(parameters: URLSearchParams, now: number): DependenciesRange {
  const endMs = Number(integer(parameters, 'endTs', 1n) ?? BigInt(now));
  const lookbackMs = Number(integer(parameters, 'lookback', 1n) ?? BigInt(DEPENDENCIES_LOOKBACK_MS));
  if (lookbackMs <= 0) badRequest("unable to parse param 'lookback': it must be positive");
  return { endMs, lookbackMs };
}

/** What Jaeger's page Monitor asks for. Times in milliseconds. */
export interface PerformanceRange {
  readonly services: readonly string[];
  readonly byOperation: boolean;
  /** As the label of the series has them. */
  readonly spanKinds: readonly string[];
  readonly endMs: number;
  readonly lookbackMs: number;
  readonly stepMs: number;
  readonly ratePerMs: number;
}

const HOUR_MS = 3_600_000;
const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** The parameters of `/api/metrics/…`. @throws AtalayaError BAD_REQUEST */
export function performanceRange(parameters: URLSearchParams, now: number): PerformanceRange {
  const services = parameters.getAll('service');
  if (services.length === 0) badRequest("unable to parse param 'service': please provide at least one service name");
  const byOperation = boolean(parameters, 'groupByOperation');
  const kinds = parameters.has('spanKind') ? parameters.getAll('spanKind') : ['server'];
  const unknown = kinds.find((kind) => !SPAN_KINDS.includes(kind));
  if (unknown !== undefined) badRequest(`unable to parse param 'spanKind': unsupported span kind: '${unknown}'`);
  const length = (name: string, fallback: number): number => {
    const given = Number(integer(parameters, name, 1n) ?? BigInt(fallback));
    return given > 0 ? given : badRequest(`unable to parse param '${name}': it must be positive`);
  };
  return {
    services,
    byOperation,
    spanKinds: kinds.map((kind) => `SPAN_KIND_${kind.toUpperCase()}`),
    endMs: Number(integer(parameters, 'endTs', 1n) ?? BigInt(now)),
    lookbackMs: length('lookback', HOUR_MS),
    stepMs: length('step', 5000),
    ratePerMs: length('ratePer', HOUR_MS / 6),
  };
}

/** `quantile` of `/api/metrics/latencies`. @throws AtalayaError BAD_REQUEST */
export function quantileParameter(parameters: URLSearchParams): number {
  const text = parameters.get('quantile') ?? '';
  const quantile = Number(text);
  if (text === '' || Number.isNaN(quantile)) {
    badRequest(`unable to parse param 'quantile': strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return quantile;
}

function tagsOf(parameters: URLSearchParams): Record<string, string> {
  const tags = new Map<string, string>();
  for (const text of parameters.getAll('tag')) {
    const colon = text.indexOf(':');
    if (colon < 0) badRequest(`malformed 'tag' parameter, expecting key:value, received: ${text}`);
    tags.set(text.slice(0, colon), text.slice(colon + 1));
  }
  for (const text of parameters.getAll('tags')) {
    // The page leaves the parameter empty where nothing is asked for.
    if (text === '') continue;
    for (const [name, value] of tagsOfJson(text)) tags.set(name, value);
  }
  return Object.fromEntries(tags);
}

function tagsOfJson(text: string): [string, string][] {
  const malformed = (reason: string): never => badRequest(`malformed 'tags' parameter, cannot unmarshal JSON: ${reason}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return malformed((error as Error).message);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return malformed('it is no object of texts');
  return Object.entries(parsed).map(([name, value]) => (typeof value === 'string' ? [name, value] : malformed(`"${name}" is no text`)));
}

/** A whole number in some unit, as nanoseconds or whatever a unit of 1 stands for; undefined where it is not given. */
function integer(parameters: URLSearchParams, name: string, unit: bigint): bigint | undefined {
  const text = parameters.get(name) ?? '';
  return text === '' ? undefined : wholeNumber(text, name) * unit;
}

function wholeNumber(text: string, name?: string): bigint {
  const value = /^[+-]?\d{1,25}$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
  if (value !== undefined && value >= -LONGEST && value < LONGEST) return value;
  const reason = noNumber('ParseInt', text);
  return badRequest(name === undefined ? reason : `unable to parse param '${name}': ${reason}`);
}

/** A duration as Go writes it; 0 where it is not given. */
function duration(parameters: URLSearchParams, name: string): bigint {
  const text = parameters.get(name) ?? '';
  if (text === '') return 0n;
  const read = readGoDuration(text);
  return typeof read === 'string' ? badRequest(`unable to parse param '${name}': ${read}`) : BigInt(Math.round(read));
}

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['', '0', 'f', 'F', 'FALSE', 'false', 'False'];

function boolean(parameters: URLSearchParams, name: string): boolean {
  const text = parameters.get(name) ?? '';
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  return badRequest(`unable to parse param '${name}': strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function traceIdParameter(text: string): string {
  try {
    return jaegerTraceIdOf(text);
  } catch (error) {
    return badRequest(`cannot parse traceID param: ${AtalayaError.from(error).message}`);
  }
}
