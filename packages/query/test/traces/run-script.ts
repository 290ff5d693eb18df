/** Runs TraceQL's test scripts against anything that can store spans and answer queries: the engine in memory, or a server over HTTP. */

import type { PlainSpan } from './plain-span.ts';
import { parseTraceScript, type TraceEvalCommand } from './script.ts';

/** A spanset of an answer. Ids are told as they come, filled up with zeros. */
export interface RepliedSpanset {
  readonly traceId: string;
  readonly spans: readonly { readonly spanId: string; readonly attributes: Readonly<Record<string, string>> }[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** A series of an answer; times in milliseconds from the beginning of the script. */
export interface RepliedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [number, number])[];
}

/** An answer, or the error's text. Values are texts, whatever their types. */
export type TraceReply =
  | { readonly error: string }
  | { readonly spansets: readonly RepliedSpanset[] }
  | { readonly series: readonly RepliedSeries[] };

/** What a script runs against. Times of commands and answers count from the beginning of the script. */
export interface TraceTarget {
  clear(): Promise<void>;
  push(spans: readonly PlainSpan[]): Promise<void>;
  ask(command: TraceEvalCommand): Promise<TraceReply>;
}

/** Sums may be added up in another order. */
const TOLERANCE = 1e-9;

/** Runs a script and gives the number of evaluations and what was wrong, by line. */
export async function runTraceScript(text: string, target: TraceTarget): Promise<{ evals: number; failures: string[] }> {
  const failures: string[] = [];
  let evals = 0;
  await target.clear();
  for (const command of parseTraceScript(text)) {
    if (command.kind === 'clear') await target.clear();
    else if (command.kind === 'push') await target.push(command.spans);
    else {
      evals++;
      const fault = judge(command, await target.ask(command));
      if (fault !== undefined) failures.push(`line ${command.line}: ${command.query}: ${fault}`);
    }
  }
  return { evals, failures };
}

const short = (id: string): string => id.replace(/^0+/, '');

/** What is wrong with a reply; `undefined` when nothing is. */
function judge(command: TraceEvalCommand, reply: TraceReply): string | undefined {
  const { expected } = command;
  if ('error' in reply) {
    if (expected.failure !== undefined && reply.error.includes(expected.failure)) return undefined;
    return expected.failure === undefined ? `failed: ${reply.error}` : `failed with "${reply.error}", not with "${expected.failure}"`;
  }
  if (expected.failure !== undefined) return 'did not fail';
  return 'spansets' in reply ? judgeSpansets(command, reply.spansets) : judgeSeries(command, reply.series);
}

function judgeSpansets({ expected }: TraceEvalCommand, found: readonly RepliedSpanset[]): string | undefined {
  const lines = found.map(({ traceId, spans, attributes }) =>
    line(
      short(traceId),
      spans.map(({ spanId }) => short(spanId)),
      attributes,
    ),
  );
  const wanted = expected.spansets.map(({ trace, spans, attributes }) => line(trace, spans, attributes));
  const differ = expected.ordered ? lines.join('\n') !== wanted.join('\n') : lines.toSorted().join('\n') !== wanted.toSorted().join('\n');
  if (differ) return `gave\n    ${lines.join('\n    ')}`;
  const told = new Map(found.flatMap(({ spans }) => spans.map(({ spanId, attributes }) => [short(spanId), attributes] as const)));
  for (const [id, attributes] of expected.told) {
    const actual = pairs(told.get(id) ?? {});
    if (actual !== pairs(attributes)) return `told ${id}${actual}`;
  }
  return undefined;
}

function pairs(attributes: Readonly<Record<string, string>>): string {
  return Object.keys(attributes)
    .sort()
    .map((name) => ` ${name}=${JSON.stringify(attributes[name])}`)
    .join('');
}

const line = (trace: string, spans: readonly string[], attributes: Readonly<Record<string, string>>): string =>
  `${trace}: ${[...spans].sort().join(' ')}${pairs(attributes)}`;

function judgeSeries(command: TraceEvalCommand, found: readonly RepliedSeries[]): string | undefined {
  const show = (): string =>
    found.map(({ labels, points }) => `{${pairs(labels).trim()}} ${points.map(([, value]) => value).join(' ')}`).join('\n    ');
  const { series } = command.expected;
  if (series.length !== found.length) return `${found.length} instead of ${series.length} series:\n    ${show()}`;
  for (const { labels, points } of series) {
    const match = found.find((one) => pairs(one.labels) === pairs(labels));
    if (match === undefined) return `{${pairs(labels).trim()}} is missing:\n    ${show()}`;
    const byTime = new Map(match.points);
    for (const [i, want] of points.entries()) {
      const time = command.type === 'instant' ? command.end : command.start - (command.start % command.step) + BigInt(i + 1) * command.step;
      const value = byTime.get(Number(time / 1_000_000n));
      const fits = want === undefined || value === undefined ? want === value : isEqual(value, want);
      if (!fits) return `{${pairs(labels).trim()}}: ${value} instead of ${want} at ${time / 1_000_000n} ms:\n    ${show()}`;
    }
    if (match.points.length > points.filter((point) => point !== undefined).length) return `too many points:\n    ${show()}`;
  }
  return undefined;
}

function isEqual(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= TOLERANCE * Math.max(1e-9, Math.abs(actual), Math.abs(expected));
}
