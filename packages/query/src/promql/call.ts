/** Function calls: arguments are evaluated by their types, then handed to the file of the function's family. */

import { type BorderModifier, type Expression, formatGeneral, type FunctionCall, withoutParentheses } from '@atalaya/lang';
import { AtalayaError } from '@atalaya/model';
import { larger, smaller } from './arithmetic.ts';
import { type Evaluation, failed } from './context.ts';
import { absent, absentLabels, absentOverTime } from './functions/absent.ts';
import { BORDER_FUNCTIONS, borderKernel } from './functions/borders.ts';
import { addInfoLabels } from './functions/info.ts';
import { histogramFraction, histogramQuantile, histogramQuantiles } from './functions/histogram.ts';
import { statisticOf } from './functions/histogram-statistics.ts';
import { labelJoin, labelReplace } from './functions/labels.ts';
import { DATE_FUNCTIONS, NUMBER_FUNCTIONS } from './functions/math.ts';
import { KEEPS_NAME, OVER_TIME_FUNCTIONS, quantileKernel } from './functions/over-time.ts';
import { RATE_FUNCTIONS } from './functions/rate.ts';
import { derivKernel, predictKernel, smoothingKernel } from './functions/regression.ts';
import { sortByLabel, sortByValue } from './functions/sorting.ts';
import { dropNames, dropNamesOfRanges, withMarksOf } from './names.ts';
import { outermost } from './quantile.ts';
import { selectInfos, selectTimestamps } from './select.ts';
import { constantScalar, type RangeValue, type ScalarValue, type Value, type VectorValue } from './value.ts';
import { borderFunction } from './histogram/borders.ts';
import { mixedFunction, overMixedRanges, type Reach } from './histogram/over-ranges.ts';
import { floatsOnly, presenceOnly } from './histogram/places.ts';
import { counterHint } from './hints.ts';
import { overRanges, type RangeKernel } from './windows.ts';

/** Evaluates an argument. */
export type Evaluate = (expression: Expression, evaluation: Evaluation) => Value;

