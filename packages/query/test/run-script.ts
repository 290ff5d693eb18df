/** Runs test scripts against anything that can load samples and answer queries: the engine in memory, or a server over HTTP. */

import { formatLabels, type Labels, labelsOf } from '@atalaya/model';
import { type EvalCommand, type LoadCommand, parseScript, type SeriesLine } from './script.ts';

/** An answer in the shape of the HTTP API, or the error's text. */
export type Reply =
  | { readonly error: string }
  | { readonly data: ApiData; readonly warnings: readonly string[]; readonly infos: readonly string[] };

export type ApiData =
  | { readonly resultType: 'scalar'; readonly result: readonly [number, string] }
  | { readonly resultType: 'string'; readonly result: readonly [number, string] }
  | { readonly resultType: 'vector'; readonly result: readonly { metric: Record<string, string>; value: readonly [number, string] }[] }
  | {
      readonly resultType: 'matrix';
      readonly result: readonly { metric: Record<string, string>; values: readonly (readonly [number, string])[] }[];
    };

/** What a script runs against. */
export interface Target {
  clear(): Promise<void>;
  load(command: LoadCommand): Promise<void>;
  /** An instant query when `stepMs` is 0. */
  ask(command: EvalCommand): Promise<Reply>;
}

/** Runs a script and gives the number of evaluations and what was wrong, by line. */
export async function runScript(text: string, target: Target): Promise<{ evals: number; failures: string[] }> {
  const failures: string[] = [];
  let evals = 0;
  await target.clear();
  for (const command of parseScript(text)) {
    if (command.kind === 'clear') await target.clear();
    else if (command.kind === 'load') await target.load(command);
    else {
      evals++;
      const fault = judge(command, await target.ask(command));
      if (fault !== undefined) failures.push(`line ${command.line}: ${command.query}: ${fault}`);
    }
  }
  return { evals, failures };
}

/** What is wrong with a reply; `undefined` when nothing is. */
function judge({ expected, startMs, stepMs, endMs }: EvalCommand, reply: Reply): string | undefined {
  if ('error' in reply) {
    if (expected.failure !== undefined && reply.error.includes(expected.failure)) return undefined;
    return expected.failure === undefined ? `failed: ${reply.error}` : `failed with "${reply.error}", not with "${expected.failure}"`;
  }
  if (expected.failure !== undefined) return 'did not fail';
  if (expected.warns !== reply.warnings.length > 0) return `warnings: ${JSON.stringify(reply.warnings)}`;
  if (expected.informs !== reply.infos.length > 0) return `infos: ${JSON.stringify(reply.infos)}`;
  const { data } = reply;
  if (data.resultType === 'string') return data.result[1] === expected.text ? undefined : `gave ${JSON.stringify(data.result[1])}`;
  if (data.resultType === 'scalar') {
    return expected.scalar !== undefined && equal(Number.parseFloat(read(data.result[1])), expected.scalar)
      ? undefined
      : `gave ${data.result[1]}`;
  }
  const actual = data.result.map((series) => {
    const values = 'values' in series ? series.values : [series.value];
    return { labels: labelsOf(series.metric), values };
  });
  if (actual.length !== expected.series.length) return `${actual.length} series instead of ${expected.series.length}: ${names(actual)}`;
  for (const [index, want] of expected.series.entries()) {
    const name = formatLabels(want.labels);
    const found = expected.ordered
      ? [actual[index] as (typeof actual)[number]].find((series) => formatLabels(series.labels) === name)
      : actual.find((series) => formatLabels(series.labels) === name);
    if (found === undefined) return `${name} is missing${expected.ordered ? ' at its place' : ''}: ${names(actual)}`;
    const fault = judgePoints(want, found.values, startMs, stepMs === 0 ? 1 : stepMs, stepMs === 0 ? startMs : endMs);
    if (fault !== undefined) return `${name}: ${fault}`;
  }
  return undefined;
}

function judgePoints(
  { points }: SeriesLine,
  values: readonly (readonly [number, string])[],
  startMs: number,
  stepMs: number,
  endMs: number,
): string | undefined {
  const byTime = new Map(values.map(([seconds, value]) => [Math.round(seconds * 1000), Number(read(value))]));
  if (byTime.size !== values.length) return 'the same time twice';
  let step = 0;
  for (let time = startMs; time <= endMs; time += stepMs, step++) {
    const want = points[step];
    const value = byTime.get(time);
    byTime.delete(time);
    if (want === undefined ? value === undefined : value !== undefined && equal(value, want as number)) continue;
    return `${value} instead of ${want} at ${time} ms`;
  }
  return byTime.size === 0 ? undefined : `points outside the range: ${[...byTime.keys()].join(', ')}`;
}

const names = (series: readonly { labels: Labels }[]): string => series.map(({ labels }) => formatLabels(labels)).join(' ');

function read(value: string): string {
  return value.replace('Inf', 'Infinity');
}

/** Equal but for the last digits, where summation order may show. */
function equal(actual: number, expected: number): boolean {
  if (Object.is(actual, expected) || actual === expected) return true;
  return Math.abs(actual - expected) <= 1e-12 * Math.max(Math.abs(actual), Math.abs(expected));
}
