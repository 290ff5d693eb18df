/**
 * The language of test scripts, in the style of Prometheus' own: blocks of lines with blank lines between them.
 *
 *     load 5m
 *       http_requests_total{job="a"} 0+10x3 _ stale 5
 *
 *     eval instant at 15m sum(http_requests_total)
 *       {} 30
 *
 *     eval range from 0 to 10m step 5m http_requests_total
 *       http_requests_total{job="a"} 0 10 20
 *
 *     clear
 *
 * Values of a series: `1`, `NaN`, `Inf`, `_` (none), `stale`, and `start+stepxN` for N more values; native histograms
 * `{{count:3 sum:4 buckets:[1 2]}}` likewise, with `{{…}}+{{…}}xN` (see `histogram-literal.ts`). `load_with_nhcb` loads classic
 * histograms also as native ones with custom buckets. An expected scalar is a number alone, an expected string
 * `expect string "…"`. Further expectations: `expect fail [text]`, `expect warn [text]`, `expect info [text]`,
 * `expect no_warn`, `expect no_info`, `expect ordered`. Lines that begin with `#` are remarks; the remark `# features: NAME, NAME` anywhere turns
 * PromQL feature flags on that are off otherwise.
 */

import { DEFAULT_PROMQL_FEATURES, parsePromql, PROMQL_FEATURES, type PromqlFeature } from '@atalaya/lang';
import { type Labels, labelsOf, parseDuration } from '@atalaya/model';
import { customBucketSeries } from './custom-buckets.ts';
import { type HistogramPoint, histogramSeries, parseHistogram } from './histogram-literal.ts';

/** A value of a series: a number, nothing, a stale marker, or a native histogram. */
export type Point = number | undefined | 'stale' | HistogramPoint;

export interface SeriesLine {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

/** Series to load, their points `stepMs` apart from time 0 on. */
export interface LoadCommand {
  readonly kind: 'load';
  readonly stepMs: number;
  readonly series: readonly SeriesLine[];
}

/** Whether there have to be warnings (or infos), and texts that have to be among them. */
export interface Remarks {
  readonly wanted: 'some' | 'none' | 'unsaid';
  readonly texts: readonly string[];
}

/** What an evaluation has to give. */
export interface Expectation {
  readonly series: readonly SeriesLine[];
  readonly scalar: number | undefined;
  readonly text: string | undefined;
  /** The error's text contains this; `undefined` when it must succeed. */
  readonly failure: string | undefined;
  readonly warns: Remarks;
  readonly informs: Remarks;
  readonly ordered: boolean;
}

/** A query to evaluate: an instant one when `stepMs` is 0. */
export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly expected: Expectation;
}

export type Command = LoadCommand | EvalCommand | { readonly kind: 'clear' };

/** The feature flags under which a script is to run; `undefined` when the usual ones do. @throws Error for a name that is no flag. */
export function featuresOf(text: string): ReadonlySet<PromqlFeature> | undefined {
  const names = /^# features: (.*)$/m.exec(text)?.[1]?.split(', ');
  if (names === undefined) return undefined;
  const found = names.map((name) => {
    const feature = PROMQL_FEATURES.find((known) => known === name);
    if (feature === undefined) throw new Error(`not a feature flag: ${name}`);
    return feature;
  });
  return new Set([...DEFAULT_PROMQL_FEATURES, ...found]);
}

