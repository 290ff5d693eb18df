/** Client of the label questions: which names and values exist, in all series or in those of some selectors. */

import { requestJson } from './http.ts';
import { unwrap } from './prometheus.ts';

/** A list, and whether the server had no more. */
export interface Listed {
  readonly values: readonly string[];
  readonly complete: boolean;
}

async function list(path: string, match: readonly string[], limit: number | undefined, signal: AbortSignal): Promise<Listed> {
  const answer = unwrap<string[]>(await requestJson(path, { parameters: { 'match[]': match, limit }, signal }));
  return { values: answer.data, complete: answer.warnings.length === 0 };
}

const namesPath = '/api/v1/labels';
const valuesPath = (name: string) => `/api/v1/label/${encodeURIComponent(pathName(name))}/values`;

/** A label's name as the API wants it in a path: names that are no plain identifiers are escaped as Prometheus does. */
export function pathName(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  const escaped = Array.from(name, (letter) => {
    if (letter === '_') return '__';
    return /\w/.test(letter) ? letter : `_${(letter.codePointAt(0) as number).toString(16)}_`;
  });
  return `U__${escaped.join('')}`;
}

/** Query key and function of all metric names. */
export const metricNamesQuery = {
  queryKey: ['labels', 'values', '__name__'] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await list(valuesPath('__name__'), [], undefined, signal)).values,
  staleTime: 60_000,
};

/** Query key and function of the names of all services that send spans. */
export const serviceNamesQuery = {
  queryKey: ['labels', 'values', 'service_name', 'spans'] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    (await list(valuesPath('service_name'), ['traces_spanmetrics_calls_total'], undefined, signal)).values,
  staleTime: 60_000,
};

/** Query key and function of the label names of the series that any of the selectors matches; without a selector, of all. */
export function labelNamesQuery(match: readonly string[]) {
  return {
    queryKey: ['labels', 'names', ...match] as const,
    queryFn: ({ signal }: { signal: AbortSignal }) => list(namesPath, match, undefined, signal),
    staleTime: 60_000,
  };
}

/** Query key and function of at most `limit` values of a label, in the series that the selectors match. */
export function labelValuesQuery(name: string, match: readonly string[], limit: number) {
  return {
    queryKey: ['labels', 'values', name, limit, ...match] as const,
    queryFn: ({ signal }: { signal: AbortSignal }) => list(valuesPath(name), match, limit, signal),
    staleTime: 60_000,
  };
}
