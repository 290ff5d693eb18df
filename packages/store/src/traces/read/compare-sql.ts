/** Comparisons of typed values as SQL that gives 0 or 1, never NULL: what holds is what room `query` says of {@link SpanPredicate}. */

import { AtalayaError, compilePattern, type FieldValue, type Pattern, PatternError } from '@atalaya/model';
import { fragment, joined, sql, type Sql } from '../../sql.ts';
import { type LocatedAttribute, typeCharacter } from './attribute-sql.ts';
import { type CompareOperator, comparison } from './comparison.ts';
import { againstDouble, againstInteger } from './exact-numbers.ts';

/** Whether an attribute that is there compares so. */
export function attributeCompares({ type, text }: LocatedAttribute, operator: CompareOperator, value: FieldValue): Sql {
  const scalar = (is: Sql): Sql => sql`${fragment(type)} = ${fragment(is)}`;
  const among = (single: Sql | undefined, element: Sql | undefined): Sql => {
    const alternatives = single === undefined ? [] : [single];
    if (element !== undefined) alternatives.push(throughElements({ type, text }, operator === '!=', comparable(value), element));
    return alternatives.length === 0 ? sql`0` : sql`(${joined(alternatives, ' OR ')})`;
  };
  switch (value.type) {
    case 'string':
      return among(
        sql`(${fragment(scalar(sql`${typeCharacter('string')}`))} AND ${fragment(comparison(text, operator, sql`${value.value}`))})`,
        comparison(ELEMENT_TEXT, operator, sql`${value.value}`),
      );
    case 'bool': {
      if (operator !== '=' && operator !== '!=') return sql`0`;
      const wanted = sql`${String(value.value)}`;
      return among(
        sql`(${fragment(scalar(sql`${typeCharacter('bool')}`))} AND ${fragment(comparison(text, operator, wanted))})`,
        comparison(sql`element`, operator, wanted),
      );
    }
    case 'number':
    case 'duration':
      return among(
        sql`multiIf(${fragment(scalar(sql`${typeCharacter('int')}`))}, ${fragment(againstInteger(sql`toInt64OrZero(${fragment(text)})`, operator, value.value))},
          ${fragment(scalar(sql`${typeCharacter('double')}`))}, ${fragment(againstDouble(sql`toFloat64OrZero(${fragment(text)})`, operator, value.value))}, 0)`,
        againstDouble(sql`toFloat64OrZero(element)`, operator, value.value),
      );
    case 'kind':
    case 'status':
      return sql`0`;
  }
}

/** The text of an element of an array that is one. */
const ELEMENT_TEXT = sql`JSONExtractString(element)`;

/** Whether an element, as JSON, is of a type that can be compared with a value. */
function comparable(value: FieldValue): Sql {
  switch (value.type) {
    case 'string':
      return IS_TEXT;
    case 'bool':
      return sql`element IN ('true', 'false')`;
    case 'number':
    case 'duration':
      return sql`match(element, '^-?[0-9]')`;
    case 'kind':
    case 'status':
      return sql`0`;
  }
}

const IS_TEXT = sql`startsWith(element, '"')`;

/** Whether one of the elements that can be compared holds; negated, whether there are such and all of them do. */
function throughElements({ type, text }: Pick<LocatedAttribute, 'type' | 'text'>, all: boolean, fits: Sql, holds: Sql): Sql {
  const elements = fragment(sql`JSONExtractArrayRaw(${fragment(text)})`);
  const [fit, hold] = [fragment(fits), fragment(holds)];
  const some = all
    ? sql`arrayExists(element -> ${fit}, ${elements}) AND NOT arrayExists(element -> ${fit} AND NOT (${hold}), ${elements})`
    : sql`arrayExists(element -> ${fit} AND ${hold}, ${elements})`;
  return sql`(${fragment(type)} = ${typeCharacter('array')} AND ${fragment(some)})`;
}

/** Whether an attribute that is there, or an element of it, matches; negated, whether it is a text or has texts and none matches. */
export function attributeMatches({ type, text }: LocatedAttribute, pattern: string, negated: boolean): Sql {
  const single = sql`(${fragment(type)} = ${typeCharacter('string')} AND ${fragment(textMatches(text, pattern, negated))})`;
  const element = throughElements({ type, text }, negated, IS_TEXT, textMatches(ELEMENT_TEXT, pattern, negated));
  return sql`(${fragment(single)} OR ${fragment(element)})`;
}

/** Whether the whole of a text matches. @throws AtalayaError BAD_QUERY for what is no expression. */
export function textMatches(text: Sql, pattern: string, negated: boolean): Sql {
  const { literals } = compiled(pattern);
  const found =
    literals === undefined
      ? sql`match(if(isValidUTF8(${fragment(text)}), ${fragment(text)}, toValidUTF8(${fragment(text)})), ${`^(?s:${pattern})$`})`
      : sql`${fragment(text)} IN (${joined(
          literals.map((literal) => sql`${literal}`),
          ', ',
        )})`;
  return negated ? sql`NOT ${fragment(found)}` : found;
}

/** The plain texts that an expression matches, when it is nothing else. @throws AtalayaError BAD_QUERY */
export function patternTexts(pattern: string): readonly string[] | undefined {
  return compiled(pattern).literals;
}

/** Refuses what is no expression before the engine sees it. */
function compiled(pattern: string): Pattern {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (error instanceof PatternError) throw new AtalayaError('BAD_QUERY', { reason: error.message }, { cause: error });
    throw error;
  }
}
