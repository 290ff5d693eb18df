/** Conditions on lines as SQL: user text gets there only as escaped literals. */

import { AtalayaError, compilePattern, type Matcher, type Pattern, PatternError } from '@atalaya/model';
import { fragment, joined, sql, type Sql } from '../../sql.ts';
import type { Streams } from '../streams.ts';
import { type ChosenStreams, fulfilling, ofStreams, withLabel } from './chosen-streams.ts';
import { lineLabelIn } from './label-expression.ts';
import { indexHelp } from './index-help.ts';
import type { TextCondition } from './requests.ts';

/** What a condition needs to know of the question. */
export interface ConditionContext {
  readonly streams: Streams;
  readonly chosen: ChosenStreams;
}

/** That all conditions hold, and what the index can say of that. @throws AtalayaError BAD_QUERY for an invalid regular expression in a label's matcher. */
export function conditionsSql(conditions: readonly TextCondition[], context: ConditionContext): Sql[] {
  return [
    ...conditions.flatMap((condition) => indexHelp(condition) ?? valueHelp(condition, context) ?? []),
    ...conditions.map((condition) => conditionSql(condition, context)),
  ];
}

/** What the index of attribute values can say of a label that has to have one value, and that only attributes can have. */
function valueHelp(condition: TextCondition, { streams, chosen }: ConditionContext): Sql | undefined {
  if (condition.kind !== 'label' || condition.matcher.operator !== '=' || condition.matcher.value === '') return undefined;
  const { name, value } = condition.matcher;
  if (name === 'detected_level' || chosen.otlp) return undefined;
  // Where the stream has the label, its attributes do not say; `NAME_extracted` is the attribute NAME.
  if (withLabel(streams, chosen.slots, name).length > 0) return undefined;
  return sql`indexHint(has(mapValues(LogAttributes), ${value}))`;
}

/** The condition, exactly. @throws AtalayaError BAD_QUERY for an invalid regular expression in a label's matcher. */
function conditionSql(condition: TextCondition, context: ConditionContext): Sql {
  switch (condition.kind) {
    case 'contains': {
      const found = anyOf(condition.any.map((text) => containsSql(text, condition.ignoreCase)));
      return condition.negated ? sql`NOT ${fragment(found)}` : found;
    }
    case 'matches': {
      const found = anyOf(condition.any.map((expression) => sql`match(${VALID_BODY}, ${lineExpression(expression)})`));
      return condition.negated ? sql`NOT ${fragment(found)}` : found;
    }
    case 'label':
      return labelSql(condition.matcher, context);
  }
}

/** Expressions see U+FFFD where bytes are no UTF-8, as those who read the lines do. */
const VALID_BODY = fragment(sql`if(isValidUTF8(Body), Body, toValidUTF8(Body))`);

function anyOf(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? sql`0` : sql`(${joined(parts, ' OR ')})`;
}

/** As Go reads an expression: a dot matches no line feed, unlike what ClickHouse would take for granted. */
function lineExpression(expression: string): string {
  return `(?-s)${expression}`;
}

function containsSql(text: string, ignoreCase: boolean): Sql {
  if (text === '') return sql`1`;
  if (!ignoreCase) return sql`position(Body, ${text}) > 0`;
  // Letters of ASCII alone are each other's only other case, but for k (U+212A) and s (U+017F).
  if (/^[\0-\x7F]*$/.test(text) && !/[ks]/i.test(text)) return sql`positionCaseInsensitive(Body, ${text}) > 0`;
  return sql`match(${VALID_BODY}, ${`(?i)${quoteExpression(text)}`})`;
}

/** An expression that matches this very text. */
export function quoteExpression(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}

function labelSql(matcher: Matcher, { streams, chosen }: ConditionContext): Sql {
  const having = withLabel(streams, chosen.slots, matcher.name);
  const ofLine = valueSql(lineLabelIn(matcher.name, streams, chosen), matcher);
  if (having.length === 0) return ofLine;
  const fitting = ofStreams(streams, fulfilling(streams, having, matcher));
  if (having.length === chosen.slots.length) return fitting;
  return sql`if(${fragment(ofStreams(streams, having))}, ${fragment(fitting)}, ${fragment(ofLine)})`;
}

function valueSql(value: Sql, { operator, value: wanted }: Matcher): Sql {
  const of = fragment(value);
  if (operator === '=') return sql`${of} = ${wanted}`;
  if (operator === '!=') return sql`${of} != ${wanted}`;
  const { literals } = labelPattern(wanted);
  const found =
    literals === undefined
      ? sql`match(${of}, ${`^(?s:${wanted})$`})`
      : sql`${of} IN (${joined(
          literals.map((text) => sql`${text}`),
          ', ',
        )})`;
  return operator === '=~' ? found : sql`NOT ${fragment(found)}`;
}

/** Refuses what is no expression before the engine sees it. */
function labelPattern(source: string): Pattern {
  try {
    return compilePattern(source);
  } catch (error) {
    if (error instanceof PatternError) throw new AtalayaError('BAD_QUERY', { reason: error.message }, { cause: error });
    throw error;
  }
}
