/** Narrowing a query from what its lines show: by a field, a level, a template. Queries beyond the search keep their own text. */

import { type LogqlExpression, type LogSelection, parseLogql, printLogql } from '@atalaya/lang';

import { type Level, LEVEL_LABEL, levelValues } from './levels.ts';
import { buildLogql, type LogSearch, readSearch, toggleLabel, toggleLevel } from './search.ts';

/** Where a field of a line comes from: its stream, its own attributes, or its text by a parser. */
export type FieldOrigin = 'stream' | 'metadata' | 'parsed';

/** A field of a line with its value. */
export interface FieldValue {
  readonly name: string;
  readonly value: string;
  readonly origin: FieldOrigin;
  /** The parser that takes the field out of the text. */
  readonly parser?: 'json' | 'logfmt' | undefined;
}

/** The part of an expression that selects lines; of several the first. */
function selectionOf(expression: LogqlExpression): LogSelection | undefined {
  switch (expression.kind) {
    case 'logs':
      return expression;
    case 'range':
      return expression.logs;
    case 'aggregation':
    case 'label_replace':
      return selectionOf(expression.expression);
    case 'binary':
      return selectionOf(expression.left) ?? selectionOf(expression.right);
    case 'number':
    case 'vector':
      return undefined;
  }
}

/** The text that selects the lines of a query, whatever is computed from them; `undefined` for texts that are no LogQL. */
export function lineSelection(query: string): string | undefined {
  try {
    const found = selectionOf(parseLogql(query));
    return found && printLogql(found);
  } catch {
    return undefined;
  }
}

/** The stream selector of a query's lines. */
export function streamSelector(query: string): string | undefined {
  const selection = lineSelection(query);
  return selection?.slice(0, closingBrace(selection) + 1);
}

function closingBrace(text: string): number {
  let at = text.indexOf('{') + 1;
  while (at < text.length && text[at] !== '}') {
    const string = /^(?:"(?:[^"\\]|\\.)*"|`[^`]*`)/.exec(text.slice(at))?.[0];
    at += string?.length ?? 1;
  }
  return at;
}

/** Changes the search that a query is, or puts text into one that is more than a search. */
function changed(
  query: string,
  bySearch: (search: LogSearch) => LogSearch,
  byText: (selection: string, whole: LogSelection) => string,
): string {
  const read = readSearch(query);
  if (read.kind === 'search') return buildLogql(bySearch(read.search));
  if (read.kind === 'wrong') return query;
  const whole = selectionOf(parseLogql(query));
  if (whole === undefined) return query;
  // A range may stand among what the selection covers: its text ends with its last stage.
  const end = whole.stages.at(-1)?.end ?? whole.start + closingBrace(query.slice(whole.start)) + 1;
  return query.slice(0, whole.start) + byText(query.slice(whole.start, end), whole) + query.slice(end);
}

/** The query for lines that have the field's value, or (`without`) do not. */
export function withField(query: string, field: FieldValue, without: boolean): string {
  const { name, value, origin, parser } = field;
  const operator = without ? '!=' : '=';
  const test = `${name}${operator}${JSON.stringify(value)}`;
  return changed(
    query,
    (search) => {
      if (origin === 'stream') return selected(search, name, value, without);
      const parsed = origin === 'parsed';
      const fields = search.fields.filter((other) => other.name !== name || other.value !== value);
      return {
        ...search,
        parser: parsed ? (search.parser ?? parser) : search.parser,
        fields: [...fields, { name, value, without, parsed }],
      };
    },
    (selection, { matchers, stages }) => {
      if (origin === 'stream') {
        const at = closingBrace(selection);
        const comma = matchers.length === 0 || /,\s*$/.test(selection.slice(0, at)) ? '' : ', ';
        return `${selection.slice(0, at)}${comma}${test}${selection.slice(at)}`;
      }
      const missing = origin === 'parsed' && parser !== undefined && !stages.some(({ kind }) => kind === parser);
      return `${selection}${missing ? ` | ${parser}` : ''} | ${test}`;
    },
  );
}

function selected(search: LogSearch, name: string, value: string, without: boolean): LogSearch {
  const has = search.labels.some((label) => label.name === name && label.without === without && label.values.includes(value));
  if (has) return search;
  // Chosen from a line, exactly this value is wanted, not this one too.
  const others = without ? search.labels : search.labels.filter((label) => label.name !== name || label.without);
  return toggleLabel({ ...search, labels: others }, name, value, without);
}

/** The query for lines of a level; in a search asked again for the same level, it lets go of it. */
export function withLevel(query: string, level: Level): string {
  const values = levelValues(level);
  const test = values.length === 1 ? `="${level}"` : `=~"${values.join('|')}"`;
  return changed(
    query,
    (search) => toggleLevel(search, level),
    (selection) => `${selection} | ${LEVEL_LABEL}${test}`,
  );
}

/** The query for lines that look like a template, or (`without`) do not. */
export function withPattern(query: string, pattern: string, without: boolean): string {
  const filter = `${without ? '!>' : '|>'} ${JSON.stringify(pattern)}`;
  return changed(
    query,
    (search) => ({ ...search, patterns: [...search.patterns.filter((other) => other.pattern !== pattern), { pattern, without }] }),
    // Behind the selector: stages may change the text that templates are of.
    (selection) => {
      const at = closingBrace(selection) + 1;
      return `${selection.slice(0, at)} ${filter}${selection.slice(at)}`;
    },
  );
}

/** Words that a query looks for, to be marked in its lines; expressions as they are written. */
export function soughtIn(query: string): { text: string; ignoreCase: boolean }[] {
  let selection: LogSelection | undefined;
  try {
    selection = selectionOf(parseLogql(query));
  } catch {
    return [];
  }
  return (selection?.stages ?? []).flatMap((stage) => {
    if (stage.kind !== 'line-filter') return [];
    if (stage.operator === '|=') return stage.alternatives.filter(({ ip }) => !ip).map(({ value }) => ({ text: value, ignoreCase: false }));
    if (stage.operator !== '|~') return [];
    // Of an expression only a plain text, with or without case, can be marked safely and fast.
    return stage.alternatives.flatMap(({ value }) => {
      const ignoreCase = value.startsWith('(?i)');
      const rest = ignoreCase ? value.slice(4) : value;
      const text = rest.replaceAll(/\\([\\^$.*+?()[\]{}|])/g, '$1');
      const plain = text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`) === rest;
      return plain && text !== '' ? [{ text, ignoreCase }] : [];
    });
  });
}
