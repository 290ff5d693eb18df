/** What pipelines count: dropped lines by reason, and the metrics of `metrics` stages, for the program's own metrics page. */

import { formatGeneral } from '@atalaya/lang';
import { type Clock, quoteLabelValue } from '@atalaya/model';

/** A metric of a `metrics` stage. */
export interface MetricDefinition {
  /** With its prefix. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Series that are not updated for so long are forgotten. */
  readonly idleMs: number;
  /** Upper bounds of a histogram, ascending. */
  readonly buckets: readonly number[];
}

interface MetricSeries {
  readonly labels: readonly (readonly [string, string])[];
  value: number;
  /** Observations per bucket, the last one without a bound; empty for other types. */
  readonly counts: number[];
  count: number;
  updatedAt: number;
}

/** Most series of one metric: labels of lines are not ours, and an unbounded one must not fill the memory. */
const SERIES_LIMIT = 10_000;

/** Labels of lines that metrics have too: not the internal ones, nor those with names that metrics cannot have. */
const METRIC_LABEL = /^(?!__)[A-Za-z_]\w*$/;

/** The series of one metric. */
export class StageMetric {
  readonly definition: MetricDefinition;
  readonly #clock: Clock;
  readonly #series = new Map<string, MetricSeries>();

  constructor(definition: MetricDefinition, clock: Clock) {
    this.definition = definition;
    this.#clock = clock;
  }

  add(labels: ReadonlyMap<string, string>, amount: number): void {
    const series = this.#of(labels);
    if (series !== undefined) series.value += amount;
  }

  set(labels: ReadonlyMap<string, string>, value: number): void {
    const series = this.#of(labels);
    if (series !== undefined) series.value = value;
  }

  observe(labels: ReadonlyMap<string, string>, value: number): void {
    const series = this.#of(labels);
    if (series === undefined) return;
    const { buckets } = this.definition;
    const bucket = buckets.findIndex((bound) => value <= bound);
    const index = bucket === -1 ? buckets.length : bucket;
    series.counts[index] = (series.counts[index] ?? 0) + 1;
    series.count++;
    series.value += value;
  }

  /** The text of the metric; empty when it has no series. */
  render(): string {
    const oldest = this.#clock.now() - this.definition.idleMs;
    for (const [key, series] of this.#series) if (series.updatedAt < oldest) this.#series.delete(key);
    if (this.#series.size === 0) return '';
    const { name, type, help } = this.definition;
    const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`];
    for (const series of this.#series.values()) {
      if (type === 'histogram') lines.push(...this.#histogram(series));
      else lines.push(`${name}${labelText(series.labels)} ${formatGeneral(series.value)}`);
    }
    return `${lines.join('\n')}\n`;
  }

  *#histogram({ labels, counts, count, value }: MetricSeries): Generator<string> {
    const { name, buckets } = this.definition;
    let below = 0;
    for (const [index, bound] of buckets.entries()) {
      below += counts[index] ?? 0;
      yield `${name}_bucket${labelText([...labels, ['le', formatGeneral(bound)]])} ${below}`;
    }
    yield `${name}_bucket${labelText([...labels, ['le', '+Inf']])} ${count}`;
    yield `${name}_sum${labelText(labels)} ${formatGeneral(value)}`;
    yield `${name}_count${labelText(labels)} ${count}`;
  }

  /** The series of a line's labels, but for those that are internal; `undefined` when there are too many. */
  #of(labels: ReadonlyMap<string, string>): MetricSeries | undefined {
    const kept = [...labels].filter(([name]) => METRIC_LABEL.test(name) && name !== 'le').sort(([a], [b]) => (a < b ? -1 : 1));
    const key = kept.flat().join('\0');
    let series = this.#series.get(key);
    if (series === undefined) {
      if (this.#series.size >= SERIES_LIMIT) return undefined;
      series = { labels: kept, value: 0, counts: [], count: 0, updatedAt: 0 };
      this.#series.set(key, series);
    }
    series.updatedAt = this.#clock.now();
    return series;
  }
}

/** Everything that pipelines count. One for the program: it outlives reloads of the configuration. */
export class StageMetrics {
  readonly #clock: Clock;
  readonly #metrics = new Map<string, StageMetric>();
  readonly #dropped = new Map<string, number>();
  readonly #droppedByLabel = new Map<string, { readonly name: string; readonly value: string; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The metric of a definition. It goes on counting where one of the same definition is there; a different one takes its place. */
  metric(definition: MetricDefinition): StageMetric {
    const known = this.#metrics.get(definition.name);
    if (known !== undefined && JSON.stringify(known.definition) === JSON.stringify(definition)) return known;
    const metric = new StageMetric(definition, this.#clock);
    this.#metrics.set(definition.name, metric);
    return metric;
  }

  /** Counts a line that a stage dropped. */
  countDropped(reason: string): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }

  /** Counts a line that was dropped because a label's value had too many. */
  countDroppedByLabel(name: string, value: string): void {
    const key = `${name}\0${value}`;
    const known = this.#droppedByLabel.get(key);
    if (known !== undefined) known.count++;
    else if (this.#droppedByLabel.size < SERIES_LIMIT) this.#droppedByLabel.set(key, { name, value, count: 1 });
  }

  /** How many lines were dropped, by reason. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped;
  }

  /** All of it in Prometheus' text format. */
  render(): string {
    return [
      family('logentry_dropped_lines_total', 'Log lines that a pipeline stage dropped.', [
        ...[...this.#dropped].map(([reason, count]) => [[['reason', reason]] as const, count] as const),
      ]),
      family('logentry_dropped_lines_by_label_total', 'Log lines that a limit by label dropped.', [
        ...[...this.#droppedByLabel.values()].map(
          ({ name, value, count }) =>
            [
              [
                ['label_name', name],
                ['label_value', value],
              ] as const,
              count,
            ] as const,
        ),
      ]),
      ...[...this.#metrics.values()].map((metric) => metric.render()),
    ].join('');
  }
}

type LabelPairs = readonly (readonly [string, string])[];

function family(name: string, help: string, samples: readonly (readonly [LabelPairs, number])[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${formatGeneral(value)}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.join('')}`;
}

function labelText(labels: LabelPairs): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([name, value]) => `${name}=${quoteLabelValue(value)}`).join(',')}}`;
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
