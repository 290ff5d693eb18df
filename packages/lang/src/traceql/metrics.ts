/** Series made of spans: `| rate() by (name) | topk(5)`. */

import { type MetricsAggregation, type MetricsComparison, type SeriesStage, TRACEQL_METRICS, type TraceqlField } from './ast.ts';
import type { TraceqlCursor } from './cursor.ts';
import { TraceqlError } from './error.ts';
import { readField } from './expressions.ts';
import { readFilter } from './pipeline.ts';
import { printField } from './printer.ts';
import { SCALAR_COMPARISONS } from './scalars.ts';
import { isNumericType, typeOfField } from './types.ts';

/** Reads a metrics function. */
export function readMetrics(cursor: TraceqlCursor): MetricsAggregation | MetricsComparison {
  const { start, text } = cursor.take();
  const metric = TRACEQL_METRICS.find((one) => one === text)!;
  cursor.expect('(');
  if (metric === 'compare') return readComparison(cursor, start);
  const counts = metric === 'rate' || metric === 'count_over_time';
  const field = counts ? undefined : readMeasured(cursor, metric);
  const quantiles = metric === 'quantile_over_time' ? readQuantiles(cursor) : [];
  cursor.expect(')');
  return { kind: 'metrics', metric, field, quantiles, by: readGrouping(cursor), start, end: cursor.lastEnd };
}

function readMeasured(cursor: TraceqlCursor, metric: string): TraceqlField {
  const field = readField(cursor, 'a field');
  const type = typeOfField(field);
  if (type !== 'attribute' && !isNumericType(type)) {
    throw TraceqlError.meaning(field, `metrics functions measure numbers: ${metric}(${printField(field)}) (${type})`);
  }
  return field;
}

function readQuantiles(cursor: TraceqlCursor): number[] {
  const quantiles: number[] = [];
  do {
    if (quantiles.length === 0) cursor.expect(',');
    const { token } = cursor;
    if (token.kind !== 'integer' && token.kind !== 'float') throw cursor.unexpected('a number from 0 to 1');
    const quantile = Number(token.text);
    if (quantile > 1) throw TraceqlError.meaning(token, `quantiles are from 0 to 1, not ${token.text}`);
    cursor.take();
    quantiles.push(quantile);
  } while (cursor.accept(','));
  return quantiles;
}

function readGrouping(cursor: TraceqlCursor): TraceqlField[] {
  if (!cursor.accept('by')) return [];
  cursor.expect('(');
  const by = [readField(cursor, 'a field')];
  while (cursor.accept(',')) by.push(readField(cursor, 'a field'));
  cursor.expect(')', ',');
  return by;
}

const USUAL_TOP = 10;

function readComparison(cursor: TraceqlCursor, start: number): MetricsComparison {
  const selection = readFilter(cursor);
  const numbers: bigint[] = [];
  while (numbers.length < 3 && cursor.accept(',')) numbers.push(BigInt(cursor.expectKind('integer', 'an integer').text));
  cursor.expect(')', ...(numbers.length < 3 ? [','] : []));
  const place = { start, end: cursor.lastEnd };
  const [top = BigInt(USUAL_TOP), from, to] = numbers;
  if (top <= 0n) throw TraceqlError.meaning(place, 'compare() top number of values must be integer greater than 0');
  if (from !== undefined && to === undefined) throw TraceqlError.meaning(place, 'compare() takes a start and an end, or neither');
  if (from !== undefined && to !== undefined && to <= from) {
    throw TraceqlError.meaning(place, 'compare() end timestamp must be greater than start timestamp');
  }
  if (cursor.is('by')) throw cursor.syntax('by is not supported with compare: it groups by every attribute');
  const range = from === undefined || to === undefined ? undefined : { start: from, end: to };
  return { kind: 'compare', selection, top: Number(top), range, ...place };
}

/** Reads what is done with the series: `| topk(5)`, `> 10`. */
export function readSeriesStages(cursor: TraceqlCursor): SeriesStage[] {
  const stages: SeriesStage[] = [];
  for (;;) {
    const { start } = cursor.token;
    const operator = cursor.oneOf(SCALAR_COMPARISONS);
    if (operator !== undefined) {
      cursor.take();
      const sign = cursor.accept('-') ? -1 : 1;
      const { token } = cursor;
      if ((token.kind !== 'integer' && token.kind !== 'float') || !Number.isFinite(Number(token.text))) throw cursor.unexpected('a number');
      cursor.take();
      stages.push({ kind: 'point-filter', operator, value: sign * Number(token.text), start, end: token.end });
    } else if (cursor.accept('|')) {
      const kind = cursor.oneOf(['topk', 'bottomk'] as const);
      if (kind === undefined) throw cursor.unexpected('topk', 'bottomk');
      cursor.take();
      cursor.expect('(');
      const count = Number(cursor.expectKind('integer', 'an integer').text);
      cursor.expect(')');
      if (count === 0) throw TraceqlError.meaning({ start, end: cursor.lastEnd }, `${kind}() takes a number greater than 0`);
      stages.push({ kind, count, start, end: cursor.lastEnd });
    } else return stages;
  }
}
