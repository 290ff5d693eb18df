/** Runs test scripts against anything that can load samples and answer queries: the engine in memory, or a server over HTTP. */

import { type CounterResetHint, formatLabels, type Labels, labelsOf, type NativeHistogram } from '@atalaya/model';
import { allBuckets } from '../src/promql/histogram/buckets.ts';
import { encodeHistogram } from '../src/promql/histogram/encode.ts';
import { type EvalCommand, type LoadCommand, parseScript, type Point, type Remarks, type SeriesLine } from './script.ts';

/** An answer in the shape of the HTTP API, or the error's text. */
export type Reply =
  | { readonly error: string }
  | {
      readonly data: ApiData;
      readonly warnings: readonly string[];
      readonly infos: readonly string[];
      /** The reset hints of all histograms in the order of the data, where the target can see them. */
      readonly hints?: readonly CounterResetHint[];
    };

interface ApiHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

interface ApiSeries {
  readonly metric: Record<string, string>;
  readonly value?: readonly [number, string];
  readonly histogram?: readonly [number, ApiHistogram];
  readonly values?: readonly (readonly [number, string])[];
  readonly histograms?: readonly (readonly [number, ApiHistogram])[];
}

export type ApiData =
  | { readonly resultType: 'scalar'; readonly result: readonly [number, string] }
  | { readonly resultType: 'string'; readonly result: readonly [number, string] }
  | { readonly resultType: 'vector' | 'matrix'; readonly result: readonly ApiSeries[] };

/** What a script runs against. */
export interface Target {
  clear(): Promise<void>;
  load(command: LoadCommand): Promise<void>;
  /** An instant query when `stepMs` is 0. */
  ask(command: EvalCommand): Promise<Reply>;
}

/** How exactly answers have to fit. */
export interface Judging {
  /** The largest difference between two numbers, as a share of the larger one: summation order may show in the last digits. */
  readonly tolerance: number;
  /** Whether there may be warnings and infos of which the script says nothing. */
  readonly mayRemark: boolean;
}

const STRICT: Judging = { tolerance: 1e-12, mayRemark: false };

/** Runs a script and gives the number of evaluations and what was wrong, by line. */
export async function runScript(text: string, target: Target, judging: Judging = STRICT): Promise<{ evals: number; failures: string[] }> {
  const failures: string[] = [];
  let evals = 0;
  await target.clear();
  for (const command of parseScript(text)) {
    if (command.kind === 'clear') await target.clear();
    else if (command.kind === 'load') await target.load(command);
    else {
      evals++;
      const fault = judge(command, await target.ask(command), judging);
      if (fault !== undefined) failures.push(`line ${command.line}: ${command.query}: ${fault}`);
    }
  }
  return { evals, failures };
}

/** What is wrong with a reply; `undefined` when nothing is. */
function judge({ expected, startMs, stepMs, endMs }: EvalCommand, reply: Reply, judging: Judging): string | undefined {
  if ('error' in reply) {
    if (expected.failure !== undefined && reply.error.includes(expected.failure)) return undefined;
    return expected.failure === undefined ? `failed: ${reply.error}` : `failed with "${reply.error}", not with "${expected.failure}"`;
  }
  if (expected.failure !== undefined) return 'did not fail';
  if (!remarksFit(expected.warns, reply.warnings, judging)) return `warnings: ${JSON.stringify(reply.warnings)}`;
  if (!remarksFit(expected.informs, reply.infos, judging)) return `infos: ${JSON.stringify(reply.infos)}`;
  const { data } = reply;
  if (data.resultType === 'string') return data.result[1] === expected.text ? undefined : `gave ${JSON.stringify(data.result[1])}`;
  if (data.resultType === 'scalar') {
    return expected.scalar !== undefined && equal(read(data.result[1]), expected.scalar, judging) ? undefined : `gave ${data.result[1]}`;
  }
  const actual = seriesOf(data.result, reply.hints);
  if (actual.length !== expected.series.length) return `${actual.length} series instead of ${expected.series.length}: ${names(actual)}`;
  for (const [index, want] of expected.series.entries()) {
    const name = formatLabels(want.labels);
    const found = expected.ordered
      ? [actual[index] as (typeof actual)[number]].find((series) => formatLabels(series.labels) === name)
      : actual.find((series) => formatLabels(series.labels) === name);
    if (found === undefined) return `${name} is missing${expected.ordered ? ' at its place' : ''}: ${names(actual)}`;
    const times = { startMs, stepMs: stepMs === 0 ? 1 : stepMs, endMs: stepMs === 0 ? startMs : endMs };
    const fault = judgePoints(want, found.points, times, judging);
    if (fault !== undefined) return `${name}: ${fault}`;
  }
  return undefined;
}

