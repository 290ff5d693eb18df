/**
 * The language of TraceQL's test scripts: blocks of lines with blank lines between them. Times count from the beginning of the script.
 *
 *     trace a
 *       1 web "GET /" 0s+100ms server error span.code=500 resource.zone="b"
 *         2 db "SELECT" 10ms+20ms client event="log"@5ms{"level":"warn"} link=b/7{"why":"batch"}
 *       3 web "lost" 50ms+1ms parent=99 message="gone" scope="io.http" version="1.2" instrumentation.x=true
 *
 *     eval search { status = error }
 *       a: 1
 *
 *     eval search from 0s to 10s limit 1 spans 2 {} | by(name) | count() > 0
 *       a: 1 by(name)="GET /" count()="1"
 *       a: 2 by(name)="SELECT" count()="1"
 *       told 1 code="500"
 *
 *     eval range from 0s to 20s step 10s {} | rate() by (name)
 *       {name="GET /"} 0.1 0
 *
 *     clear
 *
 * Spans are written as id, service, name, start and duration; what is written further in is a child of what stands above it. Searches without
 * times look at everything. A line for each spanset, whatever the order of the traces, unless `expect ordered`. `told` says what the answer tells
 * of a span, and nothing else. Points of series: numbers, or `_` for none. Further: `expect fail [text]`. Lines that begin with `#` are remarks.
 */

import { readTraceDuration } from '@atalaya/lang';
import type { PlainSpan, PlainValue } from './plain-span.ts';

/** A spanset that an answer has. */
export interface ExpectedSpanset {
  readonly trace: string;
  readonly spans: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** A series that an answer has. */
export interface ExpectedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (number | undefined)[];
}

/** What an evaluation has to give. */
export interface TraceExpectation {
  readonly spansets: readonly ExpectedSpanset[];
  readonly series: readonly ExpectedSeries[];
  /** What is told of spans, by their ids. */
  readonly told: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly ordered: boolean;
  /** The error's text contains this; `undefined` when it must succeed. */
  readonly failure: string | undefined;
}

/** A query to evaluate. Times are nanoseconds from the beginning of the script. */
export interface TraceEvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly type: 'search' | 'range' | 'instant';
  readonly start: bigint;
  readonly end: bigint;
  /** Of ranges only. */
  readonly step: bigint;
  readonly limit: number;
  /** 0 for all. */
  readonly spans: number;
  readonly expected: TraceExpectation;
}

export type TraceCommand = { readonly kind: 'push'; readonly spans: readonly PlainSpan[] } | TraceEvalCommand | { readonly kind: 'clear' };

/** Where searches end that name no times: no script has later spans. */
const EVERYTHING = 3_600_000_000_000n;
const LIMIT = 100;

