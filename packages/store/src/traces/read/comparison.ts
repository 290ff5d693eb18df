/** The operators of comparisons as SQL. */

import { fragment, sql, type Sql } from '../../sql.ts';

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

const OPERATORS: Readonly<Record<CompareOperator, Sql>> = {
  '=': sql`=`,
  '!=': sql`!=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};

/** `left operator right` of two expressions of one type. */
export function comparison(left: Sql, operator: CompareOperator, right: Sql): Sql {
  return sql`${fragment(left)} ${fragment(OPERATORS[operator])} ${fragment(right)}`;
}
