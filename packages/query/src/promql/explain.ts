/** Explanations: a query is run for real, and its plan is told with what every part of it took. */

import { childrenOf, type Expression, withoutParentheses } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, type Clock, type ExplainedNode, type Explanation } from '@atalaya/model';
import type { SampleReader } from '../reader.ts';
import type { QueryAnswer } from './answer.ts';
import { encodeAnswer } from './encode.ts';
import { PlanRecorder, type ReadRecord } from './plan-recorder.ts';
import { type Question, runQuestion } from './run.ts';

/** Longest piece of a query that a summary shows. */
const SUMMARY_CHARACTERS = 120;

/**
 * Runs a question and explains it. A failure becomes part of the explanation, except that nobody waits for it any more.
 * `startedAt` is when its text began to be parsed, as the clock's monotonic time; `cached` steps could have been taken from the cache.
 */
export async function explainQuestion(
  question: Question,
  reader: SampleReader,
  clock: Clock,
  { startedAt, waitedMs, cached }: { readonly startedAt: number; readonly waitedMs: number; readonly cached: number },
  signal: CancelSignal,
): Promise<Explanation> {
  const recorder = new PlanRecorder(clock);
  let answer: QueryAnswer | undefined;
  let failure: AtalayaError | undefined;
  let encodeMs = 0;
  let resultBytes = 0;
  try {
    answer = await runQuestion(question, recorder.watching(reader), clock, startedAt, signal, recorder);
    const encoding = clock.monotonic();
    resultBytes = encodeAnswer(answer).length;
    encodeMs = clock.monotonic() - encoding;
  } catch (error) {
    if (!(error instanceof AtalayaError)) throw error;
    failure = error;
    if (failure.code === 'QUERY_CANCELED' || failure.code === 'INTERNAL') throw error;
  }
  const milliseconds = clock.monotonic() - startedAt;
  const { query, kind, expression, steps, limits } = question;
  const { reads } = recorder;
  const total = (count: (read: ReadRecord) => number): number => reads.reduce((sum, read) => sum + count(read), 0);
  const samplesRead = total(({ samples }) => samples);
  const timings = answer?.stats.timings;
  const phases: Explanation['phases'] = [
    { name: 'queue', milliseconds: rounded(waitedMs) },
    { name: 'parse', milliseconds: rounded(timings?.parse ?? 0) },
    { name: 'read', milliseconds: rounded(timings?.read ?? Math.max(0, ...reads.map(({ ms }) => ms))) },
    { name: 'evaluate', milliseconds: rounded(timings?.evaluate ?? evaluationMs(recorder)) },
    { name: 'encode', milliseconds: rounded(encodeMs) },
  ];
  return {
    query,
    kind,
    plan: explainNode(expression, recorder, query, undefined),
    phases,
    totals: {
      seriesRead: total(({ series }) => series),
      samplesRead,
      samplesInMemory: total(({ samplesInMemory }) => samplesInMemory),
      rowsFromDisk: total(({ rowsFromDisk }) => rowsFromDisk),
      resultSeries: sizeOf(answer).series,
      resultPoints: sizeOf(answer).points,
      resultBytes,
      peakBytes: recorder.budget?.peak ?? 0,
      milliseconds: rounded(milliseconds),
    },
    limits: [
      { setting: 'query.series', used: Math.max(0, ...reads.map(({ series }) => series)), limit: limits.series },
      { setting: 'query.samples', used: samplesRead, limit: limits.samples },
      { setting: 'query.points', used: steps.count, limit: limits.points },
      ...(limits.memoryBytes === undefined
        ? []
        : [{ setting: 'query.memory', used: recorder.budget?.peak ?? 0, limit: limits.memoryBytes }]),
      ...(limits.answerBytes === undefined ? [] : [{ setting: 'query.answer', used: resultBytes, limit: limits.answerBytes }]),
      { setting: 'query.timeout', used: rounded(milliseconds), limit: limits.timeMs },
    ],
    cachedSteps: { cached, all: steps.count },
    ...(failure === undefined ? {} : { error: { code: failure.code, message: failure.message } }),
    warnings: [...(answer?.warnings ?? [])],
    infos: [...(answer?.infos ?? [])],
  };
}

