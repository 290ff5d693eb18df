/** Runs LogQL's test scripts against anything that can store lines and answer queries: pipelines in memory, or a server over HTTP. */

import { type ExpectedStream, type LogEvalCommand, type LogExpectation, parseLogScript, type PushCommand } from './script.ts';

/** An answer in the shape of Loki's HTTP API, or the error's text. */
export type LogReply = { readonly error: string } | { readonly data: LogData };

export type LogData =
  | { readonly resultType: 'streams'; readonly result: readonly LogStream[] }
  | { readonly resultType: 'vector' | 'matrix'; readonly result: readonly LogSeries[] }
  | { readonly resultType: 'scalar'; readonly result: readonly [number, string] };

export interface LogStream {
  readonly stream: Readonly<Record<string, string>>;
  /** Nanoseconds and text. */
  readonly values: readonly (readonly [string, string, ...unknown[]])[];
}

interface LogSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds and value. */
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** What a script runs against. Times of commands and answers count from the beginning of the script. */
export interface LogTarget {
  clear(): Promise<void>;
  push(command: PushCommand): Promise<void>;
  ask(command: LogEvalCommand): Promise<LogReply>;
  /** Labels that the target adds to every line on its own; they count only where a script names them. */
  readonly addedLabels?: readonly string[];
}

const DETAILS = '__error_details__';
/** Sums may be added up in another order. */
const TOLERANCE = 1e-12;

/** Runs a script and gives the number of evaluations and what was wrong, by line. */
export async function runLogScript(text: string, target: LogTarget): Promise<{ evals: number; failures: string[] }> {
  const failures: string[] = [];
  let evals = 0;
  await target.clear();
  for (const command of parseLogScript(text)) {
    if (command.kind === 'clear') await target.clear();
    else if (command.kind === 'push') await target.push(command);
    else {
      evals++;
      const fault = judge(command, await target.ask(command), target.addedLabels ?? []);
      if (fault !== undefined) failures.push(`line ${command.line}: ${command.query}: ${fault}`);
    }
  }
  return { evals, failures };
}

/** What is wrong with a reply; `undefined` when nothing is. */
function judge(command: LogEvalCommand, reply: LogReply, added: readonly string[]): string | undefined {
  const { expected } = command;
  if ('error' in reply) {
    if (expected.failure !== undefined && reply.error.includes(expected.failure)) return undefined;
    return expected.failure === undefined ? `failed: ${reply.error}` : `failed with "${reply.error}", not with "${expected.failure}"`;
  }
  if (expected.failure !== undefined) return 'did not fail';
  const { data } = reply;
  if (data.resultType === 'scalar') {
    return expected.scalar !== undefined && isEqual(read(data.result[1]), expected.scalar) ? undefined : `gave ${data.result[1]}`;
  }
  if (data.resultType === 'streams')
    return judgeAll(
      expected,
      data.result.map(({ stream, values }) => ({ labels: stream, values })),
      added,
      judgeLines,
    );
  const series = data.result.map(({ metric, value, values }) => ({
    labels: metric,
    values: values ?? (value === undefined ? [] : [value]),
  }));
  return judgeAll(expected, series, added, (want, found) => judgePoints(command, want, found));
}

interface Found<Value> {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly Value[];
}

function judgeAll<Value>(
  { streams, ordered }: LogExpectation,
  found: readonly Found<Value>[],
  added: readonly string[],
  judgeOne: (want: ExpectedStream, found: readonly Value[]) => string | undefined,
): string | undefined {
  const all = (): string => found.map(({ labels }) => show(labels)).join(' ');
  if (streams.length !== found.length) return `${found.length} instead of ${streams.length}: ${all()}`;
  for (const [index, want] of streams.entries()) {
    const candidates = ordered ? found.slice(index, index + 1) : found;
    const match = candidates.find(({ labels }) => labelsFit(want.labels, labels, added));
    if (match === undefined) return `${show(want.labels)} is missing${ordered ? ' at its place' : ''}: ${all()}`;
    const fault = judgeOne(want, match.values);
    if (fault !== undefined) return `${show(want.labels)}: ${fault}`;
  }
  return undefined;
}

function labelsFit(want: Readonly<Record<string, string>>, found: Readonly<Record<string, string>>, added: readonly string[]): boolean {
  const optional = [DETAILS, ...added].filter((name) => !Object.hasOwn(want, name));
  const names = Object.keys(found).filter((name) => !optional.includes(name));
  return names.length === Object.keys(want).length && names.every((name) => Object.hasOwn(want, name) && want[name] === found[name]);
}

function judgeLines({ entries }: ExpectedStream, found: LogStream['values']): string | undefined {
  const wanted = entries.map(({ at, text }) => `${at} ${text}`);
  const lines = found.map(([at, text]) => `${at} ${text}`);
  const different = Array.from({ length: Math.max(wanted.length, lines.length) }, (_, i) => i).find((i) => wanted[i] !== lines[i]);
  if (different === undefined) return undefined;
  return `line ${different + 1} is ${JSON.stringify(lines[different])} instead of ${JSON.stringify(wanted[different])}`;
}

function judgePoints(
  { start, end, step }: LogEvalCommand,
  { points }: ExpectedStream,
  found: readonly (readonly [number, string])[],
): string | undefined {
  const byTime = new Map(found.map(([seconds, value]) => [Math.round(seconds * 1000), read(value)]));
  let index = 0;
  for (let time = start; time <= end; time += step === 0n ? end + 1n : step, index++) {
    const milliseconds = Number(time / 1_000_000n);
    const want = points[index];
    const value = byTime.get(milliseconds);
    byTime.delete(milliseconds);
    if (want === undefined ? value !== undefined : value === undefined || !isEqual(value, want))
      return `${value} instead of ${want} at ${milliseconds} ms`;
  }
  return byTime.size === 0 ? undefined : `points at other times: ${[...byTime.keys()].join(', ')}`;
}

const show = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')}}`;

const read = (value: string): number => Number(value.replace('Inf', 'Infinity'));

function isEqual(actual: number, expected: number): boolean {
  return Object.is(actual, expected) || Math.abs(actual - expected) <= TOLERANCE * Math.max(Math.abs(actual), Math.abs(expected));
}