/** Reads a script. @throws Error naming the line that cannot be read */
export function parseScript(text: string): Command[] {
  const lines = text.split('\n').map((line) => line.trim());
  const commands: Command[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line === '' || line.startsWith('#')) continue;
    const number = at + 1;
    const body: string[] = [];
    // A remark ends a block as an empty line does, as in Prometheus' scripts.
    if (line !== 'clear') while (isContent(lines[at + 1])) body.push(lines[++at] as string);
    try {
      commands.push(command(line, body, number));
    } catch (error) {
      throw new Error(`line ${number}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return commands;
}

const isContent = (line: string | undefined): boolean => line !== undefined && line !== '' && !line.startsWith('#');

function command(line: string, body: readonly string[], number: number): Command {
  if (line === 'clear') return { kind: 'clear' };
  const load = /^load(_with_nhcb)?\s+(\S+)$/.exec(line);
  if (load !== null) {
    const series = body.map(seriesLine);
    const stepMs = duration(load[2] as string);
    return { kind: 'load', stepMs, series: load[1] === undefined ? series : [...series, ...customBucketSeries(series)] };
  }
  const instant = /^eval instant at (\S+)\s+(.+)$/.exec(line);
  if (instant !== null) {
    const at = duration(instant[1] as string);
    return { kind: 'eval', line: number, query: instant[2] as string, startMs: at, endMs: at, stepMs: 0, expected: expectation(body) };
  }
  const range = /^eval range from (\S+) to (\S+) step (\S+)\s+(.+)$/.exec(line);
  if (range === null) throw new Error(`not a command: ${line}`);
  const [, from, to, step, query] = range as unknown as [string, string, string, string, string];
  const times = { startMs: duration(from), endMs: duration(to), stepMs: duration(step) };
  return { kind: 'eval', line: number, query, ...times, expected: expectation(body) };
}

function expectation(body: readonly string[]): Expectation {
  const series: SeriesLine[] = [];
  let scalar: number | undefined;
  let text: string | undefined;
  let failure: string | undefined;
  const warns = { wanted: 'unsaid', texts: [] as string[] } as { wanted: Remarks['wanted']; texts: string[] };
  const informs = { ...warns, texts: [] as string[] };
  let ordered = false;
  for (const line of body) {
    const [, what, rest] = /^expect\s+(fail|warn|no_warn|info|no_info|ordered|string)\s*(?:msg:\s*)?(.*)$/.exec(line) ?? [];
    if (what === 'fail') failure = rest ?? '';
    else if (what === 'warn' || what === 'info') {
      const remarks = what === 'warn' ? warns : informs;
      remarks.wanted = 'some';
      if (rest !== undefined && rest !== '') remarks.texts.push(rest);
    } else if (what === 'no_warn') warns.wanted = 'none';
    else if (what === 'no_info') informs.wanted = 'none';
    else if (what === 'ordered') ordered = true;
    else if (what === 'string') text = JSON.parse(rest as string) as string;
    else if (/^[-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf|nan)$/i.test(line)) scalar = number(line);
    else series.push(seriesLine(line));
  }
  return { series, scalar, text, failure, warns, informs, ordered };
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new Error(`not a duration: ${text}`);
  return milliseconds;
}

function number(text: string): number {
  if (/^[-+]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const value = Number(text);
  if (Number.isNaN(value) && !/^nan$/i.test(text)) throw new Error(`not a number: ${text}`);
  return value;
}

/** `name{label="value"} points…`: the label part is a selector with equality matchers only. */
function seriesLine(line: string): SeriesLine {
  const [, selector, rest] = /^([^\s{]*(?:\{(?:"(?:[^"\\]|\\.)*"|[^"}])*\})?)\s*(.*)$/.exec(line) as unknown as [string, string, string];
  return { labels: selector === '{}' ? [] : labelsOfSelector(selector), points: (rest.match(WORDS) ?? []).flatMap(points) };
}

function labelsOfSelector(text: string): Labels {
  const node = parsePromql(text);
  if (node.kind !== 'selector') throw new Error(`not a series: ${text}`);
  return labelsOf(node.matchers.map(({ name, value }) => [name, value] as const));
}

const POINTS = /^(?:(_|stale)|([-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf|nan))(?:([-+][\d.]+(?:e[-+]?\d+)?))?)(?:x(\d+))?$/i;

/** Words of a series; a word may hold histograms with spaces. */
const WORDS = /(?:\{\{.*?\}\}|[^\s{])+/g;

const HISTOGRAMS = /^\{\{(.*?)\}\}(?:([-+])\{\{(.*?)\}\})?(?:x(\d+))?$/;

function points(word: string): Point[] {
  const [, start, sign, increment, times] = HISTOGRAMS.exec(word) ?? [];
  if (start !== undefined) {
    const more = increment === undefined ? undefined : parseHistogram(increment);
    return histogramSeries(parseHistogram(start), more, sign === '-' ? -1 : 1, Number(times ?? 0));
  }
  return numberPoints(word);
}

function numberPoints(word: string): Point[] {
  const match = POINTS.exec(word);
  if (match === null) throw new Error(`not a value: ${word}`);
  const [, special, start, step, times] = match;
  const repeat = Number(times ?? 0);
  if (special === '_') return Array.from({ length: Math.max(1, repeat) }, () => undefined);
  if (special !== undefined) return Array.from({ length: repeat + 1 }, () => 'stale' as const);
  const first = number(start as string);
  const increment = step === undefined ? 0 : Number(step);
  return Array.from({ length: repeat + 1 }, (_, i) => first + i * increment);
}
