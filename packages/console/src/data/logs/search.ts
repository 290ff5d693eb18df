/** The search without LogQL: what it can say, the LogQL that it makes, and whether a LogQL text can be said that way. */

import { type LabelCondition, LogqlError, type LogqlExpression, parseLogql, type Stage } from '@atalaya/lang';
import type { Matcher } from '@atalaya/model';

import { type Level, LEVEL_LABEL, LEVELS, levelValues } from './levels.ts';
import { readWords, type SearchWord, writeWords } from './search-words.ts';

/** Values that a stream label must have one of, or none of. */
export interface LabelChoice {
  readonly name: string;
  readonly without: boolean;
  readonly values: readonly string[];
}

/** A field of the lines that must have a value, or must not. */
export interface FieldChoice {
  readonly name: string;
  readonly without: boolean;
  readonly value: string;
  /** It comes out of the text: a parser runs before. */
  readonly parsed: boolean;
}

/** Lines that look like a template, or that do not. */
export interface PatternChoice {
  readonly pattern: string;
  readonly without: boolean;
}

/** A search as the page's controls hold it. */
export interface LogSearch {
  readonly labels: readonly LabelChoice[];
  readonly words: readonly SearchWord[];
  readonly ignoreCase: boolean;
  readonly patterns: readonly PatternChoice[];
  /** None means all. */
  readonly levels: readonly Level[];
  readonly parser: 'json' | 'logfmt' | undefined;
  readonly fields: readonly FieldChoice[];
}

/** All lines. */
export const EVERYTHING: LogSearch = {
  labels: [],
  words: [],
  ignoreCase: false,
  patterns: [],
  levels: [],
  parser: undefined,
  fields: [],
};

/** Every stream has this label; a selector must name one. */
const ALL_STREAMS = 'service_name=~".+"';

const quoted = (text: string) => JSON.stringify(text);
const literal = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** The selector of a search alone. */
export function buildSelector({ labels }: Pick<LogSearch, 'labels'>): string {
  const matchers = labels.filter(({ values }) => values.length > 0).map(choiceText);
  // What only leaves out selects nothing by itself.
  if (!labels.some(({ without, values }) => !without && values.some((value) => value !== ''))) matchers.unshift(ALL_STREAMS);
  return `{${matchers.join(', ')}}`;
}

function choiceText({ name, without, values }: LabelChoice): string {
  if (values.length === 1) return `${name}${without ? '!=' : '='}${quoted(values[0] as string)}`;
  return `${name}${without ? '!~' : '=~'}${quoted(values.map(literal).join('|'))}`;
}

/** The LogQL of a search. */
export function buildLogql(search: LogSearch): string {
  const { words, ignoreCase, patterns, levels, parser, fields } = search;
  const stages = words.map(({ text, without }) =>
    ignoreCase ? `${without ? '!~' : '|~'} ${quoted(`(?i)${literal(text)}`)}` : `${without ? '!=' : '|='} ${quoted(text)}`,
  );
  for (const { pattern, without } of patterns) stages.push(`${without ? '!>' : '|>'} ${quoted(pattern)}`);
  const values = LEVELS.filter((level) => levels.includes(level)).flatMap(levelValues);
  if (values.length > 0) stages.push(`| ${choiceText({ name: LEVEL_LABEL, without: false, values })}`);
  const condition = ({ name, without, value }: FieldChoice) => `| ${name}${without ? '!=' : '='}${quoted(value)}`;
  stages.push(...fields.filter(({ parsed }) => !parsed).map(condition));
  if (parser !== undefined) stages.push(`| ${parser}`);
  stages.push(...fields.filter(({ parsed }) => parsed).map(condition));
  return [buildSelector(search), ...stages].join(' ');
}

/** What a LogQL text is, as seen from the search. */
export type ReadSearch =
  /** It can be said with the search's controls. */
  | { readonly kind: 'search'; readonly search: LogSearch }
  /** It asks for lines in a way that only LogQL can. */
  | { readonly kind: 'lines' }
  /** It asks for numbers. */
  | { readonly kind: 'numbers' }
  /** It is no LogQL. */
  | { readonly kind: 'wrong'; readonly error: LogqlError };

/** Reads a LogQL text as a search, if that loses nothing. The empty text is a search for everything. */
export function readSearch(text: string): ReadSearch {
  if (text.trim() === '') return { kind: 'search', search: EVERYTHING };
  let expression: LogqlExpression;
  try {
    expression = parseLogql(text);
  } catch (error) {
    if (error instanceof LogqlError) return { kind: 'wrong', error };
    throw error;
  }
  if (expression.kind !== 'logs') return { kind: 'numbers' };
  const draft = new Draft();
  const fits = expression.matchers.every((matcher) => draft.matcher(matcher)) && expression.stages.every((stage) => draft.stage(stage));
  return fits && !draft.mixed ? { kind: 'search', search: draft.search() } : { kind: 'lines' };
}

/** Alternatives of an expression that is nothing but texts; `undefined` when it is more. */
function alternativesOf(expression: string): string[] | undefined {
  const values = expression.split(/(?<=(?:^|[^\\])(?:\\\\)*)\|/u).map((part) => part.replaceAll(/\\([\\^$.*+?()[\]{}|])/g, '$1'));
  return values.map(literal).join('|') === expression && !values.includes('') ? values : undefined;
}

