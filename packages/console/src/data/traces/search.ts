/** The search without TraceQL: what its controls say, the TraceQL that it makes, and the controls that a TraceQL is. */

import { quote, scanTraceql, stringValue, type TraceqlWord } from './traceql-words.ts';

/** How a field is compared. */
export type Operator = '=' | '!=' | '=~' | '!~' | '>' | '>=' | '<' | '<=';

/** All operators, in the order of their menu. */
export const OPERATORS: readonly Operator[] = ['=', '!=', '=~', '!~', '>', '>=', '<', '<='];

/** A condition on an attribute or an intrinsic. */
export interface Condition {
  /** As TraceQL writes it: `span.http.method`, `.region`, `kind`. */
  readonly field: string;
  readonly operator: Operator;
  /** As TraceQL writes it: `"GET"`, `500`, `true`, `server`. */
  readonly literal: string;
}

/** Least and largest of a duration as TraceQL writes it, `150ms`; empty where there is no bound. */
export interface Bounds {
  readonly least: string;
  readonly most: string;
}

/** What the controls say. All of it has to hold for one span. */
export interface TraceSearch {
  readonly service: string;
  readonly operation: string;
  readonly errors: boolean;
  readonly span: Bounds;
  readonly trace: Bounds;
  readonly conditions: readonly Condition[];
}

const UNBOUND: Bounds = { least: '', most: '' };

/** Nothing is asked for in particular. */
export const EVERY_TRACE: TraceSearch = { service: '', operation: '', errors: false, span: UNBOUND, trace: UNBOUND, conditions: [] };

/** The TraceQL of a search. */
export function buildTraceql({ service, operation, errors, span, trace, conditions }: TraceSearch): string {
  const parts = [
    ...(service === '' ? [] : [`resource.service.name = ${quote(service)}`]),
    ...(operation === '' ? [] : [`name = ${quote(operation)}`]),
    ...(errors ? ['status = error'] : []),
    ...boundParts('duration', span),
    ...boundParts('traceDuration', trace),
    ...conditions.map(({ field, operator, literal }) => `${field} ${operator} ${literal}`),
  ];
  return parts.length === 0 ? '{}' : `{ ${parts.join(' && ')} }`;
}

function boundParts(field: string, { least, most }: Bounds): string[] {
  return [...(least === '' ? [] : [`${field} >= ${least}`]), ...(most === '' ? [] : [`${field} <= ${most}`])];
}

/** What a TraceQL is to the page. */
export type ReadTraceql =
  /** What the controls can say. */
  | { readonly kind: 'search'; readonly search: TraceSearch }
  /** Spans, in a way that the controls cannot say. */
  | { readonly kind: 'spans' }
  /** Numbers over time. */
  | { readonly kind: 'numbers' };

/** Functions that make numbers over time of spans. */
export const METRIC_FUNCTIONS = [
  'rate',
  'count_over_time',
  'sum_over_time',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'quantile_over_time',
  'histogram_over_time',
  'compare',
] as const;

/** Reads a TraceQL, as far as the page must know it. Whether it is right is for the parser. */
export function readTraceql(text: string): ReadTraceql {
  const words = scanTraceql(text);
  if (words.some(({ text: word }, at) => (METRIC_FUNCTIONS as readonly string[]).includes(word) && words[at - 1]?.text === '|')) {
    return { kind: 'numbers' };
  }
  const search = readSelector(words);
  return search === undefined ? { kind: 'spans' } : { kind: 'search', search };
}

/** The controls that one spanset of comparisons with "and" between them is; `undefined` when it is more than that. */
function readSelector(words: readonly TraceqlWord[]): TraceSearch | undefined {
  if (words[0]?.text !== '{' || words.at(-1)?.text !== '}') return undefined;
  const inner = words.slice(1, -1);
  let search = EVERY_TRACE;
  for (let at = 0; at < inner.length; at += 4) {
    const [field, operator, value, and] = [inner[at], inner[at + 1], inner[at + 2], inner[at + 3]];
    if (field === undefined || operator === undefined || value === undefined) return undefined;
    if ((field.kind !== 'attribute' && field.kind !== 'name') || value.kind === 'symbol' || value.kind === 'attribute') return undefined;
    if (!(OPERATORS as readonly string[]).includes(operator.text)) return undefined;
    if (and !== undefined && (and.text !== '&&' || at + 4 >= inner.length)) return undefined;
    search = withCondition(search, { field: field.text, operator: operator.text as Operator, literal: value.text });
  }
  return search;
}