/** Reads a script. @throws Error naming the line that cannot be read. */
export function parseTraceScript(text: string): TraceCommand[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const commands: TraceCommand[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line === '' || line.startsWith('#')) continue;
    const number = at + 1;
    const body: string[] = [];
    while (lines[at + 1]?.startsWith(' ') === true) body.push(lines[++at] as string);
    try {
      commands.push(readCommand(line, body, number));
    } catch (error) {
      throw new Error(`line ${number}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return commands;
}

function readCommand(line: string, body: readonly string[], number: number): TraceCommand {
  if (line === 'clear') return { kind: 'clear' };
  const [, trace] = /^trace (\w+)$/.exec(line) ?? [];
  if (trace !== undefined) return { kind: 'push', spans: readSpans(trace, body) };
  const [, search, from, to, limit, spans, found] =
    /^eval (search)(?: from (\S+) to (\S+))?(?: limit (\d+))?(?: spans (\d+))? (.+)$/.exec(line) ?? [];
  if (search !== undefined) {
    const times = { start: from === undefined ? 0n : duration(from), end: to === undefined ? EVERYTHING : duration(to), step: 0n };
    const query = found as string;
    const bounds = { limit: limit === undefined ? LIMIT : Number(limit), spans: spans === undefined ? 0 : Number(spans) };
    return { kind: 'eval', line: number, type: 'search', query, ...times, ...bounds, expected: readExpectation(body) };
  }
  const [, type, start, end, step, query] = /^eval (range|instant) from (\S+) to (\S+)(?: step (\S+))? (.+)$/.exec(line) ?? [];
  if (type === undefined) throw new Error(`not a command: ${line}`);
  return {
    kind: 'eval',
    line: number,
    type: type as 'range' | 'instant',
    query: query as string,
    start: duration(start as string),
    end: duration(end as string),
    step: step === undefined ? 0n : duration(step),
    limit: LIMIT,
    spans: 0,
    expected: readExpectation(body),
  };
}

const SPAN = /^(?<indent> +)(?<id>\w+) (?<service>\S+) (?<name>"(?:[^"\\]|\\.)*") (?<start>[^\s+]+)\+(?<duration>\S+)(?<rest>.*)$/;

function readSpans(trace: string, body: readonly string[]): PlainSpan[] {
  const above: { readonly indent: number; readonly id: string }[] = [];
  return body.map((line) => {
    const groups = SPAN.exec(line)?.groups as
      | Record<'indent' | 'id' | 'service' | 'name' | 'start' | 'duration' | 'rest', string>
      | undefined;
    if (groups === undefined) throw new Error(`not a span: ${line}`);
    const { id, service, rest } = groups;
    const indent = groups.indent.length;
    while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
    const parent = above.at(-1)?.id ?? '';
    above.push({ indent, id });
    const start = duration(groups.start);
    const told = readProperties(rest, start);
    const own = service === '-' ? {} : { service };
    return { trace, id, parent, ...own, name: JSON.parse(groups.name) as string, start, duration: duration(groups.duration), ...told };
  });
}

const JSON_VALUE = String.raw`"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^}]*\}|[^\s{]+`;
const PROPERTY = new RegExp(
  String.raw`\s+(?:(?<event>event=(?<eventName>"(?:[^"\\]|\\.)*")@(?<eventTime>[^\s{]+)(?<eventAttributes>\{[^}]*\})?)|(?<link>link=(?<linkTrace>\w+)/(?<linkSpan>\w+)(?<linkAttributes>\{[^}]*\})?)|(?<key>[\w.]+)=(?<value>${JSON_VALUE})|(?<word>\w+))`,
  'y',
);

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function readProperties(text: string, start: bigint): Partial<PlainSpan> {
  const told: Partial<Writable<PlainSpan>> = {};
  const attributes: Record<'span' | 'resource' | 'instrumentation', Record<string, PlainValue>> = {
    span: {},
    resource: {},
    instrumentation: {},
  };
  const events: NonNullable<PlainSpan['events']>[number][] = [];
  const links: NonNullable<PlainSpan['links']>[number][] = [];
  PROPERTY.lastIndex = 0;
  while (PROPERTY.lastIndex < text.length) {
    const at = PROPERTY.lastIndex;
    const groups = PROPERTY.exec(text)?.groups;
    if (groups === undefined) throw new Error(`not a property: ${text.slice(at)}`);
    const { event, link, key, word } = groups;
    const json = (name: string): unknown => JSON.parse(groups[name] as string);
    if (event !== undefined) {
      const more = groups['eventAttributes'] === undefined ? {} : { attributes: json('eventAttributes') as Record<string, PlainValue> };
      events.push({ name: json('eventName') as string, time: start + duration(groups['eventTime'] as string), ...more });
    } else if (link !== undefined) {
      const more = groups['linkAttributes'] === undefined ? {} : { attributes: json('linkAttributes') as Record<string, PlainValue> };
      links.push({ trace: groups['linkTrace'] as string, id: groups['linkSpan'] as string, ...more });
    } else if (word !== undefined) {
      if (word === 'error' || word === 'ok') told.status = word;
      else told.kind = word as NonNullable<PlainSpan['kind']>;
    } else if (key === 'parent') told.parent = groups['value'] as string;
    else if (key === 'message') told.statusMessage = json('value') as string;
    else if (key === 'scope') told.scopeName = json('value') as string;
    else if (key === 'version') told.scopeVersion = json('value') as string;
    else {
      const [scope, ...name] = (key as string).split('.');
      attributes[scope as keyof typeof attributes][name.join('.')] = json('value') as PlainValue;
    }
  }
  return { ...told, attributes: attributes.span, resource: attributes.resource, scope: attributes.instrumentation, events, links };
}

function readExpectation(body: readonly string[]): TraceExpectation {
  const spansets: ExpectedSpanset[] = [];
  const series: ExpectedSeries[] = [];
  const told = new Map<string, Readonly<Record<string, string>>>();
  let ordered = false;
  let failure: string | undefined;
  for (const line of body.map((one) => one.trim())) {
    const [, what, text] = /^expect (fail|ordered)\s*(.*)$/.exec(line) ?? [];
    const [, toldId, toldPairs] = /^told (\w+)(.*)$/.exec(line) ?? [];
    if (what === 'fail') failure = text ?? '';
    else if (what === 'ordered') ordered = true;
    else if (toldId !== undefined) told.set(toldId, readPairs(toldPairs ?? ''));
    else if (line.startsWith('{')) {
      const [, labels = '', points = ''] = /^\{((?:"(?:[^"\\]|\\.)*"|[^"}])*)\}(.*)$/.exec(line) ?? [];
      series.push({
        labels: readPairs(` ${labels.replaceAll(/",\s*/g, '" ')}`),
        points: points.trim().split(/\s+/).filter(Boolean).map(readPoint),
      });
    } else {
      const [, trace, ids, pairs] = /^(\w+):((?: \w+)*)((?: \S.*)?)$/.exec(line) ?? [];
      if (trace === undefined) throw new Error(`not an expectation: ${line}`);
      spansets.push({ trace, spans: (ids as string).trim().split(' ').filter(Boolean), attributes: readPairs(pairs ?? '') });
    }
  }
  return { spansets, series, told, ordered, failure };
}

function readPairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(/\s([^\s=]+(?: [^\s=]+)*?)=("(?:[^"\\]|\\.)*")/g)) {
    pairs[name as string] = JSON.parse(value as string) as string;
  }
  return pairs;
}

function readPoint(text: string): number | undefined {
  if (text === '_') return undefined;
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`not a number: ${text}`);
  return value;
}

function duration(text: string): bigint {
  const nanoseconds = text === '0' ? 0n : readTraceDuration(text);
  if (nanoseconds === undefined) throw new Error(`not a duration: ${text}`);
  return nanoseconds;
}
