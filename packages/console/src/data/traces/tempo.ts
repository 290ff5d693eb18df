/** Client of the trace API: searches, traces, names and values of attributes, numbers over time. */

import { requestJson } from '../http.ts';
import type { MatrixSeries, RangeAnswer } from '../prometheus.ts';
import { alignedWindow, resolveRange, type TimeRangeText } from '../time-range.ts';
import { type AnyValueJson, type KeyValueJson, readTrace, type TracesJson, typedValue } from './otlp.ts';
import type { Trace } from './span.ts';

/** A span that a search found. */
export interface MatchedSpan {
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly start: number;
  /** Nanoseconds. */
  readonly duration: number;
}

/** How much a service has to do with a trace. */
export interface ServicePart {
  readonly service: string;
  readonly spans: number;
  readonly errors: number;
}

/** A trace that a search found. */
export interface FoundTrace {
  readonly id: string;
  /** Empty when the root has not arrived. */
  readonly service: string;
  readonly operation: string;
  /** Epoch milliseconds. */
  readonly start: number;
  /** Milliseconds, whole ones; 0 for less than one. */
  readonly duration: number;
  /** Those with the most spans first; none where the server does not tell. */
  readonly services: readonly ServicePart[];
  readonly spans: number;
  readonly errors: number;
  /** How many spans fit the question, and some of them. */
  readonly matched: number;
  readonly examples: readonly MatchedSpan[];
}

/** What a search found, and what it cost. */
export interface FoundTraces {
  readonly traces: readonly FoundTrace[];
  readonly inspectedTraces: number;
  readonly inspectedBytes: number;
}

interface SpanSetJson {
  readonly matched?: number;
  readonly spans?: readonly { spanID: string; name?: string; startTimeUnixNano?: string; durationNanos?: string }[];
}

interface SearchJson {
  readonly traces?: readonly {
    readonly traceID: string;
    readonly rootServiceName?: string;
    readonly rootTraceName?: string;
    readonly startTimeUnixNano?: string;
    readonly durationMs?: number;
    readonly spanSet?: SpanSetJson;
    readonly spanSets?: readonly SpanSetJson[];
    readonly serviceStats?: Readonly<Record<string, { spanCount?: number; errorCount?: number }>>;
  }[];
  readonly metrics?: { readonly inspectedTraces?: number; readonly inspectedBytes?: string | number };
}

/** Matched spans that come with each trace. */
const EXAMPLES = 5;
/** What Tempo says where a root has not arrived. */
const NOT_YET = '<root span not yet received>';

/** Query key and function of a search. */
export function tracesQuery(query: string, range: TimeRangeText, limit: number, clock: () => number) {
  return {
    queryKey: ['traces', 'search', query, range.from, range.to, limit] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<FoundTraces> => {
      const parameters = { q: query, ...seconds(range, clock()), limit, spss: EXAMPLES };
      return readFound((await requestJson('/tempo/api/search', { parameters, signal })) as SearchJson);
    },
  };
}

/** Reads the answer of a search. */
export function readFound({ traces = [], metrics }: SearchJson): FoundTraces {
  return {
    traces: traces.map((json): FoundTrace => {
      const sets = json.spanSets ?? (json.spanSet === undefined ? [] : [json.spanSet]);
      const services = Object.entries(json.serviceStats ?? {})
        .map(([service, { spanCount = 0, errorCount = 0 }]) => ({ service, spans: spanCount, errors: errorCount }))
        .sort((a, b) => b.spans - a.spans || (a.service < b.service ? -1 : 1));
      const { rootServiceName: service = '', rootTraceName: operation = '' } = json;
      return {
        id: json.traceID.padStart(32, '0'),
        service: service === NOT_YET ? '' : service,
        operation: operation === NOT_YET ? '' : operation,
        start: milliseconds(json.startTimeUnixNano),
        duration: json.durationMs ?? 0,
        services,
        spans: services.reduce((sum, { spans }) => sum + spans, 0),
        errors: services.reduce((sum, { errors }) => sum + errors, 0),
        matched: sets.reduce((sum, { matched = 0 }) => sum + matched, 0),
        examples: sets.flatMap(({ spans = [] }) =>
          spans.map((span) => ({
            id: span.spanID.padStart(16, '0'),
            name: span.name ?? '',
            start: milliseconds(span.startTimeUnixNano),
            duration: Number(span.durationNanos ?? 0),
          })),
        ),
      };
    }),
    inspectedTraces: metrics?.inspectedTraces ?? 0,
    inspectedBytes: Number(metrics?.inspectedBytes ?? 0),
  };
}

