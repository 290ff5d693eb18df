/** Stages of a LogQL pipeline: line filters, parsers, conditions, formatting, choosing of labels. */

import { compilePattern } from '@atalaya/model';
import type {
  FieldPath,
  JsonParser,
  LabelAssignment,
  LabelChoice,
  LabelFilter,
  LineFilter,
  LineMatch,
  LineOperator,
  LogfmtParser,
  PathStep,
  Stage,
  Unwrap,
} from './ast.ts';
import { matchOperatorAt, readCondition, readIp, readMatchValue } from './conditions.ts';
import type { LogqlCursor } from './cursor.ts';
import { LogqlError } from './error.ts';
import type { LogqlToken } from './lexer.ts';
import type { Template } from '../template/ast.ts';
import { parseTemplate } from '../template/parser.ts';
import { readCapturePattern, readGroupNames, readJsonPath, readLinePattern, readLogfmtKey } from './patterns.ts';
import { LOGQL_TEMPLATE_FUNCTIONS } from './template-functions.ts';

const LINE_OPERATORS: ReadonlySet<string> = new Set<LineOperator>(['|=', '!=', '|~', '!~', '|>', '!>']);

/** Reads as many stages as there are; stops before an `unwrap`. */
export function readStages(cursor: LogqlCursor): Stage[] {
  const stages: Stage[] = [];
  for (;;) {
    if (cursor.token.kind === 'symbol' && LINE_OPERATORS.has(cursor.token.text)) stages.push(readLineFilter(cursor));
    else if (cursor.is('|') && cursor.next.text !== 'unwrap') stages.push(readPipeStage(cursor));
    else return stages;
  }
}

function readLineFilter(cursor: LogqlCursor): LineFilter {
  const { text, start } = cursor.take();
  const operator = text as LineOperator;
  const alternatives = [readLineMatch(cursor, operator)];
  while (cursor.accept('or')) alternatives.push(readLineMatch(cursor, operator));
  return { kind: 'line-filter', operator, alternatives, start, end: cursor.lastEnd };
}

function readLineMatch(cursor: LogqlCursor, operator: LineOperator): LineMatch {
  const { token } = cursor;
  if (cursor.is('ip')) {
    const value = readIp(cursor);
    if (operator !== '|=' && operator !== '!=') throw LogqlError.stage(token.start, cursor.lastEnd, 'ip: invalid operation');
    return { value, ip: true };
  }
  const { value } = cursor.expectKind('string');
  if (operator === '|~' || operator === '!~') building(token, () => compilePattern(value));
  if (operator === '|>' || operator === '!>') building(token, () => readLinePattern(value));
  return { value, ip: false };
}

/** Runs what may find a string's content broken, and says where it stands. */
function building<T>({ start, end }: LogqlToken, build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw LogqlError.stage(start, end, (error as Error).message);
  }
}

function readPipeStage(cursor: LogqlCursor): Stage {
  const { start } = cursor.expect('|');
  const stage = readStage(cursor);
  return { ...stage, start, end: cursor.lastEnd };
}

type Unplaced<T> = T extends unknown ? Omit<T, 'start' | 'end'> : never;

function readStage(cursor: LogqlCursor): Unplaced<Stage> {
  const { token } = cursor;
  if (token.kind === 'identifier' || cursor.is('(')) return { kind: 'label-filter', condition: readCondition(cursor) };
  if (token.kind !== 'word') throw cursor.unexpected();
  switch (token.text) {
    case 'json':
      return readJson(cursor);
    case 'logfmt':
      return readLogfmt(cursor);
    case 'regexp': {
      cursor.take();
      const expression = cursor.expectKind('string');
      building(expression, () => {
        compilePattern(expression.value);
        readGroupNames(expression.value);
      });
      return { kind: 'regexp', expression: expression.value };
    }
    case 'pattern': {
      cursor.take();
      const pattern = cursor.expectKind('string');
      return { kind: 'pattern', pattern: pattern.value, parts: building(pattern, () => readCapturePattern(pattern.value)) };
    }
    case 'unpack':
    case 'decolorize':
      cursor.take();
      return { kind: token.text };
    case 'line_format': {
      cursor.take();
      const template = cursor.expectKind('string');
      return { kind: 'line_format', template: building(template, () => readTemplate('line', template.value, 'invalid line template')) };
    }
    case 'label_format':
      cursor.take();
      return { kind: 'label_format', assignments: readAssignments(cursor) };
    case 'drop':
    case 'keep':
      cursor.take();
      return { kind: token.text, labels: readList(cursor, () => readChoice(cursor)) };
    default:
      throw cursor.unexpected();
  }
}