/** Evaluates a function call. @throws AtalayaError */
export function evaluateCall(node: FunctionCall, evaluation: Evaluation, evaluate: Evaluate): Value {
  const { steps, query } = evaluation;
  const { name, args } = node;
  const arg = (index: number): Expression => args[index] as Expression;
  const vector = (index: number): VectorValue => evaluate(arg(index), evaluation) as VectorValue;
  const range = (index: number): RangeValue => evaluate(arg(index), evaluation) as RangeValue;
  const scalar = (index: number): Float64Array => (evaluate(arg(index), evaluation) as ScalarValue).values;
  const texts = (from: number): string[] =>
    args.slice(from).map((text) => {
      const literal = withoutParentheses(text);
      return literal.kind === 'string' ? literal.value : '';
    });

  const ofRange = (windows: RangeValue, kernel: RangeKernel, mixed = mixedFunction(name), reach?: Reach): VectorValue => {
    const result =
      windows.samples.histograms === undefined
        ? overRanges(windows, evaluation, kernel)
        : overMixedRanges(windows, evaluation, kernel, mixed, arg(0), reach);
    counterHint(node, result, query.annotations, steps);
    return KEEPS_NAME.has(name) ? withMarksOf(result, windows.samples) : dropNamesOfRanges(result, evaluation);
  };
  const mapped = (given: VectorValue, compute: (value: number, step: number) => number): VectorValue => {
    const source = floatsOnly(given);
    const values = new Float64Array(source.labels.length * steps.count);
    for (let row = 0; row < values.length; row += steps.count) {
      query.budget.check();
      for (let i = 0; i < steps.count; i++) values[row + i] = compute(source.values[row + i]!, i);
    }
    return dropNames({ ...source, values }, evaluation);
  };

  const border = borderOf(args);
  if (border !== undefined) {
    const allowed = BORDER_FUNCTIONS[border];
    if (!allowed.has(name)) {
      throw failed(`${border} modifier can only be used with: ${[...allowed].sort().join(', ')} - not with ${name}`);
    }
    const { lookbackMs } = query;
    const reach: Reach = { before: lookbackMs, after: border === 'smoothed' ? lookbackMs : 0 };
    return ofRange(range(0), borderKernel(name, border, lookbackMs), borderFunction(name, border), reach);
  }
  const rangeKernel = RATE_FUNCTIONS[name] ?? OVER_TIME_FUNCTIONS[name];
  if (rangeKernel !== undefined) return ofRange(range(0), rangeKernel);
  const ofNumber = NUMBER_FUNCTIONS[name];
  if (ofNumber !== undefined) return mapped(vector(0), ofNumber);
  const ofDate = DATE_FUNCTIONS[name];
  if (ofDate !== undefined) {
    // Seconds are cut to whole ones, as Go's conversion does.
    if (args.length > 0) return mapped(vector(0), (value) => ofDate(Math.trunc(value)));
    return fromScalar(Float64Array.from({ length: steps.count }, (_, i) => ofDate(Math.floor((steps.start + i * steps.step) / 1000))));
  }

  switch (name) {
    case 'quantile_over_time': {
      const quantiles = scalar(0);
      const windows = range(1);
      const result = ofRange(windows, quantileKernel(quantiles));
      for (const q of result.labels.length > 0 ? outermost(quantiles, 0, 1) : []) {
        query.annotations.warn(`quantile value should be between 0 and 1, got ${formatGeneral(q)}`, arg(0));
      }
      return result;
    }
    case 'deriv':
      return ofRange(range(0), derivKernel);
    case 'predict_linear':
      return ofRange(range(0), predictKernel(scalar(1)));
    case 'double_exponential_smoothing':
      return ofRange(range(0), smoothingKernel(scalar(1), scalar(2)));
    case 'absent':
      return absent(presenceOnly(vector(0)), absentLabels(arg(0)), steps);
    case 'absent_over_time':
      return absentOverTime(range(0), absentLabels(arg(0)), evaluation, arg(0));
    case 'clamp':
      return clamp(floatsOnly(vector(0)), scalar(1), scalar(2), evaluation);
    case 'clamp_min':
      return clamp(floatsOnly(vector(0)), scalar(1), new Float64Array(steps.count).fill(Infinity), evaluation);
    case 'clamp_max':
      return clamp(floatsOnly(vector(0)), new Float64Array(steps.count).fill(-Infinity), scalar(1), evaluation);
    case 'round': {
      const nearest = args.length > 1 ? scalar(1) : new Float64Array(steps.count).fill(1);
      return mapped(vector(0), (value, step) => {
        const inverse = 1 / nearest[step]!;
        return Math.floor(value * inverse + 0.5) / inverse;
      });
    }
    case 'info':
      return addInfoLabels(vector(0), selectInfos(node, evaluation), node, evaluation);
    case 'label_replace':
      return labelReplace(vector(0), texts(1), steps);
    case 'label_join':
      return labelJoin(vector(0), texts(1), steps);
    case 'sort':
    case 'sort_desc':
      return sortByValue(floatsOnly(vector(0)), name === 'sort_desc', steps);
    case 'sort_by_label':
    case 'sort_by_label_desc':
      return sortByLabel(vector(0), texts(1), name === 'sort_by_label_desc', steps);
    case 'histogram_quantile':
      return histogramQuantile(vector(1), scalar(0), evaluation, { quantile: arg(0), vector: arg(1), native: arg(0) });
    case 'histogram_quantiles': {
      const quantiles = args.slice(2).map((place, index) => ({ values: scalar(index + 2), place }));
      return histogramQuantiles(vector(0), texts(1)[0] as string, quantiles, evaluation, arg(0));
    }
    case 'histogram_fraction':
      return histogramFraction(vector(2), scalar(0), scalar(1), evaluation, { vector: arg(2), native: arg(0) });
    case 'histogram_avg':
    case 'histogram_count':
    case 'histogram_sum':
    case 'histogram_stddev':
    case 'histogram_stdvar':
      return statisticOf(name, vector(0), evaluation);
    case 'timestamp': {
      const inner = withoutParentheses(arg(0));
      if (inner.kind === 'selector') return dropNames(selectTimestamps(inner, evaluation), evaluation);
      return mapped(presenceOnly(vector(0)), (_value, step) => (steps.start + step * steps.step) / 1000);
    }
    case 'time':
      return { kind: 'scalar', values: Float64Array.from({ length: steps.count }, (_, i) => (steps.start + i * steps.step) / 1000) };
    case 'vector':
      return fromScalar(scalar(0));
    case 'scalar':
      return toScalar(floatsOnly(vector(0)), evaluation);
    case 'pi':
      return constantScalar(Math.PI, steps);
    case 'min_of':
    case 'max_of': {
      const right = scalar(1);
      const pick = name === 'min_of' ? smaller : larger;
      return { kind: 'scalar', values: scalar(0).map((left, i) => pick(left, right[i]!)) };
    }
    case 'start':
      return constantScalar(query.window.startMs / 1000, steps);
    case 'end':
      return constantScalar(query.window.endMs / 1000, steps);
    case 'step':
      return constantScalar(query.window.stepMs / 1000, steps);
    case 'range':
      return constantScalar((query.window.endMs - query.window.startMs) / 1000, steps);
    case 'start_timestamp':
      throw new AtalayaError('NOT_SUPPORTED', {
        what: 'function start_timestamp()',
        reason: 'samples are stored without start timestamps',
      });
    default:
      throw new AtalayaError('NOT_SUPPORTED', { what: `function ${name}()`, reason: 'it is not built yet' });
  }
}

/** The border modifier of a range selector among the arguments. */
function borderOf(args: readonly Expression[]): BorderModifier | undefined {
  for (const arg of args) {
    const inner = withoutParentheses(arg);
    if (inner.kind === 'matrix' && inner.selector.border !== undefined) return inner.selector.border;
  }
  return undefined;
}

function fromScalar(values: Float64Array): VectorValue {
  return { kind: 'vector', labels: [[]], values, present: new Uint8Array(values.length).fill(1) };
}

/** The only value of each step; NaN where there is none or more than one. */
function toScalar({ labels, values, present }: VectorValue, { steps: { count } }: Evaluation): ScalarValue {
  const result = new Float64Array(count).fill(NaN);
  const found = new Uint8Array(count);
  for (let series = 0; series < labels.length; series++) {
    for (let i = 0; i < count; i++) {
      if (present[series * count + i] !== 1) continue;
      result[i] = found[i] === 0 ? values[series * count + i]! : NaN;
      found[i] = 1;
    }
  }
  return { kind: 'scalar', values: result };
}

/** Holds samples between two bounds; nothing remains where the lower lies above the upper. */
function clamp(vector: VectorValue, lowers: Float64Array, uppers: Float64Array, evaluation: Evaluation): VectorValue {
  const { count } = evaluation.steps;
  const values = new Float64Array(vector.labels.length * count);
  const present = vector.present.slice(0, values.length);
  for (let at = 0; at < values.length; at++) {
    const lower = lowers[at % count]!;
    const upper = uppers[at % count]!;
    if (upper < lower) present[at] = 0;
    values[at] = larger(lower, smaller(upper, vector.values[at]!));
  }
  return dropNames({ kind: 'vector', labels: vector.labels, values, present }, evaluation);
}
