/** The pretended log API: Loki's routes on the pretended streams. */

import { LogqlError, type LogSelection, parseLogql, parseLogSelector, prettyLogql } from '@atalaya/lang';

import { formatOf, parseFields } from '../../../src/data/logs/parse-fields.ts';
import { countLines, findLines, type FoundLine, streamsOf } from './evaluate.ts';

/** An answer: text for failures, as Loki's are plain. */
export interface LogReply {
  readonly status: number;
  readonly answer: unknown;
}

const ok = (data: unknown): LogReply => ({ status: 200, answer: { status: 'success', data } });
const plain = (answer: unknown): LogReply => ({ status: 200, answer });

const HOUR = 3_600_000n * 1_000_000n;

/** Answers a route below `/loki/api/v1/`; `empty` pretends that nothing was ever sent. */
export function respondLogs(route: string, parameters: URLSearchParams, empty: boolean, now: number): LogReply {
  try {
    return answered(route, parameters, empty, now);
  } catch (error) {
    if (error instanceof LogqlError) return { status: 400, answer: `${error.message}\n` };
    throw error;
  }
}

function answered(route: string, parameters: URLSearchParams, empty: boolean, now: number): LogReply {
  const end = BigInt(parameters.get('end') ?? `${now}000000`);
  const start = BigInt(parameters.get('start') ?? end - HOUR);
  const query = parameters.get('query') ?? '';
  const streams = () => (empty ? [] : streamsOf(query === '' ? [] : selectorOf(query)));
  const values = /^label\/([^/]+)\/values$/.exec(route)?.[1];
  if (values !== undefined) return ok([...new Set(streams().flatMap(({ labels }) => labels[values] ?? []))].sort());
  switch (route) {
    case 'labels':
      return ok([...new Set(streams().flatMap(({ labels }) => Object.keys(labels)))].sort());
    case 'series':
      return ok(streams().map(({ labels }) => labels));
    case 'format_query':
      return ok(prettyLogql(parseLogql(query)));
    case 'query_range':
      return queryRange(query, parameters, empty, start, end);
    case 'index/volume':
      return ok({ resultType: 'vector', result: empty ? [] : volumes(query, parameters.get('targetLabels') ?? '', start, end) });
    case 'index/stats': {
      const entries = streams().reduce((sum, { every }) => sum + Number((end - start) / 1_000_000n) / every, 0);
      return plain({ streams: streams().length, chunks: 0, bytes: Math.round(entries * 180), entries: Math.round(entries) });
    }
    case 'detected_fields':
      return plain({ fields: empty ? [] : fieldsOf(linesFor(query, start, end, 300)) });
    case 'detected_labels': {
      const names = [...new Set(streams().flatMap(({ labels }) => Object.keys(labels)))].sort();
      return plain({
        detectedLabels: names.map((label) => ({ label, cardinality: new Set(streams().map(({ labels }) => labels[label])).size })),
      });
    }
    case 'patterns':
      return ok(empty ? [] : patternsOf(linesFor(query, start, end, 20_000), start, end));
    default:
      return { status: 404, answer: '404 page not found\n' };
  }
}

function selectorOf(query: string) {
  const expression = parseLogql(query);
  return expression.kind === 'logs' ? expression.matchers : parseLogSelector(query);
}

function linesFor(query: string, start: bigint, end: bigint, limit: number): FoundLine[] {
  const expression = parseLogql(query);
  return expression.kind === 'logs' ? findLines(expression, start, end, limit, 'backward') : [];
}

function queryRange(query: string, parameters: URLSearchParams, empty: boolean, start: bigint, end: bigint): LogReply {
  const began = performance.now();
  const expression = parseLogql(query);
  const stats = (lines: number) => ({
    summary: { totalBytesProcessed: lines * 190, totalLinesProcessed: lines, execTime: (performance.now() - began) / 1000 },
  });
  if (expression.kind !== 'logs') {
    const milliseconds = (ns: bigint) => Number(ns / 1_000_000n);
    const step = 1000 * Number(/^(\d+(?:\.\d+)?)s?$/.exec(parameters.get('step') ?? '60')?.[1] ?? 60);
    const result = empty ? [] : countLines(query, milliseconds(start), milliseconds(end), step);
    return ok({ resultType: 'matrix', result, stats: stats(result.length * 1000) });
  }
  const limit = Number(parameters.get('limit') ?? 100);
  const direction = parameters.get('direction') === 'forward' ? 'forward' : 'backward';
  const found = empty ? [] : findLines(expression, start, end, limit, direction);
  return ok({ resultType: 'streams', encodingFlags: ['categorize-labels'], result: streamsAnswer(found), stats: stats(found.length * 3) });
}

