/** Predicates as SQL: user text gets there only as escaped literals. Each is 0 or 1 for every span. */

import type { AttributeScope, FieldValue, SpanField, SpanPredicate } from '@atalaya/model';
import { fragment, joined, sql, type Sql } from '../../sql.ts';
import { SPAN_KINDS, SPAN_STATES } from '../kinds.ts';
import {
  anyInner,
  attributeIn,
  EVENTS,
  LINKS,
  type LocatedAttribute,
  RESOURCE_ATTRIBUTES,
  SCOPE_ATTRIBUTES,
  SPAN_ATTRIBUTES,
  whenEither,
  whenPresent,
} from './attribute-sql.ts';
import { attributeCompares, attributeMatches, textMatches } from './compare-sql.ts';
import { type CompareOperator, comparison } from './comparison.ts';
import { againstInteger } from './exact-numbers.ts';
import { indexHelp } from './index-help.ts';

type Intrinsic = Extract<SpanField, { kind: 'intrinsic' }>['name'];

/** A predicate, and before it what the indexes can say of it. @throws AtalayaError BAD_QUERY for an invalid regular expression. */
export function predicateSql(predicate: SpanPredicate): Sql {
  const help = indexHelp(predicate);
  const exact = exactly(predicate);
  return help === undefined ? exact : sql`(${joined([sql`indexHint(${fragment(help)})`, exact], ' AND ')})`;
}

function exactly(predicate: SpanPredicate): Sql {
  switch (predicate.kind) {
    case 'and':
    case 'or': {
      if (predicate.of.length === 0) return predicate.kind === 'and' ? sql`1` : sql`0`;
      return sql`(${joined(predicate.of.map(exactly), predicate.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return sql`NOT ${fragment(exactly(predicate.of))}`;
    case 'root':
      return sql`(ParentSpanId = '')`;
    case 'exists':
      return existsSql(predicate.field);
    case 'text':
      return ofField(
        predicate.field,
        ({ text }) => sql`${fragment(text)} = ${predicate.value}`,
        (name) => intrinsicIs(name, predicate.value),
      );
    case 'compare': {
      const { field, operator, value } = predicate;
      if (isServiceName(field) && value.type === 'string' && value.value !== '' && operator === '=')
        return sql`(ServiceName = ${value.value})`;
      return ofField(
        field,
        (attribute) => attributeCompares(attribute, operator, value),
        (name) => intrinsicCompares(name, operator, value),
      );
    }
    case 'matches': {
      const { field, pattern, negated } = predicate;
      return ofField(
        field,
        (attribute) => attributeMatches(attribute, pattern, negated),
        (name) => intrinsicMatches(name, pattern, negated),
      );
    }
  }
}

/** Whether a field is the name of the service, which has a column of its own. */
export function isServiceName(field: SpanField): boolean {
  return field.kind === 'attribute' && field.scope === 'resource' && field.name === 'service.name';
}

function ofField(field: SpanField, attribute: (attribute: LocatedAttribute) => Sql, intrinsic: (name: Intrinsic) => Sql): Sql {
  return field.kind === 'intrinsic' ? sql`(${fragment(intrinsic(field.name))})` : inScope(field.scope, field.name, attribute);
}

function inScope(scope: AttributeScope, name: string, test: (attribute: LocatedAttribute) => Sql): Sql {
  switch (scope) {
    case 'any':
      return whenEither(name, test);
    case 'event':
      return anyInner(EVENTS, name, test);
    case 'link':
      return anyInner(LINKS, name, test);
    case 'span':
    case 'resource':
    case 'scope': {
      const { map, types } = SCOPES[scope];
      return whenPresent(attributeIn(map, types, name), test);
    }
  }
}

/** Columns of the scopes that have one map each. */
export const SCOPES = { span: SPAN_ATTRIBUTES, resource: RESOURCE_ATTRIBUTES, scope: SCOPE_ATTRIBUTES } as const;

function existsSql(field: SpanField): Sql {
  if (field.kind === 'attribute') return inScope(field.scope, field.name, () => sql`1`);
  if (field.name === 'eventName') return sql`notEmpty(Events.Name)`;
  return field.name === 'linkTraceId' || field.name === 'linkSpanId' ? sql`notEmpty(Links.TraceId)` : sql`1`;
}

/** Intrinsic fields of which a span has one text, as expressions. */
const TEXTS: Partial<Record<Intrinsic, Sql>> = {
  name: sql`SpanName`,
  statusMessage: sql`StatusMessage`,
  traceId: sql`TraceId`,
  spanId: sql`SpanId`,
  parentSpanId: sql`ParentSpanId`,
  scopeName: sql`ScopeName`,
  scopeVersion: sql`ScopeVersion`,
};

/** Those of which it may have several. */
const LISTS: Partial<Record<Intrinsic, Sql>> = {
  eventName: sql`Events.Name`,
  linkTraceId: sql`Links.TraceId`,
  linkSpanId: sql`Links.SpanId`,
};

/** Tests the texts of an intrinsic field; `undefined` when it has none. */
function ofTexts(name: Intrinsic, test: (text: Sql) => Sql): Sql | undefined {
  const text = TEXTS[name];
  if (text !== undefined) return test(text);
  const list = LISTS[name];
  return list === undefined ? undefined : sql`arrayExists(one -> ${fragment(test(sql`one`))}, ${fragment(list)})`;
}

function intrinsicCompares(name: Intrinsic, operator: CompareOperator, value: FieldValue): Sql {
  if (name === 'duration') {
    return value.type === 'duration' || value.type === 'number' ? againstInteger(sql`Duration`, operator, value.value, true) : sql`0`;
  }
  if (name === 'kind' || name === 'status') {
    const equality = operator === '=' || operator === '!=';
    if (!equality || value.type !== name) return sql`0`;
    return comparison(name === 'kind' ? sql`SpanKind` : sql`StatusCode`, operator, sql`${storedName(name, value.value)}`);
  }
  return value.type === 'string' ? (ofTexts(name, (text) => comparison(text, operator, sql`${value.value}`)) ?? sql`0`) : sql`0`;
}

function intrinsicMatches(name: Intrinsic, pattern: string, negated: boolean): Sql {
  return ofTexts(name, (text) => textMatches(sql`CAST(${fragment(text)}, 'String')`, pattern, negated)) ?? sql`0`;
}

/** Whether the text that a field is told as is this one. */
function intrinsicIs(name: Intrinsic, value: string): Sql {
  if (name === 'duration') return sql`toString(Duration) = ${value}`;
  if (name === 'kind') return sql`SpanKind = ${storedName(name, value)}`;
  if (name === 'status') return sql`StatusCode = ${storedName(name, value)}`;
  return ofTexts(name, (text) => sql`${fragment(text)} = ${value}`) ?? sql`0`;
}

/** What the table has for a kind or a status; for what is none, what no row has. */
export function storedName(of: 'kind' | 'status', name: string): string {
  const names: readonly (readonly [string, string])[] = of === 'kind' ? SPAN_KINDS : SPAN_STATES;
  return names.find(([, ours]) => ours === name)?.[0] ?? '-';
}
