/** Pipelines of spansets, made ready to be gone through by one trace after another. */

import { type PipelineStage, printTraceqlField, type SpansetExpression, type SpansetPipeline } from '@atalaya/lang';
import { compileCondition, compileValues } from './expression.ts';
import { type Aggregated, compileScalarFilter } from './scalar.ts';
import { related, united } from './structure.ts';
import { toldText } from './told.ts';
import type { SpanInTrace, TraceView } from './trace-view.ts';
import type { TraceValue } from './value.ts';

/** Spans that belong together, at least one, in the order of the trace. */
export interface Spanset {
  readonly spans: readonly SpanInTrace[];
  /** What they were grouped by, and what was computed of them. */
  readonly attributes: readonly (Aggregated | { readonly name: string; readonly value: undefined })[];
}

/** Gives the spansets that a trace has. */
export type PipelineOf = (trace: TraceView) => Spanset[];
type StageOf = (spansets: readonly Spanset[], trace: TraceView) => Spanset[];

/** Makes a pipeline ready. */
export function compilePipeline(pipeline: SpansetPipeline): PipelineOf {
  const run = compileStages(pipeline);
  return (trace) => {
    const spans = trace.spans.filter(({ eligible }) => eligible);
    return spans.length === 0 ? [] : run([{ spans, attributes: [] }], trace);
  };
}

function compileStages({ stages }: SpansetPipeline): StageOf {
  const compiled = stages.map(compileStage);
  return (spansets, trace) => {
    let current = [...spansets];
    for (const stage of compiled) current = stage(current, trace);
    return current;
  };
}

function compileStage(stage: PipelineStage): StageOf {
  switch (stage.kind) {
    case 'filter':
    case 'operation':
      return compileSpansets(stage);
    case 'pipeline':
      return compileStages(stage);
    case 'by': {
      const read = compileValues(stage.expression);
      const name = `by(${printTraceqlField(stage.expression)})`;
      return (spansets) => spansets.flatMap((spanset) => grouped(spanset, name, (span) => read(span)[0]));
    }
    case 'coalesce':
      return (spansets) => {
        const spans = spansets.reduce<SpanInTrace[]>((all, one) => united(all, one.spans), []);
        return spans.length === 0 ? [] : [{ spans, attributes: [] }];
      };
    case 'select':
      // What is told is looked up when the answer is made.
      return (spansets) => [...spansets];
    case 'scalar-filter': {
      const test = compileScalarFilter(stage);
      return (spansets) =>
        spansets.flatMap(({ spans, attributes }) => {
          const told: Aggregated[] = [];
          return test(spans, told) ? [{ spans, attributes: [...attributes, ...told] }] : [];
        });
    }
  }
}

/** Each spanset by itself: those that have nothing left fall away. */
function compileSpansets(expression: SpansetExpression): StageOf {
  const choose = compileChoice(expression);
  return (spansets, trace) =>
    spansets.flatMap((spanset) => {
      const spans = choose(spanset, trace);
      return spans.length === 0 ? [] : [{ spans, attributes: spanset.attributes }];
    });
}

function compileChoice(expression: SpansetExpression): (spanset: Spanset, trace: TraceView) => readonly SpanInTrace[] {
  switch (expression.kind) {
    case 'filter': {
      const test = compileCondition(expression.condition);
      return ({ spans }) => spans.filter(test);
    }
    case 'pipeline': {
      const run = compileStages(expression);
      return (spanset, trace) => run([spanset], trace).reduce<SpanInTrace[]>((all, one) => united(all, one.spans), []);
    }
    case 'operation': {
      const { operator } = expression;
      const [first, second] = [compileChoice(expression.left), compileChoice(expression.right)];
      return (spanset, trace) => {
        const left = first(spanset, trace);
        const right = second(spanset, trace);
        if (operator === '||') return united(left, right);
        if (operator === '&&') return left.length === 0 || right.length === 0 ? [] : united(left, right);
        return related(operator, trace, left, right);
      };
    }
  }
}

/** Spans without a value are a group as well. */
function grouped({ spans, attributes }: Spanset, name: string, valueOf: (span: SpanInTrace) => TraceValue | undefined): Spanset[] {
  const groups = new Map<string, { value: TraceValue | undefined; spans: SpanInTrace[] }>();
  for (const span of spans) {
    const value = valueOf(span);
    const key = value === undefined ? '' : `${value.type} ${toldText(value)}`;
    const group = groups.get(key) ?? { value, spans: [] };
    groups.set(key, group);
    group.spans.push(span);
  }
  return [...groups.values()].map((group) => ({ spans: group.spans, attributes: [...attributes, { name, value: group.value }] }));
}