/** A search while it is being read, part by part; each part says whether it can be taken. */
class Draft {
  readonly #labels: LabelChoice[] = [];
  readonly #words: (SearchWord & { readonly ignoreCase: boolean })[] = [];
  readonly #patterns: PatternChoice[] = [];
  readonly #fields: FieldChoice[] = [];
  #levels: readonly Level[] | undefined;
  #parser: LogSearch['parser'];

  matcher({ name, operator, value }: Matcher): boolean {
    if (`${name}${operator}${quoted(value)}` === ALL_STREAMS) return true;
    const values = operator === '=' || operator === '!=' ? [value] : alternativesOf(value);
    if (values === undefined || this.#labels.some((label) => label.name === name && label.without === operator.startsWith('!')))
      return false;
    this.#labels.push({ name, without: operator.startsWith('!'), values });
    return true;
  }

  stage(stage: Stage): boolean {
    switch (stage.kind) {
      case 'line-filter': {
        const [only] = stage.alternatives;
        if (only === undefined || stage.alternatives.length > 1 || only.ip || only.value === '') return false;
        return this.#line(stage.operator, only.value);
      }
      case 'json':
      case 'logfmt': {
        const options = stage.kind === 'logfmt' && (stage.strict || stage.keepEmpty);
        if (this.#parser !== undefined || stage.fields.length > 0 || options) return false;
        this.#parser = stage.kind;
        return true;
      }
      case 'label-filter':
        return this.#condition(stage.condition);
      case 'regexp':
      case 'pattern':
      case 'unpack':
      case 'decolorize':
      case 'line_format':
      case 'label_format':
      case 'drop':
      case 'keep':
        return false;
    }
  }

  #line(operator: string, value: string): boolean {
    const without = operator.startsWith('!');
    if (operator.endsWith('>')) this.#patterns.push({ pattern: value, without });
    else if (operator.endsWith('=')) this.#words.push({ text: value, without, ignoreCase: false });
    else {
      const [text, ...more] = (value.startsWith('(?i)') ? alternativesOf(value.slice(4)) : undefined) ?? [];
      if (text === undefined || more.length > 0) return false;
      this.#words.push({ text, without, ignoreCase: true });
    }
    return true;
  }

  #condition(condition: LabelCondition): boolean {
    if (condition.kind !== 'match') return false;
    const { name, operator, value } = condition.matcher;
    const without = operator.startsWith('!');
    if (name === LEVEL_LABEL && !without)
      return this.#parser === undefined && this.#level(operator === '=' ? [value] : alternativesOf(value));
    if (operator !== '=' && operator !== '!=') return false;
    this.#fields.push({ name, without, value, parsed: this.#parser !== undefined });
    return true;
  }

  #level(values: readonly string[] | undefined): boolean {
    if (values === undefined || this.#levels !== undefined) return false;
    const levels = LEVELS.filter((level) => values.includes(level));
    // Said again it must be the same values.
    if (levels.flatMap(levelValues).toSorted().join() !== values.toSorted().join()) return false;
    this.#levels = levels;
    return true;
  }

  search(): LogSearch {
    const ignoreCase = this.#words[0]?.ignoreCase ?? false;
    return {
      labels: this.#labels,
      words: this.#words.map(({ text, without }) => ({ text, without })),
      ignoreCase,
      patterns: this.#patterns,
      levels: this.#levels ?? [],
      parser: this.#parser,
      fields: this.#fields,
    };
  }

  /** Words that mind the case and words that do not cannot stand together in the search's one field. */
  get mixed(): boolean {
    return new Set(this.#words.map(({ ignoreCase }) => ignoreCase)).size > 1;
  }
}

/** The search with what was typed into its field. */
export function withWords(search: LogSearch, typed: string): LogSearch {
  return { ...search, words: readWords(typed) };
}

/** What stands in the search's field. */
export function typedWords(search: LogSearch): string {
  return writeWords(search.words);
}

/** The search with a value of a label chosen, or let go where it was chosen the same way. A value is never wanted and unwanted at once. */
export function toggleLabel(search: LogSearch, name: string, value: string, without = false): LogSearch {
  const has = search.labels.some((label) => label.name === name && label.without === without && label.values.includes(value));
  const labels = search.labels
    .map((label) => (label.name === name ? { ...label, values: label.values.filter((other) => other !== value) } : label))
    .filter(({ values }) => values.length > 0);
  if (has) return { ...search, labels };
  const same = labels.findIndex((label) => label.name === name && label.without === without);
  if (same < 0) return { ...search, labels: [...labels, { name, without, values: [value] }] };
  return { ...search, labels: labels.map((label, i) => (i === same ? { ...label, values: [...label.values, value] } : label)) };
}

/** The search with a level chosen or let go. */
export function toggleLevel(search: LogSearch, level: Level): LogSearch {
  const levels = search.levels.includes(level) ? search.levels.filter((other) => other !== level) : [...search.levels, level];
  return { ...search, levels: levels.length === LEVELS.length ? [] : levels };
}
