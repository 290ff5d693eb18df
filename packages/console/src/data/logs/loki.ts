/** Client of the log API: lines, numbers made of lines, labels, volumes, patterns. Times in nanoseconds. */

import { requestJson } from '../http.ts';
import type { LabelRecord, MatrixSeries, VectorSample } from '../prometheus.ts';
import { type Direction, type LogLine, readStreams, type StreamAnswer } from './line.ts';

/** What the server says of the work behind an answer. */
export interface QueryCost {
  readonly bytes: number;
  readonly lines: number;
  /** Seconds. */
  readonly duration: number;
}

/** A part of the lines that a query finds. */
export interface LinePage {
  /** In the direction that was asked for. */
  readonly lines: readonly LogLine[];
  readonly cost: QueryCost;
}

/** A question for lines. `start` inclusive, `end` exclusive. */
export interface PageRequest {
  readonly query: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly limit: number;
  readonly direction: Direction;
}

/** Labels come by category: those of the stream, of the line, and those that the query's parsers made. */
const CATEGORIES = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' };

interface QueryData {
  readonly resultType: 'streams' | 'matrix' | 'vector' | 'scalar';
  readonly encodingFlags?: readonly string[];
  readonly result: unknown;
  readonly stats?: { readonly summary?: Readonly<Record<string, number>> };
}

async function ask(path: string, parameters: Readonly<Record<string, string | number | undefined>>, signal?: AbortSignal) {
  const answer = (await requestJson(path, { form: true, parameters, signal, headers: CATEGORIES })) as { data: QueryData };
  return answer.data;
}

function costOf(data: QueryData): QueryCost {
  const summary = data.stats?.summary ?? {};
  return {
    bytes: summary['totalBytesProcessed'] ?? 0,
    lines: summary['totalLinesProcessed'] ?? 0,
    duration: summary['execTime'] ?? 0,
  };
}

/** Reads a page of lines. */
export async function queryLines(request: PageRequest, signal?: AbortSignal): Promise<LinePage> {
  const { query, start, end, limit, direction } = request;
  const data = await ask('/loki/api/v1/query_range', { query, start: String(start), end: String(end), limit, direction }, signal);
  if (data.resultType !== 'streams') return { lines: [], cost: costOf(data) };
  const categorised = data.encodingFlags?.includes('categorize-labels') === true;
  const names = categorised ? undefined : new Set(await logLabels(signal));
  return { lines: readStreams(data.result as StreamAnswer[], direction, names), cost: costOf(data) };
}

/** Numbers over time. Milliseconds. */
export interface NumbersWindow {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Reads the series of a metric query. */
export async function queryNumbers(
  query: string,
  { start, end, step }: NumbersWindow,
  signal?: AbortSignal,
): Promise<{ series: readonly MatrixSeries[]; cost: QueryCost }> {
  const parameters = { query, start: `${start}000000`, end: `${end}000000`, step: String(step / 1000) };
  const data = await ask('/loki/api/v1/query_range', parameters, signal);
  return { series: data.resultType === 'matrix' ? (data.result as MatrixSeries[]) : [], cost: costOf(data) };
}

/** The part of a range that lists of labels and the like are asked for. */
export interface LogRange {
  readonly start: bigint;
  readonly end: bigint;
}

const span = (range: LogRange | undefined) => (range === undefined ? {} : { start: String(range.start), end: String(range.end) });

async function list(path: string, parameters: Readonly<Record<string, string | number | undefined>>, signal?: AbortSignal) {
  const answer = (await requestJson(path, { parameters, signal })) as { data?: string[] };
  return answer.data ?? [];
}

/** Names of the labels that streams have. */
export function logLabels(signal?: AbortSignal, range?: LogRange): Promise<string[]> {
  return list('/loki/api/v1/labels', span(range), signal);
}

/** Values of a stream label, in all streams or those of a selector. */
export function logLabelValues(name: string, selector: string | undefined, range: LogRange, signal?: AbortSignal): Promise<string[]> {
  return list(`/loki/api/v1/label/${encodeURIComponent(name)}/values`, { ...span(range), query: selector }, signal);
}

/** A label's value and how many bytes of lines have it. */
export interface LabelVolume {
  readonly value: string;
  readonly bytes: number;
}

/** The largest values of a stream label by volume, largest first. */
export async function labelVolumes(
  name: string,
  selector: string,
  range: LogRange,
  limit: number,
  signal?: AbortSignal,
): Promise<LabelVolume[]> {
  const parameters = { query: selector, ...span(range), targetLabels: name, limit };
  const answer = (await requestJson('/loki/api/v1/index/volume', { parameters, signal })) as { data: { result: VectorSample[] } };
  return answer.data.result
    .flatMap(({ metric, value }) => (metric[name] === undefined ? [] : [{ value: metric[name], bytes: Number(value[1]) }]))
    .sort((a, b) => b.bytes - a.bytes);
}

/** A field that lines have besides their stream's labels, as the server found it in some of them. */
export interface DetectedField {
  readonly label: string;
  readonly type: string;
  readonly cardinality: number;
  /** The parsers that give it; none for fields that every line carries anyway. */
  readonly parsers: readonly string[] | null;
}

/** Fields of the lines that a query finds. */
export async function detectedFields(query: string, range: LogRange, signal?: AbortSignal): Promise<DetectedField[]> {
  const parameters = { query, ...span(range), line_limit: 500 };
  const answer = (await requestJson('/loki/api/v1/detected_fields', { parameters, signal })) as { fields?: DetectedField[] | null };
  return answer.fields ?? [];
}

/** A template of lines, and how many of them there were when: `[seconds, lines]`. */
export interface PatternAnswer {
  readonly pattern: string;
  readonly level?: string;
  readonly samples: readonly (readonly [number, number])[];
}

/** The templates of the lines of a selector. */
export async function logPatterns(query: string, range: LogRange, step: number, signal?: AbortSignal): Promise<PatternAnswer[]> {
  const parameters = { query, ...span(range), step: String(step / 1000) };
  const answer = (await requestJson('/loki/api/v1/patterns', { parameters, signal })) as { data?: PatternAnswer[] };
  return answer.data ?? [];
}

/** Labels of a stream as a selector. */
export function selectorOf(labels: LabelRecord): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')}}`;
}
