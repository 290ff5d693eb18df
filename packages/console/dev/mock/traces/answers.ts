/** The pretended trace API: Tempo's routes on the pretended shop. */

import { parseTraceqlDuration, readTraceql, type TraceSearch } from '../../../src/data/traces/search.ts';
import { stringValue } from '../../../src/data/traces/traceql-words.ts';
import type { MockSpan } from './drawing.ts';
import { toOtlp } from './to-otlp.ts';
import { type MockTrace, traceOf, tracesIn } from './world.ts';

/** An answer: text for failures, as Tempo's are plain. */
export interface TraceReply {
  readonly status: number;
  readonly answer: unknown;
}

const RESOURCE = ['service.name', 'service.version', 'service.instance.id', 'host.name', 'telemetry.sdk.language', 'process.pid'];
const INTRINSICS = ['duration', 'kind', 'name', 'rootName', 'rootServiceName', 'status', 'statusMessage', 'traceDuration'];
/** So many traces are looked at for lists of names and values. */
const LOOKED_AT = 150;

/** Answers a route below `/tempo/api/`; `empty` pretends that nothing was ever sent. */
export function respondTraces(route: string, parameters: URLSearchParams, empty: boolean, now: number): TraceReply {
  const end = Number(parameters.get('end') ?? now / 1000) * 1000;
  const start = Number(parameters.get('start') ?? end / 1000 - 3600) * 1000;
  const query = parameters.get('q') ?? '{}';
  const traces = () => (empty ? [] : tracesIn(start, Math.min(end, now)));
  const id = /^v2\/traces\/([^/]+)$/.exec(route)?.[1];
  if (id !== undefined) {
    const trace = empty ? undefined : traceOf(id);
    return trace === undefined ? { status: 404, answer: 'trace not found' } : { status: 200, answer: { trace: toOtlp(trace) } };
  }
  const wrong = complaint(query);
  if (wrong !== undefined) return { status: 400, answer: wrong };
  const field = /^v2\/search\/tag\/([^/]+)\/values$/.exec(route)?.[1];
  if (field !== undefined) return { status: 200, answer: { tagValues: valuesOf(decodeURIComponent(field), query, traces()) } };
  switch (route) {
    case 'search':
      return { status: 200, answer: search(query, traces(), Number(parameters.get('limit') ?? 20), Number(parameters.get('spss') ?? 3)) };
    case 'v2/search/tags':
      return { status: 200, answer: { scopes: tagsOf(traces()) } };
    case 'metrics/query':
      return { status: 200, answer: counted(query, traces()) };
    case 'metrics/query_range':
      return { status: 200, answer: numbers(query, traces(), start, end, Number.parseFloat(parameters.get('step') ?? '60') * 1000) };
    default:
      return { status: 404, answer: `${route} not found` };
  }
}

function complaint(query: string): string | undefined {
  const open = (query.match(/\{/g) ?? []).length;
  const closed = (query.match(/\}/g) ?? []).length;
  return open === closed && open > 0
    ? undefined
    : `invalid TraceQL query: parse error at line 1, col ${query.length + 1}: syntax error: unexpected $end`;
}

function search(query: string, traces: Iterable<MockTrace>, limit: number, examples: number): unknown {
  const found: unknown[] = [];
  let inspected = 0;
  for (const trace of traces) {
    inspected += 1;
    const matching = matchingSpans(query, trace);
    if (matching.length === 0) continue;
    const [root] = trace.spans;
    const serviceStats: Record<string, { spanCount: number; errorCount?: number }> = {};
    for (const span of trace.spans) {
      const stats = (serviceStats[span.service] ??= { spanCount: 0 });
      stats.spanCount += 1;
      if (span.error !== '') stats.errorCount = (stats.errorCount ?? 0) + 1;
    }
    found.push({
      traceID: trace.id.replace(/^0+/, ''),
      rootServiceName: root?.service,
      rootTraceName: root?.name,
      startTimeUnixNano: `${trace.at}000000`,
      durationMs: Math.floor(durationOf(trace) / 1e6),
      spanSets: [
        {
          matched: matching.length,
          spans: matching.slice(0, examples).map((span) => ({
            spanID: span.id,
            name: span.name,
            startTimeUnixNano: String(BigInt(trace.at) * 1_000_000n + BigInt(span.start)),
            durationNanos: String(span.duration),
          })),
        },
      ],
      serviceStats,
    });
    if (found.length >= limit) break;
  }
  return { traces: found, metrics: { inspectedTraces: inspected, inspectedBytes: String(inspected * 1830) } };
}

function durationOf(trace: MockTrace): number {
  return trace.spans.reduce((end, span) => Math.max(end, span.start + span.duration), 0);
}

/** The spans that fit what the controls can say; a question beyond them finds spans with errors. */
function matchingSpans(query: string, trace: MockTrace): MockSpan[] {
  const read = readTraceql(query);
  if (read.kind !== 'search') return trace.spans.filter(({ error }) => error !== '');
  return trace.spans.filter((span) => matches(read.search, span, trace));
}

