/** Series in the making: one for each combination of what spans are grouped by. */

import { type MetricsAggregation, printTraceqlName, type TraceqlField } from '@atalaya/lang';
import type { SpanAttribute } from '@atalaya/model';
import { compileField, storedField } from '../expression.ts';
import { readsTexts } from '../field.ts';
import type { TraceqlBudget } from '../limits.ts';
import { toldText } from '../told.ts';
import type { SpanInTrace } from '../trace-view.ts';
import type { TraceExemplar, TraceSeries } from '../answer.ts';
import type { Measure, Measured } from './measure.ts';

/** Values of what spans are grouped by; `undefined` where there is none. */
export type GroupValues = readonly (string | undefined)[];

interface Group {
  readonly values: GroupValues;
  readonly measured: Measured;
  readonly exemplars: TraceExemplar[];
}

/** About what a step of a series takes. */
const POINT_BYTES = 24;

/** Collects series. */
export class SeriesGroups {
  readonly #measure: Measure;
  readonly #steps: number;
  readonly #budget: TraceqlBudget;
  readonly #groups = new Map<string, Group>();

  constructor(measure: Measure, steps: number, budget: TraceqlBudget) {
    this.#measure = measure;
    this.#steps = steps;
    this.#budget = budget;
  }

  /** The series of a group, made when it is first asked for. @throws AtalayaError QUERY_LIMIT. */
  group(values: GroupValues): Group {
    const key = JSON.stringify(values.map((value) => value ?? null));
    let group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, (group = { values, measured: this.#measure.empty(), exemplars: [] }));
      this.#budget.series(this.#groups.size);
      this.#budget.hold(this.#steps * POINT_BYTES);
    }
    return group;
  }

  /** Gives a group an exemplar, where there is such a group. */
  exemplar(values: GroupValues, exemplar: TraceExemplar): void {
    this.#groups.get(JSON.stringify(values.map((value) => value ?? null)))?.exemplars.push(exemplar);
  }

  /** What came together. @param unit see {@link Measure.tell} @throws AtalayaError QUERY_LIMIT. */
  series({ metric, by }: Pick<MetricsAggregation, 'metric' | 'by'>, unit: number): TraceSeries[] {
    const series: TraceSeries[] = [];
    for (const { values, measured, exemplars } of this.#groups.values()) {
      const labels = by.map((field, i): SpanAttribute => ({ name: printTraceqlName(field), type: 'string', value: values[i] ?? NO_VALUE }));
      for (const told of this.#measure.tell(measured, unit)) {
        const name: SpanAttribute = { name: '__name__', type: 'string', value: metric };
        const all = [...labels, ...told.labels];
        series.push({ labels: all.length === 0 ? [name] : all, values: told.values, exemplars });
      }
      this.#budget.series(series.length);
    }
    return series;
  }
}

/** How Tempo tells that a span has no value to be grouped by. */
const NO_VALUE = 'nil';

/** Makes a reader of the values that spans are grouped by: of several the first, as texts. */
export function groupsBy(by: readonly TraceqlField[]): (span: SpanInTrace) => GroupValues {
  const readers = by.map((field): ((span: SpanInTrace) => string | undefined) => {
    const stored = field.kind === 'attribute' && !field.ofParent ? storedField(field) : undefined;
    if (stored !== undefined) {
      const read = readsTexts(stored);
      return ({ span }) => read(span)[0];
    }
    const read = compileField(field);
    return (span) => {
      const [value] = read(span);
      return value === undefined ? undefined : toldText(value);
    };
  });
  return (span) => readers.map((read) => read(span));
}
