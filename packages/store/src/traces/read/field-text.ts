/** The text that a field of a span is told as, as SQL: for groups and values. Of events and links the first one that has it counts. */

import type { SpanField } from '@atalaya/model';
import { fragment, sql, type Sql } from '../../sql.ts';
import { SPAN_KINDS, SPAN_STATES } from '../kinds.ts';
import { attributeIn, attributeOfEither, EVENTS, innerTypes, LINKS } from './attribute-sql.ts';
import { isServiceName, SCOPES } from './predicate-sql.ts';

/** A field as expressions. */
export interface FieldText {
  /** 0 or 1. */
  readonly present: Sql;
  readonly text: Sql;
  /** A character of ATTRIBUTE_TYPE; `undefined` for what is no attribute. */
  readonly type: Sql | undefined;
}

/** See {@link FieldText}. */
export function fieldText(field: SpanField): FieldText {
  if (field.kind === 'intrinsic') return { ...intrinsicText(field.name), type: undefined };
  const { scope, name } = field;
  // Every span of a service tells its name, and the column is read much faster.
  if (isServiceName(field)) return { present: sql`ServiceName != ''`, text: sql`CAST(ServiceName, 'String')`, type: sql`'s'` };
  switch (scope) {
    case 'any':
      return attributeOfEither(name);
    case 'event':
    case 'link': {
      const of = scope === 'event' ? EVENTS : LINKS;
      const first = fragment(sql`arrayFirstIndex(attributes -> mapContains(attributes, ${name}), ${fragment(of.maps)})`);
      const inner = attributeIn(sql`${fragment(of.maps)}[${first}]`, sql`${fragment(innerTypes(of))}[${first}]`, name);
      return { present: sql`${first} > 0`, text: inner.text, type: inner.type };
    }
    case 'span':
    case 'resource':
    case 'scope': {
      const { map, types } = SCOPES[scope];
      return attributeIn(map, types, name);
    }
  }
}

function intrinsicText(name: Extract<SpanField, { kind: 'intrinsic' }>['name']): { readonly present: Sql; readonly text: Sql } {
  const always = (text: Sql): { readonly present: Sql; readonly text: Sql } => ({ present: sql`1`, text });
  switch (name) {
    case 'name':
      return always(sql`CAST(SpanName, 'String')`);
    case 'kind':
      return always(ours(sql`CAST(SpanKind, 'String')`, SPAN_KINDS));
    case 'status':
      return always(ours(sql`CAST(StatusCode, 'String')`, SPAN_STATES));
    case 'statusMessage':
      return always(sql`StatusMessage`);
    case 'duration':
      return always(sql`toString(Duration)`);
    case 'traceId':
      return always(sql`TraceId`);
    case 'spanId':
      return always(sql`SpanId`);
    case 'parentSpanId':
      return always(sql`ParentSpanId`);
    case 'scopeName':
      return always(sql`ScopeName`);
    case 'scopeVersion':
      return always(sql`ScopeVersion`);
    case 'eventName':
      return { present: sql`notEmpty(Events.Name)`, text: sql`CAST(Events.Name[1], 'String')` };
    case 'linkTraceId':
      return { present: sql`notEmpty(Links.TraceId)`, text: sql`Links.TraceId[1]` };
    case 'linkSpanId':
      return { present: sql`notEmpty(Links.SpanId)`, text: sql`Links.SpanId[1]` };
  }
}

/** A name of the table as ours; what nobody knows counts as the first one. */
function ours(stored: Sql, [first, ...others]: readonly (readonly [stored: string, name: string])[]): Sql {
  return others.reduce(
    (otherwise, [name, told]) => sql`if(${fragment(stored)} = ${name}, ${told}, ${fragment(otherwise)})`,
    sql`${first?.[1] ?? ''}`,
  );
}
