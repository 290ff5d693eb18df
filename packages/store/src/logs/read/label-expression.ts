/**
 * Labels of a line that are not labels of its stream, as SQL expressions: the mapping is that of `otlp-log-labels.ts` in room `model`. A label of
 * the stream goes before an attribute of that name, which is then called `NAME_extracted`.
 */

import { OTLP_INDEX_ATTRIBUTES } from '@atalaya/model';
import { fragment, joined, sql, type Sql } from '../../sql.ts';
import type { Streams } from '../streams.ts';
import { type ChosenStreams, ofStreams, withLabel } from './chosen-streams.ts';

/** What the fields of OTLP are called, and what they are; an empty text where there is none. */
const FIELDS: Readonly<Record<string, Sql>> = {
  severity_text: sql`CAST(SeverityText, 'String')`,
  severity_number: sql`if(SeverityNumber = 0, '', toString(SeverityNumber))`,
  trace_id: sql`TraceId`,
  span_id: sql`SpanId`,
  flags: sql`if(TraceFlags = 0, '', toString(TraceFlags))`,
};

const SCOPE_FIELDS: Readonly<Record<string, Sql>> = {
  scope_name: sql`ScopeName`,
  scope_version: sql`CAST(ScopeVersion, 'String')`,
};

/**
 * The value of a line's label, but for what its stream says: the empty text where it has no such label. `otlp` tells whether lines that came
 * by OTLP may be among those that are asked about.
 */
function lineLabel(name: string, otlp: boolean): Sql {
  if (name === 'detected_level') return sql`toString(DetectedLevel)`;
  const attribute = attributeValue(sql`LogAttributes`, name);
  if (!otlp) return attribute;
  const candidates = [
    ...own(FIELDS, name).map((field) => sql`if(IsOtlp, ${fragment(field)}, '')`),
    attribute,
    ...own(SCOPE_FIELDS, name),
    attributeValue(sql`ScopeAttributes`, name),
    attributeValue(sql`ResourceAttributes`, name, OTLP_INDEX_ATTRIBUTES),
  ];
  return firstOf(candidates);
}

const EXTRACTED = '_extracted';

/** The same for lines of these streams, as far as they have no such label: attributes that go by another name because of the stream count, too. */
export function lineLabelIn(name: string, streams: Streams, chosen: ChosenStreams): Sql {
  const plain = lineLabel(name, chosen.otlp);
  if (!name.endsWith(EXTRACTED)) return plain;
  const base = name.slice(0, -EXTRACTED.length);
  const having = withLabel(streams, chosen.slots, base);
  if (having.length === 0) return plain;
  const extracted = firstOf([lineLabel(base, chosen.otlp), plain]);
  return sql`if(${fragment(ofStreams(streams, having))}, ${fragment(extracted)}, ${fragment(plain)})`;
}

function own(fields: Readonly<Record<string, Sql>>, name: string): Sql[] {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return field === undefined ? [] : [field];
}

/** The first that is not empty. */
function firstOf(candidates: readonly Sql[]): Sql {
  const [first, ...rest] = candidates;
  if (first === undefined) return sql`''`;
  return rest.length === 0 ? first : sql`if(${fragment(first)} != '', ${fragment(first)}, ${fragment(firstOf(rest))})`;
}

/** The value of the attribute that is called so when its name is made valid. */
function attributeValue(map: Sql, label: string, except: ReadonlySet<string> = new Set()): Sql {
  const pattern = attributePattern(label);
  if (pattern === undefined) return sql`''`;
  const of = fragment(map);
  if (typeof pattern === 'string') return except.has(pattern) ? sql`''` : sql`${of}[${pattern}]`;
  const fits = sql`match(k, ${pattern.expression})`;
  const excluded = Array.from(except, (name) => sql`${name}`);
  const wanted = excluded.length === 0 ? fits : sql`${fragment(fits)} AND k NOT IN (${joined(excluded, ', ')})`;
  return sql`${of}[arrayLast(k -> ${fragment(wanted)}, mapKeys(${of}))]`;
}

/**
 * Which attributes `otlpLabelName` gives this name: one by its name, or those that match an anchored expression; `undefined` when none does.
 */
export function attributePattern(label: string): string | { readonly expression: string } | undefined {
  // Names that are never made: empty, with other characters, beginning with a digit or with one underscore.
  if (!/^\w+$/.test(label) || /^(?:\d|_(?!_))/.test(label)) return undefined;
  if (!label.includes('_')) return label;
  // Each underscore was one, or any one character that is none of a name.
  const body = (text: string): string => text.replaceAll('_', '[^a-zA-Z0-9]');
  const forms = [body(label)];
  // `key` was put before a name that began with one underscore, `key_` before one that began with a digit.
  if (/^key_[^_]/.test(label)) forms.push(body(label.slice(3)));
  if (/^key_\d/.test(label)) forms.push(body(label.slice(4)));
  return { expression: `^(?s:${forms.join('|')})$` };
}