function milliseconds(nanoseconds: string | undefined): number {
  return nanoseconds === undefined ? 0 : Number(BigInt(nanoseconds) / 1000n) / 1000;
}

function seconds(range: TimeRangeText, now: number): { start: number; end: number } {
  const { start, end } = resolveRange(range, now);
  return { start: Math.floor(start / 1000), end: Math.ceil(end / 1000) };
}

/** A trace as it came, and as the views read it. */
export interface LoadedTrace {
  readonly trace: Trace;
  readonly json: TracesJson;
}

/** Query key and function of a trace. A trace that is read is kept: only late spans could change it. */
export function traceQuery(id: string) {
  return {
    queryKey: ['traces', 'trace', id] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<LoadedTrace | null> => {
      const answer = (await requestJson(`/tempo/api/v2/traces/${encodeURIComponent(id)}`, { signal })) as { trace?: TracesJson };
      const json = answer.trace ?? {};
      const trace = readTrace(id, json);
      return trace === undefined ? null : { trace, json };
    },
    staleTime: 60_000,
  };
}

/** Names of attributes by where they are. */
export interface TagNames {
  readonly span: readonly string[];
  readonly resource: readonly string[];
  readonly event: readonly string[];
  readonly link: readonly string[];
  readonly instrumentation: readonly string[];
}

/** Query key and function of the attributes that spans in a range have. */
export function tagNamesQuery(range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['traces', 'tags', range.from, range.to] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<TagNames> => {
      const parameters = seconds(range, clock());
      const answer = (await requestJson('/tempo/api/v2/search/tags', { parameters, signal })) as {
        scopes?: readonly { name: string; tags?: readonly string[] }[];
      };
      const of = (scope: string) => answer.scopes?.find(({ name }) => name === scope)?.tags ?? [];
      return {
        span: of('span'),
        resource: of('resource'),
        event: of('event'),
        link: of('link'),
        instrumentation: of('instrumentation'),
      };
    },
    staleTime: 60_000,
  };
}

/** A value of an attribute; the type is TraceQL's: `string`, `int`, `float`, `bool`, `keyword`, `duration`. */
export interface TagValue {
  readonly type: string;
  readonly value: string;
}

/** Query key and function of the values of a field, in the spans that a question finds. */
export function tagValuesQuery(field: string, query: string, range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['traces', 'values', field, query, range.from, range.to] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly TagValue[]> => {
      const parameters = { ...seconds(range, clock()), ...(query === '{}' ? {} : { q: query }), limit: 200 };
      const path = `/tempo/api/v2/search/tag/${encodeURIComponent(field)}/values`;
      const answer = (await requestJson(path, { parameters, signal })) as { tagValues?: readonly TagValue[] };
      return answer.tagValues ?? [];
    },
    staleTime: 60_000,
  };
}

interface MetricsJson {
  readonly series?: readonly {
    readonly labels?: readonly KeyValueJson[];
    readonly samples?: readonly { timestampMs?: string | number; value?: number }[];
  }[];
}

/** Query key and function of numbers over time that are made of spans. */
export function traceNumbersQuery(query: string, range: TimeRangeText, step: number, clock: () => number) {
  return {
    queryKey: ['traces', 'numbers', query, range.from, range.to, step] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<RangeAnswer> => {
      const window = alignedWindow(resolveRange(range, clock()), step);
      const parameters = { q: query, start: window.start / 1000, end: window.end / 1000, step: `${step / 1000}s` };
      const answer = (await requestJson('/tempo/api/metrics/query_range', { parameters, signal })) as MetricsJson;
      return { data: readSeries(answer), warnings: [], infos: [], window };
    },
  };
}

/** Series as charts take them. */
export function readSeries({ series = [] }: MetricsJson): MatrixSeries[] {
  return series.map(({ labels = [], samples = [] }) => ({
    metric: Object.fromEntries(labels.map(({ key, value }): [string, string] => [key, labelText(value)])),
    values: samples.map(({ timestampMs = 0, value = 0 }): [number, string] => [Number(timestampMs) / 1000, String(value)]),
  }));
}

function labelText(value: AnyValueJson | undefined): string {
  return value === undefined ? '' : typedValue(value).value;
}
