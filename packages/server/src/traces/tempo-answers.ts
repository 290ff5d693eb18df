/** Answers about traces as the JSON that Tempo's API gives: protobuf's JSON, in which 64-bit numbers are texts. */

import type { FoundValue, Span, SpanAttribute } from '@atalaya/model';
import type { FoundSpanset, FoundTraceSummary, TraceMetricsAnswer, TraceSearchAnswer } from '@atalaya/query';
import { resourceSpansJson, valueJson } from './otlp-json.ts';

/** What Tempo says where the root of a trace is not known. */
const NO_ROOT = '<root span not yet received>';

const quoted = (text: string): string => JSON.stringify(text);
const listOf = <Thing>(things: readonly Thing[], write: (thing: Thing) => string): string => `[${things.map(write).join(',')}]`;

/** The first version of the answer to a question for one trace. */
export function tempoTraceJson(spans: readonly Span[]): string {
  return `{"batches":${resourceSpansJson(spans)}}`;
}

/** The second version of it. */
export function tempoTraceV2Json(spans: readonly Span[]): string {
  return `{"trace":{"resourceSpans":${resourceSpansJson(spans)}},"metrics":{}}`;
}

/** The answer to a search. */
export function tempoSearchJson({ traces, stats }: TraceSearchAnswer): string {
  const metrics = `{"inspectedTraces":${stats.inspectedTraces},"inspectedSpans":"${stats.inspectedSpans}","completedJobs":1,"totalJobs":1}`;
  return `{"traces":${listOf(traces, traceJson)},"metrics":${metrics}}`;
}

function traceJson(trace: FoundTraceSummary): string {
  const hasRoot = trace.rootServiceName !== '' || trace.rootTraceName !== '';
  const spanSets = trace.spanSets.map(spanSetJson);
  const services = [...trace.services].map(([name, { spans, errors }]) => {
    return `${quoted(name)}:{"spanCount":${spans}${errors === 0 ? '' : `,"errorCount":${errors}`}}`;
  });
  return [
    `{"traceID":"${trace.traceId}","rootServiceName":${quoted(hasRoot ? trace.rootServiceName : NO_ROOT)}`,
    `,"rootTraceName":${quoted(trace.rootTraceName)},"startTimeUnixNano":"${trace.start}","durationMs":${trace.duration / 1_000_000n}`,
    // Older clients know of one set only.
    spanSets[0] === undefined ? '' : `,"spanSet":${spanSets[0]}`,
    `,"spanSets":[${spanSets.join(',')}],"serviceStats":{${services.join(',')}}}`,
  ].join('');
}

function spanSetJson({ spans, matched, attributes }: FoundSpanset): string {
  const told = listOf(spans, ({ spanId, name, start, duration, attributes: ofSpan }) => {
    const times = `"startTimeUnixNano":"${start}","durationNanos":"${duration}"`;
    return `{"spanID":"${spanId}","name":${quoted(name)},${times},"attributes":${labelsJson(ofSpan)}}`;
  });
  const ofSet = attributes.length === 0 ? '' : `,"attributes":${labelsJson(attributes)}`;
  return `{"spans":${told},"matched":${matched}${ofSet}}`;
}

const labelsJson = (labels: readonly SpanAttribute[]): string =>
  listOf(labels, (label) => `{"key":${quoted(label.name)},"value":${valueJson(label)}}`);

/** The answer to a metrics query: values over time, or one of each series. */
export function tempoMetricsJson({ timestamps, series, stats }: TraceMetricsAnswer, overTime: boolean): string {
  const told = series.map(({ labels, values, exemplars }) => {
    const samples = [...values].flatMap((value, i) =>
      Number.isNaN(value) ? [] : [`{"timestampMs":"${timestamps[i] as number}","value":${numberJson(value)}}`],
    );
    if (!overTime) return `{"labels":${labelsJson(labels)},"value":${numberJson(values.at(-1) ?? 0)}}`;
    const examples = listOf(exemplars, ({ traceId, spanId, timestampMs, value }) => {
      const ids = labelsJson([textLabel('trace:id', traceId), textLabel('span:id', spanId)]);
      return `{"labels":${ids},"value":${numberJson(value)},"timestampMs":"${timestampMs}"}`;
    });
    return `{"labels":${labelsJson(labels)},"samples":[${samples.join(',')}]${exemplars.length === 0 ? '' : `,"exemplars":${examples}`}}`;
  });
  return `{"series":[${told.join(',')}],"metrics":{"inspectedTraces":${stats.inspectedTraces}}}`;
}

const textLabel = (name: string, value: string): SpanAttribute => ({ name, type: 'string', value });

/** Protobuf's JSON has texts for numbers that are none. */
const numberJson = (value: number): string => (Number.isFinite(value) ? String(value) : `"${value}"`);

/** Names of attributes by scope. */
export function tempoScopesJson(scopes: readonly (readonly [name: string, tags: readonly string[]])[]): string {
  return JSON.stringify({ scopes: scopes.map(([name, tags]) => ({ name, tags })), metrics: {} });
}

/** Names of attributes of all scopes together. */
export function tempoTagsJson(scopes: readonly (readonly [name: string, tags: readonly string[]])[], limit: number): string {
  const names = [...new Set(scopes.flatMap(([, tags]) => tags))].sort();
  return JSON.stringify({ tagNames: names.slice(0, limit), metrics: {} });
}

/** Values of an attribute, with their types or without. */
export function tempoValuesJson(values: readonly FoundValue[], typed: boolean): string {
  if (!typed) return JSON.stringify({ tagValues: [...new Set(values.map(({ value }) => value))], metrics: {} });
  const tagValues = values.map(({ type, value }) => ({ type: type === 'double' ? 'float' : type, value }));
  return JSON.stringify({ tagValues, metrics: {} });
}