function matches(wanted: TraceSearch, span: MockSpan, trace: MockTrace): boolean {
  if (wanted.service !== '' && span.service !== wanted.service) return false;
  if (wanted.operation !== '' && span.name !== wanted.operation) return false;
  if (wanted.errors && span.error === '') return false;
  const within = ({ least, most }: TraceSearch['span'], duration: number) =>
    (least === '' || duration >= (parseTraceqlDuration(least) ?? 0)) && (most === '' || duration <= (parseTraceqlDuration(most) ?? 0));
  if (!within(wanted.span, span.duration) || !within(wanted.trace, durationOf(trace))) return false;
  return wanted.conditions.every(({ field, operator, literal }) => {
    const value = fieldOf(span, trace, field);
    if (value === undefined) return operator === '!=' && literal !== 'nil';
    const other = /^["`]/.test(literal) ? stringValue(literal) : literal;
    if (operator === '=') return value === other;
    if (operator === '!=') return value !== other;
    if (operator === '=~' || operator === '!~') return new RegExp(`^(?:${other})$`).test(value) === (operator === '=~');
    const [a, b] = [Number(value), parseTraceqlDuration(other) ?? Number(other)];
    if (operator === '>' || operator === '>=') return operator === '>' ? a > b : a >= b;
    return operator === '<' ? a < b : a <= b;
  });
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

function fieldOf(span: MockSpan, trace: MockTrace, field: string): string | undefined {
  const key = field.replace(/^(?:span|resource)?\./, '').replaceAll('"', '');
  switch (field) {
    case 'name':
      return span.name;
    case 'kind':
      return KINDS[span.kind];
    case 'status':
      return span.error === '' ? 'unset' : 'error';
    case 'statusMessage':
      return span.error;
    case 'duration':
      return String(span.duration);
    case 'rootName':
      return trace.spans[0]?.name;
    case 'rootServiceName':
      return trace.spans[0]?.service;
    default:
      break;
  }
  if (key === 'service.name') return span.service;
  if (key === 'host.name') return span.service === 'web' ? 'edge-1' : 'app-1';
  const value = span.attributes[key];
  return value === undefined ? undefined : String(value);
}

function tagsOf(traces: Iterable<MockTrace>): unknown {
  const names = new Set<string>();
  let looked = 0;
  for (const trace of traces) {
    for (const span of trace.spans.slice(0, 60)) for (const name of Object.keys(span.attributes)) names.add(name);
    if ((looked += 1) >= LOOKED_AT) break;
  }
  return names.size === 0
    ? [{ name: 'intrinsic', tags: INTRINSICS }]
    : [
        { name: 'span', tags: [...names].sort() },
        { name: 'resource', tags: RESOURCE },
        { name: 'intrinsic', tags: INTRINSICS },
      ];
}

function valuesOf(field: string, query: string, traces: Iterable<MockTrace>): unknown {
  if (field === 'kind') return KINDS.slice(1).map((value) => ({ type: 'keyword', value }));
  if (field === 'status') return ['error', 'ok', 'unset'].map((value) => ({ type: 'keyword', value }));
  const found = new Map<string, string>();
  let looked = 0;
  for (const trace of traces) {
    for (const span of matchingSpans(query, trace).slice(0, 60)) {
      const value = fieldOf(span, trace, field);
      const raw = span.attributes[field.replace(/^(?:span|resource)?\./, '')];
      if (value !== undefined) found.set(value, typeof raw === 'number' ? 'int' : typeof raw === 'boolean' ? 'bool' : 'string');
    }
    if ((looked += 1) >= LOOKED_AT) break;
  }
  return [...found].map(([value, type]) => ({ type, value })).sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** Spans a second of each value of the first `by`. */
function numbers(query: string, traces: Iterable<MockTrace>, start: number, end: number, step: number): unknown {
  const selector = /^\{[^{}]*\}/.exec(query)?.[0] ?? '{}';
  const by = /by\s*\(\s*([^,)\s]+)/.exec(query)?.[1];
  const counts = new Map<string, number[]>();
  const buckets = Math.floor((end - start) / step) + 1;
  for (const trace of traces) {
    for (const span of matchingSpans(selector, trace)) {
      const value = by === undefined ? '' : (fieldOf(span, trace, by) ?? 'nil');
      let column = counts.get(value);
      if (column === undefined) counts.set(value, (column = Array.from({ length: buckets }, () => 0)));
      const at = Math.floor((trace.at - start) / step);
      column[at] = (column[at] ?? 0) + 1000 / step;
    }
  }
  return {
    series: [...counts].map(([value, column]) => ({
      labels: [by === undefined ? { key: '__name__', value: { stringValue: 'rate' } } : { key: by, value: { stringValue: value } }],
      samples: column.map((rate, at) => ({ timestampMs: String(start + at * step), value: rate })),
    })),
  };
}

/** How many spans there are of each combination of the fields after `by`. */
function counted(query: string, traces: Iterable<MockTrace>): unknown {
  const selector = /^\{[^{}]*\}/.exec(query)?.[0] ?? '{}';
  const fields = (/by\s*\(([^)]*)\)/.exec(query)?.[1] ?? '').split(',').map((field) => field.trim());
  const counts = new Map<string, number>();
  for (const trace of traces) {
    for (const span of matchingSpans(selector, trace)) {
      const key = JSON.stringify(fields.map((field) => fieldOf(span, trace, field) ?? 'nil'));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return {
    series: [...counts].map(([key, value]) => ({
      labels: (JSON.parse(key) as string[]).map((text, index) => ({ key: fields[index], value: { stringValue: text } })),
      value,
    })),
  };
}
