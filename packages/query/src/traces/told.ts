/** Values as answers tell them, and which fields of a span they tell. */

import type { FieldExpression, PipelineStage, SpansetPipeline, TraceqlField, TraceqlIntrinsic } from '@atalaya/lang';
import { printTraceqlName, TRACEQL_INTRINSICS } from '@atalaya/lang';
import type { SpanAttribute } from '@atalaya/model';
import { compileField, type ValuesOf } from './expression.ts';
import type { SpanInTrace } from './trace-view.ts';
import type { TraceValue } from './value.ts';

/** A value with its type. Durations, kinds and statuses are texts, as Tempo tells them. */
export function toldValue(value: TraceValue | undefined): Pick<SpanAttribute, 'type' | 'value'> {
  if (value === undefined) return { type: 'empty', value: '' };
  const text = toldText(value);
  switch (value.type) {
    case 'string':
    case 'int':
    case 'double':
    case 'bool':
    case 'array':
      return { type: value.type, value: text };
    case 'duration':
    case 'kind':
    case 'status':
    case 'other':
      return { type: 'string', value: text };
  }
}

/** A value's text. */
export function toldText(value: TraceValue): string {
  switch (value.type) {
    case 'duration':
      return goDuration(Number(value.value));
    case 'double':
      return doubleText(Number(value.value));
    case 'array':
      return JSON.stringify(value.value.map((element) => (typeof element.value === 'bigint' ? Number(element.value) : element.value)));
    case 'string':
    case 'other':
    case 'kind':
    case 'status':
      return value.value;
    case 'int':
    case 'bool':
      return String(value.value);
  }
}

/** As attributes of type double have it. */
export function doubleText(value: number): string {
  return String(value).replace(/^(-?)Infinity$/, (_whole, sign: string) => `${sign === '' ? '+' : sign}Inf`);
}

/** A duration as Go writes it: `1h2m3.5s`, `1.5ms`. */
function goDuration(nanoseconds: number): string {
  const sign = nanoseconds < 0 ? '-' : '';
  const size = Math.round(Math.abs(nanoseconds));
  if (size < 1000) return size === 0 ? '0s' : `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${size / 1e3}µs`;
  if (size < 1e9) return `${sign}${size / 1e6}ms`;
  const hours = Math.floor(size / 3.6e12);
  const minutes = Math.floor(size / 6e10) % 60;
  const seconds = `${(size % 6e10) / 1e9}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

/** Fields that answers tell anyhow, or of the whole trace. */
const TOLD_ANYHOW: ReadonlySet<TraceqlIntrinsic> = new Set([
  'name',
  'duration',
  'traceId',
  'spanId',
  'parent',
  'rootName',
  'rootServiceName',
  'traceDuration',
]);

/** A field that is told of every span. */
interface ToldField {
  readonly name: string;
  readonly read: ValuesOf;
}

/** The fields that a pipeline looks at or selects, in its order, each once. */
export function toldFields(pipeline: SpansetPipeline): ToldField[] {
  const told = new Map<string, ToldField>();
  const add = (field: TraceqlField, selected: boolean): void => {
    if (field.kind === 'intrinsic' && !selected && TOLD_ANYHOW.has(field.intrinsic)) return;
    const key = printTraceqlName(field);
    // Attributes are told without their scopes, as Tempo does.
    const name = field.kind === 'attribute' ? field.name : TRACEQL_INTRINSICS[field.intrinsic].names[0];
    if (!told.has(key)) told.set(key, { name, read: compileField(field) });
  };
  const walk = (stage: PipelineStage): void => {
    for (const [field, selected] of fieldsOfStage(stage)) add(field, selected);
  };
  pipeline.stages.forEach(walk);
  return [...told.values()];
}

/** What a span has in those fields: of several values the first. */
export function toldOf(span: SpanInTrace, fields: readonly ToldField[]): SpanAttribute[] {
  return fields.flatMap(({ name, read }) => {
    const [value] = read(span);
    return value === undefined ? [] : [{ name, ...toldValue(value) }];
  });
}

/** Fields of a stage, and whether they are selected. */
export function fieldsOfStage(stage: PipelineStage): (readonly [TraceqlField, boolean])[] {
  const looked = (expression: FieldExpression): (readonly [TraceqlField, boolean])[] =>
    fieldsOf(expression).map((field) => [field, false] as const);
  switch (stage.kind) {
    case 'filter':
      return looked(stage.condition);
    case 'operation':
      return [...fieldsOfStage(stage.left), ...fieldsOfStage(stage.right)];
    case 'pipeline':
      return stage.stages.flatMap(fieldsOfStage);
    case 'by':
      return looked(stage.expression);
    case 'coalesce':
      return [];
    case 'select':
      return stage.fields.flatMap((field) => fieldsOf(field).map((one) => [one, true] as const));
    case 'scalar-filter':
      return [stage.left, stage.right].flatMap((side) => {
        const operands: FieldExpression[] = [];
        const collect = (expression: typeof side): void => {
          if (expression.kind === 'aggregate' && expression.operand !== undefined) operands.push(expression.operand);
          if (expression.kind === 'scalar-binary') [expression.left, expression.right].forEach(collect);
        };
        collect(side);
        return operands.flatMap(looked);
      });
  }
}

/** The fields of an expression. */
export function fieldsOf(expression: FieldExpression): TraceqlField[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'attribute':
    case 'intrinsic':
      return [expression];
    case 'unary':
      return fieldsOf(expression.operand);
    case 'binary':
      return [...fieldsOf(expression.left), ...fieldsOf(expression.right)];
  }
}
