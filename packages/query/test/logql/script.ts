/**
 * The language of LogQL's test scripts: blocks of lines with blank lines between them. Times count from the beginning of the script.
 *
 *     push {app="web", env="prod"}
 *       0s GET /home 200
 *       10s+5sx3 meta{trace="7"} the same line at 10s, 15s, 20s and 25s, with structured metadata
 *       30s "a line with\ttabs, or spaces at its ends, as a JSON string"
 *
 *     eval logs {app="web"} |= "GET"
 *       {app="web", env="prod"}
 *         0s GET /home 200
 *
 *     eval logs from 5s to 20s limit 2 backward {app="web"}
 *       {app="web", env="prod", trace="7"}
 *         15s the same line at 10s, 15s, 20s and 25s, with structured metadata
 *         10s the same line at 10s, 15s, 20s and 25s, with structured metadata
 *
 *     eval instant at 1m count_over_time({app="web"}[1m])
 *       {app="web", env="prod"} 2
 *
 *     eval range from 0 to 1m step 30s sum(count_over_time({app="web"}[30s]))
 *       {} 1 4 1
 *
 *     clear
 *
 * Log queries without times look at everything, forward. Their answers are compared whatever the order of the streams;
 * `__error_details__` only where the script names it. Points of series: numbers, `NaN`, `Inf`, `_` (none). An expected scalar is a number
 * alone. Further expectations: `expect fail [text]`, `expect ordered` (series in this order). Lines that begin with `#` are remarks.
 */

import { type Labels, labelsOf, parseDuration } from '@atalaya/model';

/** A line of a stream. */
export interface ScriptEntry {
  /** Nanoseconds from the beginning of the script. */
  readonly at: bigint;
  readonly text: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Lines to store. */
export interface PushCommand {
  readonly kind: 'push';
  readonly labels: Labels;
  readonly entries: readonly ScriptEntry[];
}

/** Streams or series that an answer has, by their labels; empty values count. */
export interface ExpectedStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly entries: readonly { readonly at: bigint; readonly text: string }[];
  readonly points: readonly (number | undefined)[];
}

/** What an evaluation has to give. */
export interface LogExpectation {
  readonly streams: readonly ExpectedStream[];
  readonly scalar: number | undefined;
  /** The error's text contains this; `undefined` when it must succeed. */
  readonly failure: string | undefined;
  readonly ordered: boolean;
}

/** A query to evaluate. Times are nanoseconds from the beginning of the script. */
export interface LogEvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly type: 'logs' | 'instant' | 'range';
  readonly start: bigint;
  /** For log queries exclusive. */
  readonly end: bigint;
  /** 0 for what has no steps. */
  readonly step: bigint;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  readonly expected: LogExpectation;
}

export type LogCommand = PushCommand | LogEvalCommand | { readonly kind: 'clear' };

/** Where log queries end that name no times: no script has later lines. */
const EVERYTHING = 3_600_000_000_000n;
const LIMIT = 5000;