/** @throws RangeError that begins with what is wrong. */
function readTemplate(name: string, text: string, wrong: string): Template {
  try {
    return parseTemplate(name, text, LOGQL_TEMPLATE_FUNCTIONS);
  } catch (error) {
    throw new RangeError(`${wrong}: ${(error as Error).message}`, { cause: error });
  }
}

function readList<T>(cursor: LogqlCursor, readItem: () => T): T[] {
  const items = [readItem()];
  while (cursor.accept(',')) items.push(readItem());
  return items;
}

function readJson(cursor: LogqlCursor): Unplaced<JsonParser> {
  cursor.take();
  return { kind: 'json', fields: readFields(cursor, readJsonPath) };
}

function readLogfmt(cursor: LogqlCursor): Unplaced<LogfmtParser> {
  cursor.take();
  let strict = false;
  let keepEmpty = false;
  while (cursor.token.kind === 'flag') {
    if (cursor.take().text === '--strict') strict = true;
    else keepEmpty = true;
  }
  return { kind: 'logfmt', strict, keepEmpty, fields: readFields(cursor, readLogfmtKey) };
}

function readFields(cursor: LogqlCursor, readPath: (source: string) => PathStep[]): FieldPath[] {
  if (cursor.token.kind !== 'identifier') return [];
  return readList(cursor, () => {
    const label = cursor.expectKind('identifier');
    const source = cursor.accept('=') ? cursor.expectKind('string') : label;
    return { label: label.text, source: source.value, path: building(source, () => readPath(source.value)) };
  });
}

function readAssignments(cursor: LogqlCursor): LabelAssignment[] {
  const seen = new Set<string>();
  return readList(cursor, () => {
    const label = cursor.expectKind('identifier');
    cursor.expect('=');
    const { token } = cursor;
    if (token.kind !== 'string' && token.kind !== 'identifier') throw cursor.unexpected('STRING', 'IDENTIFIER');
    cursor.take();
    if (label.text === '__error__') throw LogqlError.stage(label.start, cursor.lastEnd, `${label.text} cannot be formatted`);
    if (seen.has(label.text)) {
      throw LogqlError.stage(label.start, cursor.lastEnd, `multiple label name '${label.text}' not allowed in a single format operation`);
    }
    seen.add(label.text);
    if (token.kind === 'identifier') return { label: label.text, value: { kind: 'label', name: token.text } };
    const template = building(token, () => readTemplate('label', token.value, `invalid template for label '${label.text}'`));
    return { label: label.text, value: { kind: 'template', template } };
  });
}

function readChoice(cursor: LogqlCursor): LabelChoice {
  const label = cursor.expectKind('identifier').text;
  const operator = matchOperatorAt(cursor);
  if (operator === undefined) return { label, matcher: undefined };
  cursor.take();
  return { label, matcher: readMatchValue(cursor, label, operator) };
}

const CONVERSIONS = ['bytes', 'duration', 'duration_seconds'] as const;

/** Reads `| unwrap x`, and the conditions on labels after it, where that stands here. */
export function readUnwrap(cursor: LogqlCursor): Unwrap | undefined {
  const { start } = cursor.token;
  if (!cursor.is('|') || cursor.next.text !== 'unwrap') return undefined;
  cursor.take();
  cursor.take();
  const conversion = CONVERSIONS.find((name) => cursor.is(name));
  if (conversion !== undefined) {
    cursor.take();
    cursor.expect('(');
  }
  const label = cursor.expectKind('identifier').text;
  if (conversion !== undefined) cursor.expect(')');
  const conditions: LabelFilter[] = [];
  while (cursor.is('|')) {
    const stage = readPipeStage(cursor);
    if (stage.kind !== 'label-filter') {
      throw LogqlError.syntax(cursor.text, stage.start, stage.end, 'syntax error: only conditions on labels may follow unwrap');
    }
    conditions.push(stage);
  }
  return { label, conversion, conditions, start, end: cursor.lastEnd };
}
