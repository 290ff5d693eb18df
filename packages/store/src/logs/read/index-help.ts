/** Tells the engine where its index of three-letter pieces shows that a condition cannot hold. It only leaves out; what is right the condition says. */

import { fragment, joined, sql, type Sql } from '../../sql.ts';
import { foldsCase, requiredTexts } from './required-texts.ts';
import type { TextCondition } from './requests.ts';

/** Characters of the pieces in the index. */
const PIECE = 3;

/** What the index on texts can say of a condition; `undefined` when that is nothing. */
export function indexHelp(condition: TextCondition): Sql | undefined {
  if (condition.kind === 'label' || condition.negated || condition.any.length === 0) return undefined;
  const alternatives: Sql[] = [];
  for (const text of condition.any) {
    const of = condition.kind === 'contains' ? [[text]] : requiredTexts(text);
    const folds = condition.kind === 'contains' ? condition.ignoreCase : foldsCase(text);
    if (of === undefined) return undefined;
    for (const texts of of) {
      const pieces = texts.flatMap((one) => indexed(one, folds));
      // Nothing is known of this alternative, so nothing can be left out.
      if (pieces.length === 0) return undefined;
      alternatives.push(
        sql`(${joined(
          pieces.map((piece) => sql`lower(toValidUTF8(Body)) LIKE ${likePattern(piece)}`),
          ' AND ',
        )})`,
      );
    }
  }
  if (alternatives.length === 0) return undefined;
  return sql`indexHint(${fragment(sql`${joined(alternatives, ' OR ')}`)})`;
}

/**
 * The pieces of a text that are in the index when the text is. It holds small letters of ASCII; where case does not matter, letters with other
 * cases beyond ASCII (those of k and s among them) part the text.
 */
function indexed(text: string, folds: boolean): string[] {
  const parts = folds ? text.split(/[ksKS]|[^\0-\x7F]/u) : [text];
  return parts
    .filter((part) => Array.from(part).length >= PIECE)
    .map((part) => part.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()));
}

function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
