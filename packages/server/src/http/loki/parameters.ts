/** Parameters of Loki's API, read in its order, with its defaults and its complaints. */

import { LogqlError, parseLogSelector } from '@atalaya/lang';
import { type Matcher, parseDuration } from '@atalaya/model';
import { badRequest, nanoseconds, noNumber, parseLength, parseTime, SECOND } from './times.ts';

const DEFAULT_LIMIT = 100;
const DEFAULT_SINCE_MS = 3_600_000;
/** How far back questions about labels look when they do not say it. */
export const LABELS_SINCE_MS = 6 * 3_600_000;
const DEFAULT_STEPS = 250n;
/** Points per series that a range query may ask for. */
const MOST_POINTS = 11_000n;
/** Labels that a volume may be told by: more than streams have. */
const MOST_TARGET_LABELS = 64;
/** Whole seconds by which a tail may lag behind. */
const MOST_DELAY = 5;

const REASON = {
  endBeforeStart: 'end timestamp must not be before or equal to start time',
  step: 'zero or negative query resolution step widths are not accepted. Try a positive integer',
  points: 'exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter',
  limit: 'limit must be a positive value',
};

/** Nanoseconds since the epoch. */
export interface TimeRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** A whole number as Go's `strconv.Atoi` reads it. */
function wholeNumber(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name) ?? '';
  if (text === '') return undefined;
  const number = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(number)) badRequest(noNumber('Atoi', text));
  return number;
}

/** How many results at most; it has to be positive. */
export function limitParameter(parameters: URLSearchParams, name = 'limit', fallback = DEFAULT_LIMIT): number {
  const limit = wholeNumber(parameters, name) ?? fallback;
  if (limit <= 0) badRequest(REASON.limit);
  return limit;
}

/** The limit of a volume, where 0 stands for the default. */
export function volumeLimitParameter(parameters: URLSearchParams): number {
  const limit = wholeNumber(parameters, 'limit') ?? DEFAULT_LIMIT;
  if (limit < 0) badRequest(REASON.limit);
  return limit === 0 ? DEFAULT_LIMIT : limit;
}

export function directionParameter(parameters: URLSearchParams): 'forward' | 'backward' {
  const text = parameters.get('direction') ?? '';
  const direction = text.toLowerCase();
  if (direction === '' || direction === 'backward') return 'backward';
  if (direction === 'forward') return 'forward';
  return badRequest(`invalid direction '${text}'`);
}

/** A point in time; `fallback` when it is not given. */
export function timeParameter(parameters: URLSearchParams, name: string, fallback: bigint): bigint {
  const text = parameters.get(name) ?? '';
  if (text === '') return fallback;
  try {
    return parseTime(text);
  } catch (error) {
    const { message } = error as Error;
    // Of a range Loki says which border is wrong, of an instant it does not.
    return badRequest(name === 'time' ? message : `could not parse '${name}' parameter: ${message}`);
  }
}

/** `start` and `end`, or `since` before the end (before now, if that is earlier). `now` in milliseconds. */
export function boundsOf(parameters: URLSearchParams, now: number, defaultSinceMs = DEFAULT_SINCE_MS): TimeRange {
  const sinceText = parameters.get('since') ?? '';
  const since = sinceText === '' ? defaultSinceMs : parseDuration(sinceText);
  if (since === undefined) {
    return badRequest(`could not parse 'since' parameter: not a valid duration string: ${JSON.stringify(sinceText)}`);
  }
  const present = nanoseconds(now);
  const end = timeParameter(parameters, 'end', present);
  const start = timeParameter(parameters, 'start', (end > present ? present : end) - nanoseconds(since));
  return { start, end };
}

/** {@link boundsOf}, where the end must not come before the start. */
export function orderedBoundsOf(parameters: URLSearchParams, now: number): TimeRange {
  const range = boundsOf(parameters, now);
  if (range.end < range.start) badRequest(REASON.endBeforeStart);
  return range;
}

/** `step`, nanoseconds; by default the range in 250 parts, in whole seconds. */
export function stepParameter(parameters: URLSearchParams, { start, end }: TimeRange): bigint {
  const text = parameters.get('step') ?? '';
  const parts = (end - start) / SECOND / DEFAULT_STEPS;
  const step = text === '' ? (parts > 1n ? parts : 1n) * SECOND : parseLength(text);
  if (step <= 0n) badRequest(REASON.step);
  if ((end - start) / step > MOST_POINTS) badRequest(REASON.points);
  return step;
}

/** `interval`, nanoseconds: the least time between two lines of an answer; 0 when it is not given. */
export function intervalParameter(parameters: URLSearchParams): bigint {
  const text = parameters.get('interval') ?? '';
  const interval = text === '' ? 0n : parseLength(text);
  if (interval < 0n) badRequest('interval must be >= 0');
  return interval;
}

/** `delay_for` of a tail, whole seconds. */
export function delayParameter(parameters: URLSearchParams): number {
  const delay = wholeNumber(parameters, 'delay_for') ?? 0;
  if (delay < 0 || delay > MOST_DELAY) badRequest(`delay_for can't be greater than ${MOST_DELAY}`);
  return delay;
}

/** A stream selector; nothing and `{}` mean all streams. */
export function selectorOf(text: string): Matcher[] {
  if (text.length > LONGEST_QUERY) badRequest(`parse error : input size too long (${text.length} > ${LONGEST_QUERY})`);
  if (/^\s*(?:\{\s*\}\s*)?$/.test(text)) return [];
  try {
    return parseLogSelector(text);
  } catch (error) {
    if (error instanceof LogqlError) badRequest(error.message);
    throw error;
  }
}

/** `match[]` (or `match`): a set of matchers for each; all streams when there is none, or an empty one. */
export function selectorsOf(parameters: URLSearchParams): Matcher[][] {
  return [...parameters.getAll('match'), ...parameters.getAll('match[]')].map(selectorOf);
}

/** Longest LogQL text, in UTF-16 units: Loki's limit in bytes. */
const LONGEST_QUERY = 131_072;

/** `query`: LogQL, not read yet. */
export function queryParameter(parameters: URLSearchParams): string {
  const query = parameters.get('query') ?? '';
  if (query.length > LONGEST_QUERY) badRequest(`parse error : input size too long (${query.length} > ${LONGEST_QUERY})`);
  return query;
}

/** `targetLabels` of a volume: names between commas. */
export function targetLabelsParameter(parameters: URLSearchParams): string[] {
  const names = (parameters.get('targetLabels') ?? '').split(',').filter((name) => name !== '');
  return names.length <= MOST_TARGET_LABELS ? names : badRequest(`too many target labels (${names.length} > ${MOST_TARGET_LABELS})`);
}

/** Whether a volume is told by the streams' labels with their values, or by the names of labels only. */
export function aggregateByParameter(parameters: URLSearchParams): 'series' | 'labels' {
  const text = parameters.get('aggregateBy') ?? '';
  if (text === '' || text === 'series') return 'series';
  return text === 'labels' ? 'labels' : badRequest('invalid aggregation option');
}
