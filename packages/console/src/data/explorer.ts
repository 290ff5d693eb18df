/** The explorer's logic without React: letters, merged frames, table rows. */

import type { ApiHistogram, LabelRecord, MatrixSeries, QueryResult, RangeAnswer } from './prometheus.ts';
import { parseSample } from './prometheus.ts';
import { distinguishingNames, type Frame, gridOf, onGrid, seriesId, type Series } from './series.ts';

/** The letter of a query: A for the first. */
export function letterOf(index: number): string {
  return String.fromCodePoint(65 + index);
}

/** The place of a letter: 0 for A. */
export function indexOf(letter: string): number {
  return (letter.codePointAt(0) as number) - 65;
}

/** One answered query. */
export interface Answered {
  readonly letter: string;
  readonly expression: string;
  readonly answer: RangeAnswer;
}

/** Series of all queries in one chart. */
export interface ExplorerFrame {
  readonly frame: Frame;
  /** How many series there were before the limit. */
  readonly total: number;
}

/** Most series drawn at once; more could not be told apart, let alone read. */
export const SERIES_LIMIT = 100;

/**
 * One frame of all answers, on the newest answer's grid. Names leave out what all series share; with several queries each
 * name starts with its letter. Beyond `limit` the first series in the server's order are kept.
 */
export function mergeAnswers(answers: readonly Answered[], limit = SERIES_LIMIT): ExplorerFrame {
  const window = answers.map(({ answer }) => answer.window).sort((a, b) => b.end - a.end)[0];
  if (window === undefined) return { frame: { times: [], series: [] }, total: 0 };
  const all = answers.flatMap(({ letter, expression, answer }) =>
    answer.data.flatMap((series) =>
      series.values.length === 0 && series.histograms !== undefined ? [] : [{ letter, expression, series }],
    ),
  );
  const kept = all.slice(0, limit);
  const names = distinguishingNames(
    kept.map(({ series }) => series.metric),
    '',
  );
  const several = answers.length > 1;
  const series = kept.map(({ letter, expression, series: item }, index): Series => {
    const name = names[index] || expression;
    return {
      id: `${letter} ${seriesId(item.metric)}`,
      name: several ? `${letter} ${name}` : name,
      labels: item.metric,
      values: onGrid(item, window),
    };
  });
  return { frame: { times: gridOf(window), series }, total: all.length };
}

/** A line of the table view. */
export interface TableRow {
  readonly key: string;
  readonly letter: string;
  readonly labels: LabelRecord;
  readonly value: number;
  /** The text of a string result, else undefined. */
  readonly text?: string;
  /** A native histogram; `value` is then the number of its observations. */
  readonly histogram?: ApiHistogram;
}

function valueOf(text: string, histogram: ApiHistogram | undefined): Pick<TableRow, 'value' | 'histogram'> {
  return histogram === undefined ? { value: parseSample(text) } : { value: parseSample(histogram.count), histogram };
}

/** The newest of a series' numbers and histograms. */
function newest({ values, histograms }: MatrixSeries): Pick<TableRow, 'value' | 'histogram'> {
  const number = values.at(-1);
  const histogram = histograms?.at(-1);
  return valueOf(number?.[1] ?? 'NaN', histogram !== undefined && histogram[0] > (number?.[0] ?? 0) ? histogram[1] : undefined);
}

/** Instant answers as table rows. */
export function tableRows(answers: readonly { letter: string; data: QueryResult }[]): TableRow[] {
  return answers.flatMap(({ letter, data }): TableRow[] => {
    switch (data.resultType) {
      case 'vector':
        return data.result.map((sample) => ({
          key: `${letter} ${seriesId(sample.metric)}`,
          letter,
          labels: sample.metric,
          ...valueOf(sample.value[1], sample.histogram?.[1]),
        }));
      case 'matrix':
        return data.result.map((series) => ({
          key: `${letter} ${seriesId(series.metric)}`,
          letter,
          labels: series.metric,
          ...newest(series),
        }));
      case 'scalar':
        return [{ key: letter, letter, labels: {}, value: parseSample(data.result[1]) }];
      case 'string':
        return [{ key: letter, letter, labels: {}, value: Number.NaN, text: data.result[1] }];
    }
  });
}

/** The label names that a table of these rows has columns for: those that tell rows apart first, then the metric, then what all share. */
export function labelColumns(rows: readonly TableRow[]): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.labels)))].sort((a, b) => (a < b ? -1 : 1));
  const varies = (name: string) => rows.some((row) => row.labels[name] !== rows[0]?.labels[name]);
  return [...names.filter((name) => varies(name)), ...names.filter((name) => !varies(name))];
}

/** Letters of the queries whose answers hold native histograms, which no line can show. */
export function histogramLetters(answers: readonly Answered[]): string[] {
  return answers.filter(({ answer }) => answer.data.some(({ histograms }) => histograms !== undefined)).map(({ letter }) => letter);
}

/** The question that draws a line from the histograms of an expression; a bare selector is one of counters, and is rated. */
export function lineOfHistograms(expression: string, wanted: 'p95' | 'average' | 'observations', window = '5m'): string {
  const vector = /^[a-zA-Z_:][\w:]*(?:\{[^{}]*\})?$/.test(expression) ? `rate(${expression}[${window}])` : expression;
  if (wanted === 'p95') return `histogram_quantile(0.95, ${vector})`;
  return wanted === 'average' ? `histogram_avg(${vector})` : `histogram_count(${vector})`;
}

/** Expressions to begin with, and what they show; the texts are under `metrics.example`. */
export const EXAMPLES = [
  { key: 'cpu', query: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[1m]))' },
  { key: 'memory', query: 'node_memory_MemAvailable_bytes' },
  { key: 'network', query: 'sum by (device) (rate(node_network_receive_bytes_total[1m]))' },
  { key: 'targets', query: 'up' },
] as const;