/** Reads a script. @throws Error naming the line that cannot be read. */
export function parseLogScript(text: string): LogCommand[] {
  const lines = text.split('\n').map((line) => line.trim());
  const commands: LogCommand[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line === '' || line.startsWith('#')) continue;
    const number = at + 1;
    const body: string[] = [];
    if (line !== 'clear') while (isContent(lines[at + 1])) body.push(lines[++at] as string);
    try {
      commands.push(readCommand(line, body, number));
    } catch (error) {
      throw new Error(`line ${number}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return commands;
}

const isContent = (line: string | undefined): boolean => line !== undefined && line !== '' && !line.startsWith('#');

function readCommand(line: string, body: readonly string[], number: number): LogCommand {
  if (line === 'clear') return { kind: 'clear' };
  if (line.startsWith('push ')) {
    const { labels, rest } = readLabels(line.slice(5).trim());
    if (rest !== '') throw new Error(`not a stream: ${line}`);
    return { kind: 'push', labels: labelsOf(labels), entries: body.flatMap(readEntries) };
  }
  const logs = /^eval logs(?: from (\S+) to (\S+))?(?: limit (\d+))?( backward)? (.+)$/.exec(line);
  if (logs !== null) {
    const [, from, to, limit, backward, query] = logs as unknown as [string, string?, string?, string?, string?, string?];
    return {
      kind: 'eval',
      type: 'logs',
      line: number,
      query: query as string,
      start: from === undefined ? 0n : duration(from),
      end: to === undefined ? EVERYTHING : duration(to),
      step: 0n,
      limit: limit === undefined ? LIMIT : Number(limit),
      direction: backward === undefined ? 'forward' : 'backward',
      expected: readExpectation(body, true),
    };
  }
  const metric = /^eval (?:instant at (\S+)|range from (\S+) to (\S+) step (\S+)) (.+)$/.exec(line);
  if (metric === null) throw new Error(`not a command: ${line}`);
  const [, at, from, to, step, query] = metric as unknown as [string, string?, string?, string?, string?, string?];
  return {
    kind: 'eval',
    type: at === undefined ? 'range' : 'instant',
    line: number,
    query: query as string,
    start: duration(at ?? (from as string)),
    end: duration(at ?? (to as string)),
    step: step === undefined ? 0n : duration(step),
    limit: LIMIT,
    direction: 'forward',
    expected: readExpectation(body, false),
  };
}

const ENTRY = /^(\S+)\s(.*)$/;

/** `0s text`, `10s+5sx3 meta{a="b"} text`. */
function readEntries(line: string): ScriptEntry[] {
  const [, time = '', rest = ''] = ENTRY.exec(line) ?? [];
  const [, start = '', step = '0s', times = '0'] = /^([^+]+?)(?:\+(\S+?)x(\d+))?$/.exec(time) ?? [];
  const { labels: metadata, rest: text } = rest.startsWith('meta{') ? readLabels(rest.slice(4)) : { labels: {}, rest };
  return Array.from({ length: Number(times) + 1 }, (_, index) => ({
    at: duration(start) + BigInt(index) * duration(step),
    text: readText(text),
    metadata,
  }));
}

const readText = (text: string): string => (text.startsWith('"') ? (JSON.parse(text) as string) : text);

function readExpectation(body: readonly string[], isLogs: boolean): LogExpectation {
  const streams: { labels: Record<string, string>; entries: { at: bigint; text: string }[]; points: (number | undefined)[] }[] = [];
  let scalar: number | undefined;
  let failure: string | undefined;
  let ordered = false;
  for (const line of body) {
    const [, what, rest] = /^expect (fail|ordered)\s*(.*)$/.exec(line) ?? [];
    if (what === 'fail') failure = rest ?? '';
    else if (what === 'ordered') ordered = true;
    else if (line.startsWith('{')) {
      const stream = readLabels(line);
      streams.push({ labels: stream.labels, entries: [], points: isLogs ? [] : readPoints(stream.rest) });
    } else if (isLogs) {
      const [, time = '', text = ''] = /^(\S+)(?:\s(.*))?$/.exec(line) ?? [];
      streams.at(-1)?.entries.push({ at: duration(time), text: readText(text) });
    } else scalar = readPoint(line);
  }
  return { streams, scalar, failure, ordered };
}

/** `{a="b", c="d"}` and what follows. Unlike in a selector a value may be empty, and so may the set. */
function readLabels(text: string): { labels: Record<string, string>; rest: string } {
  const [whole, inner = ''] = /^\{((?:"(?:[^"\\]|\\.)*"|[^"}])*)\}/.exec(text) ?? [];
  if (whole === undefined) throw new Error(`not a set of labels: ${text}`);
  const labels: Record<string, string> = {};
  for (const [, name, value] of inner.matchAll(/([^\s,="]*)\s*=\s*("(?:[^"\\]|\\.)*")/g))
    labels[name as string] = JSON.parse(value as string) as string;
  return { labels, rest: text.slice(whole.length).trim() };
}

const readPoints = (text: string): (number | undefined)[] => (text === '' ? [] : text.split(/\s+/).map(readPoint));

function readPoint(text: string): number | undefined {
  if (text === '_') return undefined;
  const value = Number(text.replace(/^([-+]?)inf$/i, '$1Infinity'));
  if (Number.isNaN(value) && text !== 'NaN') throw new Error(`not a number: ${text}`);
  return value;
}

/** Nanoseconds of a duration as Prometheus writes it, or with `us` or `ns`; `0` is one. */
function duration(text: string): bigint {
  const [, amount, unit] = /^(\d+)(us|ns)$/.exec(text) ?? [];
  if (amount !== undefined) return BigInt(amount) * (unit === 'us' ? 1000n : 1n);
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new Error(`not a duration: ${text}`);
  return BigInt(milliseconds) * 1_000_000n;
}
