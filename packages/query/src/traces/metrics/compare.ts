/** `compare`: how the attributes of chosen spans differ from those of the others. */

import type { MetricsComparison, SpansetPipeline } from '@atalaya/lang';
import type { SpanAttribute } from '@atalaya/model';
import type { TraceSeries } from '../answer.ts';
import type { TraceWork } from '../candidates.ts';
import { compileCondition } from '../expression.ts';
import { compilePipeline } from '../spansets.ts';
import { candidates } from '../trace-source.ts';
import type { SpanInTrace } from '../trace-view.ts';
import { boundsOfSteps, stepAt, type TraceSteps } from './steps.ts';

/** Counts of one attribute: of each of its values, and of all together, step by step. */
interface AttributeCounts {
  readonly values: Map<string, { readonly value: Pick<SpanAttribute, 'type' | 'value'>; readonly counts: Float64Array }>;
  readonly total: Float64Array;
}

type Side = 'baseline' | 'selection';

/** Values of one attribute that are counted; further ones count in its total only, and it is told that there were more. */
const MOST_VALUES = 1000;
/** Candidates of the first portion; portions grow. */
const PORTION = 100;
/** About what a step of a value takes. */
const POINT_BYTES = 8;

/** Compares: series of the most frequent values on either side, of all values together, and which attributes had more values. */
export async function compareSpans(
  {
    pipeline,
    comparison,
    steps,
  }: { readonly pipeline: SpansetPipeline; readonly comparison: MetricsComparison; readonly steps: TraceSteps },
  work: TraceWork,
): Promise<TraceSeries[]> {
  const run = compilePipeline(pipeline);
  const test = compileCondition(comparison.selection.condition);
  const { range, top } = comparison;
  const isSelected = (span: SpanInTrace): boolean =>
    (range === undefined || (span.span.start >= range.start && span.span.start < range.end)) && test(span);
  const sides: Record<Side, Map<string, AttributeCounts>> = { baseline: new Map(), selection: new Map() };
  const crowded = new Set<string>();

  const count = (side: Map<string, AttributeCounts>, { name, ...value }: SpanAttribute, step: number): void => {
    let attribute = side.get(name);
    if (attribute === undefined) {
      side.set(name, (attribute = { values: new Map(), total: new Float64Array(steps.count) }));
      work.budget.hold(steps.count * POINT_BYTES);
    }
    attribute.total[step]!++;
    const key = `${value.type} ${value.value}`;
    let counted = attribute.values.get(key);
    if (counted === undefined) {
      if (attribute.values.size >= MOST_VALUES) return void crowded.add(name);
      attribute.values.set(key, (counted = { value, counts: new Float64Array(steps.count) }));
      work.budget.hold(steps.count * POINT_BYTES + 2 * value.value.length);
    }
    counted.counts[step]!++;
  };

  for await (const portion of candidates({ ...boundsOfSteps(steps), pipeline, looksAtAll: true, portion: PORTION }, work)) {
    for (const { trace } of portion) {
      for (const { spans } of run(trace)) {
        for (const span of spans) {
          work.budget.tick();
          const side = sides[isSelected(span) ? 'selection' : 'baseline'];
          const step = stepAt(steps, span.span.start);
          for (const attribute of comparedAttributes(span)) count(side, attribute, step);
        }
      }
    }
  }
  const series = seriesOf(sides, top, crowded);
  work.budget.series(series.length);
  return series;
}

/** What is compared of a span: its attributes, and of the other fields those that repeat. */
function comparedAttributes({ span, trace }: SpanInTrace): SpanAttribute[] {
  const text = (name: string, value: string): SpanAttribute => ({ name, type: 'string', value });
  const scoped = (scope: string, attributes: readonly SpanAttribute[]): SpanAttribute[] =>
    attributes.map((attribute) => ({ ...attribute, name: scope + attribute.name }));
  return [
    text('name', span.name),
    text('kind', span.kind),
    text('status', span.status),
    ...(span.statusMessage === '' ? [] : [text('statusMessage', span.statusMessage)]),
    ...(trace.root === undefined ? [] : [text('rootName', trace.root.name), text('rootServiceName', trace.root.origin.serviceName)]),
    ...scoped('span.', span.attributes),
    ...scoped('resource.', span.origin.resource),
  ];
}

function seriesOf(sides: Readonly<Record<Side, ReadonlyMap<string, AttributeCounts>>>, top: number, crowded: Set<string>): TraceSeries[] {
  const series: TraceSeries[] = [];
  const meta = (value: string): SpanAttribute => ({ name: '__meta_type', type: 'string', value });
  for (const side of ['baseline', 'selection'] as const) {
    for (const [name, { values, total }] of sides[side]) {
      const sorted = [...values.values()]
        .map((one) => ({ ...one, sum: one.counts.reduce((sum, count) => sum + count, 0) }))
        .sort((a, b) => b.sum - a.sum || (a.value.value < b.value.value ? -1 : 1));
      if (sorted.length > top) crowded.add(name);
      for (const { value, counts } of sorted.slice(0, top))
        series.push({ labels: [meta(side), { name, ...value }], values: counts, exemplars: [] });
      series.push({ labels: [meta(`${side}_total`), { name, type: 'string', value: NO_VALUE }], values: total, exemplars: [] });
    }
  }
  for (const name of crowded) {
    const labels: SpanAttribute[] = [
      { name: '__meta_error', type: 'string', value: '__too_many_values__' },
      { name, type: 'string', value: NO_VALUE },
    ];
    series.push({ labels, values: new Float64Array(), exemplars: [] });
  }
  return series;
}

const NO_VALUE = 'nil';
