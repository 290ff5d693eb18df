/** Reads what stage configurations have in common: expressions, durations, sizes, names of labels. */

import { readLogDuration } from '@atalaya/lang';
import { compileSearch, PatternError, type SearchPattern } from '@atalaya/model';
import type { Cursor } from '../../../scrape-config/cursor.ts';

/** A regular expression in RE2 syntax, not anchored. */
export function readExpression(field: Cursor): SearchPattern {
  try {
    return compileSearch(field.requiredText());
  } catch (error) {
    if (error instanceof PatternError) return field.fail(error.message);
    throw error;
  }
}

/** A duration in Go's form (`1.5h`, `300ms`) or Prometheus' (`2d`), in milliseconds. */
export function readStageDuration(field: Cursor): number {
  const nanoseconds = readLogDuration(field.text());
  return nanoseconds === undefined
    ? field.fail(`"${field.text()}" is not a duration; write it like 3s, 1h30m or 500ms`)
    : nanoseconds / 1e6;
}

/** A positive or any other finite number. */
export function readNumber(field: Cursor): number {
  const text = field.text();
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? field.fail(`"${text}" is not a number`) : value;
}

/** Checks the name of a label. */
export function checkLabelName(name: string, at: Cursor): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    at.fail(`"${name}" is not a label name: letters, digits and underscores, not beginning with a digit`);
  }
}