const SERVICE_FIELDS = new Set(['resource.service.name', '.service.name']);
const NAME_FIELDS = new Set(['name', 'span:name']);
const DURATIONS: Readonly<Record<string, 'span' | 'trace'>> = {
  duration: 'span',
  'span:duration': 'span',
  traceDuration: 'trace',
  'trace:duration': 'trace',
};

/** Adds a condition, in the control that is made for it where there is one that is free. */
export function withCondition(search: TraceSearch, condition: Condition): TraceSearch {
  const { field, operator, literal } = condition;
  const text = /^["`]/.test(literal) ? stringValue(literal) : undefined;
  if (operator === '=' && text !== undefined && text !== '') {
    if (SERVICE_FIELDS.has(field) && search.service === '') return { ...search, service: text };
    if (NAME_FIELDS.has(field) && search.operation === '') return { ...search, operation: text };
  }
  if ((field === 'status' || field === 'span:status') && operator === '=' && literal === 'error') return { ...search, errors: true };
  const bounds = Object.hasOwn(DURATIONS, field) ? (DURATIONS[field] as 'span' | 'trace') : undefined;
  if (bounds !== undefined && parseTraceqlDuration(literal) !== undefined) {
    if (operator === '>=' && search[bounds].least === '') return { ...search, [bounds]: { ...search[bounds], least: literal } };
    if (operator === '<=' && search[bounds].most === '') return { ...search, [bounds]: { ...search[bounds], most: literal } };
  }
  return { ...search, conditions: [...search.conditions, condition] };
}

/** A span's attribute as a condition: the value keeps its type. `undefined` for what TraceQL cannot compare. */
export function attributeCondition(
  scope: string,
  key: string,
  type: string,
  value: string,
  operator: Operator = '=',
): Condition | undefined {
  if (type === 'array' || type === 'map' || type === 'bytes' || type === 'empty') return undefined;
  return { field: `${scope}.${attributeName(key)}`, operator, literal: type === 'string' ? quote(value) : value };
}

/** An attribute's name behind its scope: quoted when it holds what TraceQL would read as something else. */
export function attributeName(key: string): string {
  return /^[^\s{}()=~!<>&|^,"`]+$/.test(key) ? key : quote(key);
}

/** What was typed as a name, as a field: names without a scope are looked for in spans and resources alike. */
export function typedField(typed: string, intrinsics: readonly string[]): string {
  const name = typed.trim();
  if (name === '' || name.startsWith('.') || intrinsics.includes(name)) return name;
  return /^(?:span|resource|event|link|instrumentation|parent)\./.test(name) || /^[a-z]+:[a-zA-Z]+$/.test(name)
    ? name
    : `.${attributeName(name)}`;
}

/** What was typed as a value, as a literal: numbers, durations and the words that TraceQL knows as they are, all else as a text. */
export function typedLiteral(typed: string, operator: Operator, field: string): string {
  const text = typed.trim();
  if (/^"(?:[^"\\]|\\.)*"$/.test(text)) return text;
  const name = field.replace(/^span:/, '');
  if (operator !== '=~' && operator !== '!~') {
    if (name === 'kind' || name === 'status') return text.toLowerCase();
    if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || text === 'true' || text === 'false') return text;
    if (/duration$/i.test(name) && parseTraceqlDuration(text) !== undefined) return text;
  }
  return quote(text);
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Nanoseconds of a duration as TraceQL writes it; `undefined` when it is none. */
export function parseTraceqlDuration(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|h)/gy)];
  if (parts.length === 0 || parts.reduce((length, [whole]) => length + whole.length, 0) !== text.trim().length) return undefined;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit as string] as number), 0);
}

/** A typed duration as a literal: a plain number means milliseconds. `undefined` when it is none. */
export function typedDuration(text: string): string | undefined {
  const trimmed = text.trim().replaceAll(/\s+/g, '').replace(',', '.');
  if (trimmed === '') return '';
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return `${trimmed}ms`;
  return parseTraceqlDuration(trimmed) === undefined ? undefined : trimmed;
}

/** Nanoseconds as a duration that TraceQL reads, to about three digits. */
export function durationLiteral(nanoseconds: number): string {
  const [unit, size] = (
    [
      ['s', 1e9],
      ['ms', 1e6],
      ['us', 1e3],
      ['ns', 1],
    ] as const
  ).find(([, least]) => nanoseconds >= least) ?? ['ns', 1];
  return `${Number((nanoseconds / size).toPrecision(3))}${unit}`;
}