/** Lines grouped by stream, as answers carry them. */
export function streamsAnswer(lines: readonly FoundLine[]) {
  return [...Map.groupBy(lines, ({ stream }) => stream)].map(([{ labels }, own]) => ({
    stream: labels,
    values: own.map(({ time, text, metadata, parsed }) => [
      String(time),
      text,
      { structuredMetadata: metadata, ...(Object.keys(parsed).length > 0 ? { parsed } : {}) },
    ]),
  }));
}

function volumes(query: string, label: string, start: bigint, end: bigint) {
  const bytes = new Map<string, number>();
  for (const { labels, every } of streamsOf(parseLogSelector(query))) {
    const value = labels[label];
    if (value !== undefined) bytes.set(value, (bytes.get(value) ?? 0) + (Number((end - start) / 1_000_000n) / every) * 180);
  }
  return [...bytes].map(([value, size]) => ({
    metric: { [label]: value },
    value: [Number(end / 1_000_000_000n), String(Math.round(size))],
  }));
}

function fieldsOf(lines: readonly FoundLine[]) {
  const found = new Map<string, { parsers: Set<string>; values: Set<string> }>();
  const add = (name: string, value: string, parser?: string) => {
    let field = found.get(name);
    if (field === undefined) found.set(name, (field = { parsers: new Set(), values: new Set() }));
    if (parser !== undefined) field.parsers.add(parser);
    field.values.add(value);
  };
  for (const { text, metadata } of lines) {
    for (const [name, value] of Object.entries(metadata)) add(name, value);
    const format = formatOf(text);
    if (format !== undefined) for (const { name, value } of parseFields(text, format) ?? []) add(name, value, format);
  }
  return [...found].map(([label, { parsers, values }]) => ({
    label,
    type: [...values].every((value) => /^\d+$/.test(value)) ? 'int' : 'string',
    cardinality: values.size,
    parsers: parsers.size === 0 ? null : [...parsers],
  }));
}

/** Templates by the simplest means: what looks like a value becomes a gap. */
function patternsOf(lines: readonly FoundLine[], start: bigint, end: bigint) {
  const step = 30;
  const found = new Map<string, { level: string; counts: Map<number, number> }>();
  for (const { text, time, level } of lines) {
    const first = text.split('\n', 1)[0] ?? '';
    const pattern = first
      .replaceAll(/"[^"]*"|\b[0-9a-f]{12,}\b|[\d][\d.,:/TZ-]*(?:ms|s|kB)?/g, '<_>')
      .replaceAll(/(?<=(?:bank|err|msg)=)\S+/g, '<_>')
      .replaceAll(/(?:<_>[\s.:-]?){2,}/g, '<_> ')
      .trim();
    let entry = found.get(pattern);
    if (entry === undefined) found.set(pattern, (entry = { level, counts: new Map() }));
    const at = Math.floor(Number(time / 1_000_000_000n) / step) * step;
    entry.counts.set(at, (entry.counts.get(at) ?? 0) + 1);
  }
  const first = Math.ceil(Number(start / 1_000_000_000n) / step) * step;
  const last = Number(end / 1_000_000_000n);
  return [...found]
    .map(([pattern, { level, counts }]) => ({
      pattern,
      level,
      samples: Array.from({ length: Math.max(0, Math.floor((last - first) / step)) }, (_, i) => [
        first + i * step,
        counts.get(first + i * step) ?? 0,
      ]),
    }))
    .sort((a, b) => total(b.samples) - total(a.samples));
}

function total(samples: readonly (readonly number[])[]): number {
  return samples.reduce((sum, [, count = 0]) => sum + count, 0);
}

/** The selection of a tail; what is no log query is refused. @throws LogqlError */
export function tailSelection(query: string): LogSelection {
  const expression = parseLogql(query);
  if (expression.kind !== 'logs') throw new TypeError('only log queries can be tailed');
  return expression;
}