function remarksFit({ wanted, texts }: Remarks, found: readonly string[], { mayRemark }: Judging): boolean {
  if (wanted === 'some') return found.length > 0 && texts.every((text) => found.some((one) => one.includes(text)));
  return found.length === 0 || (wanted === 'unsaid' && mayRemark);
}

/** What a reply has at a time. */
type Found = number | { readonly histogram: ApiHistogram; readonly hint: CounterResetHint | undefined };

function seriesOf(result: readonly ApiSeries[], hints: readonly CounterResetHint[] | undefined) {
  let seen = 0;
  return result.map(({ metric, value, values, histogram, histograms }) => {
    const floats = values ?? (value === undefined ? [] : [value]);
    const points: (readonly [number, Found])[] = floats.map(([time, text]) => [time, read(text)]);
    for (const [time, found] of histograms ?? (histogram === undefined ? [] : [histogram])) {
      points.push([time, { histogram: found, hint: hints?.[seen++] }]);
    }
    return { labels: labelsOf(metric), points };
  });
}

function judgePoints(
  { points }: SeriesLine,
  found: readonly (readonly [number, Found])[],
  { startMs, stepMs, endMs }: { startMs: number; stepMs: number; endMs: number },
  judging: Judging,
): string | undefined {
  const byTime = new Map(found.map(([seconds, value]) => [Math.round(seconds * 1000), value]));
  if (byTime.size !== found.length) return 'the same time twice';
  let step = 0;
  for (let time = startMs; time <= endMs; time += stepMs, step++) {
    const want = points[step];
    const value = byTime.get(time);
    byTime.delete(time);
    if (!fits(want, value, judging)) return `${show(value)} instead of ${show(want)} at ${time} ms`;
  }
  return byTime.size === 0 ? undefined : `points outside the range: ${[...byTime.keys()].join(', ')}`;
}

function fits(want: Point, found: Found | undefined, judging: Judging): boolean {
  if (want === undefined) return found === undefined;
  if (found === undefined || want === 'stale') return false;
  if (typeof want === 'number') return typeof found === 'number' && equal(found, want, judging);
  if (typeof found === 'number') return false;
  if (want.hintGiven && found.hint !== undefined && found.hint !== want.histogram.counterReset) return false;
  return histogramFits(want.histogram, found.histogram, judging);
}

function histogramFits(want: NativeHistogram, { count, sum, buckets = [] }: ApiHistogram, judging: Judging): boolean {
  const wanted = allBuckets(want).filter((bucket) => bucket.count !== 0);
  if (!equal(read(count), want.count, judging) || !equal(read(sum), want.sum, judging) || wanted.length !== buckets.length) return false;
  return wanted.every(({ lower, upper, lowerInclusive, upperInclusive, count: one }, i) => {
    const [rule, low, high, population] = buckets[i] as readonly [number, string, string, string];
    const sides = [rule === 1 || rule === 3, rule === 0 || rule === 3];
    return (
      sides[0] === lowerInclusive &&
      sides[1] === upperInclusive &&
      equal(read(low), lower, judging) &&
      equal(read(high), upper, judging) &&
      equal(read(population), one, judging)
    );
  });
}

const names = (series: readonly { labels: Labels }[]): string => series.map(({ labels }) => formatLabels(labels)).join(' ');

function show(value: Point | Found): string {
  if (typeof value !== 'object') return String(value);
  if ('hintGiven' in value) return `${encodeHistogram(value.histogram)} (${value.histogram.counterReset})`;
  return `${JSON.stringify(value.histogram)} (${value.hint ?? 'hint unknown'})`;
}

function read(value: string): number {
  return Number(value.replace('Inf', 'Infinity'));
}

function equal(actual: number, expected: number, { tolerance }: Judging): boolean {
  if (Object.is(actual, expected) || actual === expected) return true;
  return Math.abs(actual - expected) <= tolerance * Math.max(Math.abs(actual), Math.abs(expected));
}
