/** What a query that is still being written says so far: editors ask for values with it after every key. */

import { type FieldExpression, parseSpansetFilter, TraceqlError } from '@atalaya/lang';

/**
 * The conditions of `{ a && b && … }` that can be read; those that are not finished, or are nonsense, are passed over as Tempo does. Nothing when
 * there is none, and for what is more than one filter.
 */
export function readableConditions(text: string): FieldExpression[] {
  const whole = conditionOf(text);
  if (whole !== undefined) return [whole];
  const [, inner] = /^\s*\{(.*)\}\s*$/s.exec(text) ?? [];
  // Parts of a text within quotes that holds `&&` cannot be read and are passed over, too.
  return (inner ?? '').split('&&').flatMap((part) => conditionOf(`{${part}}`) ?? []);
}

function conditionOf(filter: string): FieldExpression | undefined {
  if (/^\s*(?:\{\s*\}\s*)?$/.test(filter)) return undefined;
  try {
    return parseSpansetFilter(filter).condition;
  } catch (error) {
    if (error instanceof TraceqlError) return undefined;
    throw error;
  }
}
