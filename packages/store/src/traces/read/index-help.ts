/** Tells the engine where its index of attributes shows that a predicate cannot hold. It only leaves out; what is right the predicate says. */

import type { FieldValue, SpanField, SpanPredicate } from '@atalaya/model';
import { fragment, joined, sql, type Sql } from '../../sql.ts';
import { patternTexts } from './compare-sql.ts';

/** Plain texts of an expression that are looked up one by one. */
const MOST_TEXTS = 20;

/** What the index of pairs can say of a predicate; `undefined` when that is nothing. */
export function indexHelp(predicate: SpanPredicate): Sql | undefined {
  switch (predicate.kind) {
    case 'and': {
      const helps = predicate.of.map(indexHelp).filter((help) => help !== undefined);
      return helps.length === 0 ? undefined : sql`(${joined(helps, ' AND ')})`;
    }
    case 'or': {
      const helps = predicate.of.map(indexHelp);
      if (helps.length === 0 || helps.includes(undefined)) return undefined;
      return sql`(${joined(helps as Sql[], ' OR ')})`;
    }
    case 'text':
      return hasPair(predicate.field, [predicate.value]);
    case 'compare': {
      if (predicate.operator !== '=') return undefined;
      const { value } = predicate;
      if (value.type === 'string' || value.type === 'bool' || isPlain(value)) return hasPair(predicate.field, [String(value.value)]);
      return undefined;
    }
    case 'matches': {
      if (predicate.negated) return undefined;
      const texts = patternTexts(predicate.pattern);
      return texts === undefined || texts.length > MOST_TEXTS ? undefined : hasPair(predicate.field, texts);
    }
    case 'not':
    case 'exists':
    case 'root':
      return undefined;
  }
}

/** Whether every integer or double that equals a number is kept as the text that JavaScript makes of it. Of zero there are two. */
function isPlain(value: FieldValue): value is Extract<FieldValue, { type: 'number' }> {
  return (
    value.type === 'number' && Number(value.value) !== 0 && Math.abs(Number(value.value)) < 1e15 && /^-?[0-9.]+$/.test(String(value.value))
  );
}

/** What `idx_attributes` holds of a span. */
const INDEXED = sql`arrayConcat(
  arrayMap((name, value) -> if(startsWith(value, '['), cityHash64(name), cityHash64(name, value)), mapKeys(SpanAttributes), mapValues(SpanAttributes)),
  arrayMap((name, value) -> if(startsWith(value, '['), cityHash64(name), cityHash64(name, value)), mapKeys(ResourceAttributes), mapValues(ResourceAttributes)),
  arrayFlatten(arrayMap(of -> arrayMap((name, value) -> if(startsWith(value, '['), cityHash64(name), cityHash64(name, value)), mapKeys(of), mapValues(of)), Events.Attributes)))`;

/** That there may be an attribute with one of these texts, or a list that has it; `undefined` where the index does not hold the scope. */
function hasPair(field: SpanField, texts: readonly string[]): Sql | undefined {
  if (field.kind !== 'attribute' || !INDEXED_SCOPES.has(field.scope)) return undefined;
  const hashes = [sql`cityHash64(${field.name})`, ...texts.map((text) => sql`cityHash64(${field.name}, ${text})`)];
  return sql`hasAny(${fragment(INDEXED)}, [${joined(hashes, ', ')}])`;
}

const INDEXED_SCOPES: ReadonlySet<string> = new Set(['any', 'span', 'resource', 'event']);