function explainNode(expression: Expression, recorder: PlanRecorder, text: string, parent: Expression | undefined): ExplainedNode {
  const node = withoutParentheses(expression);
  const record = recorder.nodes.get(node);
  const reading = node.kind === 'matrix' ? node.selector : node;
  const read = recorder.readOf(reading);
  const estimate = recorder.estimates.get(reading);
  const children = node.kind === 'matrix' ? [] : childrenOf(node);
  return {
    operation: OPERATIONS[node.kind],
    summary: summaryOf(node, text),
    start: node.start,
    end: node.end,
    evaluations: record?.evaluations ?? 0,
    steps: record === undefined ? 0 : record.once ? record.evaluations : record.steps,
    series: record?.series ?? 0,
    points: record?.points ?? 0,
    milliseconds: rounded(record?.ownMs ?? 0),
    ...(read?.finished === true ? { read: explainRead(read) } : {}),
    ...(estimate === undefined ? {} : { estimate }),
    notes: notesOf(node, recorder, read, parent),
    children: children.map((child) => explainNode(child, recorder, text, node)),
  };
}

const OPERATIONS: Readonly<Record<Expression['kind'], string>> = {
  number: 'number',
  string: 'text',
  parentheses: 'parentheses',
  selector: 'select',
  matrix: 'select',
  subquery: 'subquery',
  unary: 'unary',
  binary: 'binary',
  aggregation: 'aggregate',
  call: 'call',
};

/** What a node is, without its children where it has some. */
function summaryOf(node: Expression, text: string): string {
  switch (node.kind) {
    case 'call':
      return node.name;
    case 'aggregation': {
      const labels = node.grouping.join(', ');
      if (node.without) return `${node.operator} without (${labels})`;
      return node.grouping.length === 0 ? node.operator : `${node.operator} by (${labels})`;
    }
    case 'unary':
      return node.operator;
    case 'binary': {
      const { matching } = node;
      const words: string[] = [node.operator];
      if (node.returnBool) words.push('bool');
      if (matching !== undefined && (matching.on || matching.labels.length > 0)) {
        words.push(`${matching.on ? 'on' : 'ignoring'} (${matching.labels.join(', ')})`);
      }
      if (matching !== undefined && matching.cardinality !== 'one-to-one') {
        words.push(`${matching.cardinality === 'many-to-one' ? 'group_left' : 'group_right'} (${matching.include.join(', ')})`);
      }
      return words.join(' ');
    }
    case 'subquery':
      return shortened(text.slice(node.expression.end, node.end).trim());
    case 'number':
    case 'string':
    case 'selector':
    case 'matrix':
    case 'parentheses':
      return shortened(text.slice(node.start, node.end));
  }
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= SUMMARY_CHARACTERS ? line : `${line.slice(0, SUMMARY_CHARACTERS - 1)}…`;
}

function notesOf(node: Expression, recorder: PlanRecorder, read: ReadRecord | undefined, parent: Expression | undefined): string[] {
  const notes: string[] = [];
  const record = recorder.nodes.get(node);
  if (record?.once === true) notes.push('evaluated once: does not depend on the time');
  const pinned = node.kind === 'matrix' ? node.selector.at : node.kind === 'selector' || node.kind === 'subquery' ? node.at : undefined;
  if (pinned !== undefined) notes.push('pinned by @: the same samples at every step');
  if (read !== undefined && read.users > 1) notes.push('its read is shared with an equal selection');
  if (read !== undefined && !read.finished) notes.push('was not read');
  if (record !== undefined && !record.finished) notes.push('did not finish');
  const literal = node.kind === 'number' || node.kind === 'string';
  if (record === undefined && !literal && parent !== undefined && recorder.nodes.has(parent))
    notes.push('computed together with its parent');
  return notes;
}

function explainRead({ request, series, samples, samplesInMemory, rowsFromDisk, ms }: ReadRecord): NonNullable<ExplainedNode['read']> {
  return { from: request.start, to: request.end, series, samples, samplesInMemory, rowsFromDisk, milliseconds: rounded(ms) };
}

function sizeOf(answer: QueryAnswer | undefined): { series: number; points: number } {
  switch (answer?.result.resultType) {
    case 'vector':
    case 'matrix':
      return { series: answer.result.labels.length, points: answer.result.values.length };
    case 'scalar':
    case 'string':
      return { series: 0, points: 1 };
    case undefined:
      return { series: 0, points: 0 };
  }
}

function evaluationMs({ nodes }: PlanRecorder): number {
  let sum = 0;
  for (const { ownMs } of nodes.values()) sum += ownMs;
  return sum;
}

/** To the microsecond. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
