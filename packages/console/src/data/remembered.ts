/** What the browser remembers for its user between visits. Storage may be full or forbidden: then nothing is remembered, and nothing breaks. */

/** The names under which things are kept. */
export type RememberedName =
  | 'query-history'
  | 'log-history'
  | 'trace-history'
  | 'log-facets-closed'
  | 'table-columns'
  | 'next-steps-hidden'
  | 'navigation-collapsed'
  | 'metric-browser-closed'
  | 'exemplars-hidden';

const prefix = 'atalaya-';

/** Reads what was kept under a name, or the fallback. */
export function recall<Value>(name: RememberedName, fallback: Value): Value {
  try {
    const text = localStorage.getItem(prefix + name);
    return text === null ? fallback : (JSON.parse(text) as Value);
  } catch {
    return fallback;
  }
}

/** Keeps a value under a name. */
export function remember(name: RememberedName, value: unknown): void {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Private windows and full storage: the page works without.
  }
}

/** Most queries kept in the history. */
export const HISTORY_LIMIT = 50;

/** The history with an expression put first; it occurs once. */
export function withQuery(history: readonly string[], query: string): string[] {
  const trimmed = query.trim();
  if (trimmed === '') return [...history];
  return [trimmed, ...history.filter((entry) => entry !== trimmed)].slice(0, HISTORY_LIMIT);
}
