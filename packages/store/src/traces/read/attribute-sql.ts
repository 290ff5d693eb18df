/** How SQL looks at an attribute: whether it is there, of which type, and its text. */

import { ATTRIBUTE_TYPE, type AttributeTypeName } from '@atalaya/model';
import { fragment, sql, type Sql } from '../../sql.ts';

/** An attribute that may be there, as expressions. */
export interface LocatedAttribute {
  /** 0 or 1. */
  readonly present: Sql;
  /** A character of ATTRIBUTE_TYPE; only where it is there. */
  readonly type: Sql;
  /** Its text; only where it is there. */
  readonly text: Sql;
}

/** Of several attributes with one name the first counts. `types` of nothing means that all are strings. */
export function attributeIn(map: Sql, types: Sql, name: string): LocatedAttribute {
  const place = fragment(sql`indexOf(mapKeys(${fragment(map)}), ${name})`);
  return {
    present: sql`${place} > 0`,
    type: sql`if(${fragment(types)} = '', 's', substring(${fragment(types)}, ${place}, 1))`,
    text: sql`mapValues(${fragment(map)})[${place}]`,
  };
}

/** The character of a type, as it is in the table. */
export function typeCharacter(type: AttributeTypeName): string {
  return String.fromCharCode(ATTRIBUTE_TYPE[type]);
}

export const SPAN_ATTRIBUTES = { map: sql`SpanAttributes`, types: sql`SpanAttributeTypes` };
export const RESOURCE_ATTRIBUTES = { map: sql`ResourceAttributes`, types: sql`ResourceAttributeTypes` };
export const SCOPE_ATTRIBUTES = { map: sql`ScopeAttributes`, types: sql`ScopeAttributeTypes` };

/** Columns of what a span has several of, their attributes and the types of those. */
export const EVENTS = { names: sql`Events.Name`, maps: sql`Events.Attributes`, types: sql`EventAttributeTypes` };
export const LINKS = { names: sql`Links.TraceId`, maps: sql`Links.Attributes`, types: sql`LinkAttributeTypes` };

/** Whether an event or a link fulfils `test`, which is given its attribute. */
export function anyInner(of: typeof EVENTS, name: string, test: (attribute: LocatedAttribute) => Sql): Sql {
  const condition = whenPresent(attributeIn(sql`attributes`, sql`types`, name), test);
  return sql`arrayExists((attributes, types) -> ${fragment(condition)}, ${fragment(of.maps)}, ${fragment(innerTypes(of))})`;
}

/** The types of each event or link: as many as there are of them. */
export function innerTypes(of: typeof EVENTS): Sql {
  return sql`arrayResize(CAST(${fragment(of.types)}, 'Array(String)'), length(${fragment(of.names)}), '')`;
}

/** That it is there and fulfils a test. */
export function whenPresent(attribute: LocatedAttribute, test: (attribute: LocatedAttribute) => Sql): Sql {
  return sql`(${fragment(attribute.present)} AND ${fragment(test(attribute))})`;
}

/** The span's own attribute of a name, or else its resource's. */
export function attributeOfEither(name: string): LocatedAttribute {
  const own = attributeIn(SPAN_ATTRIBUTES.map, SPAN_ATTRIBUTES.types, name);
  const resource = attributeIn(RESOURCE_ATTRIBUTES.map, RESOURCE_ATTRIBUTES.types, name);
  const either = (of: 'type' | 'text'): Sql =>
    sql`multiIf(${fragment(own.present)}, ${fragment(own[of])}, ${fragment(resource.present)}, ${fragment(resource[of])}, '')`;
  return { present: sql`(${fragment(own.present)} OR ${fragment(resource.present)})`, type: either('type'), text: either('text') };
}

/** Whether an attribute is there and fulfils a test. Its parts get names, because the engine takes long to read long expressions again and again. */
export function whenEither(name: string, test: (attribute: LocatedAttribute) => Sql): Sql {
  const { type, text } = attributeOfEither(name);
  const named = whenPresent({ present: sql`type != ''`, type: sql`type`, text: sql`text` }, test);
  return sql`arrayExists((type, text) -> ${fragment(named)}, [${fragment(type)}], [${fragment(text)}])`;
}
