/** The labels that lines can be chosen by, and their values with the volume of each. */

import { resolveRange, type TimeRangeText } from '../time-range.ts';
import { labelVolumes, logLabels, logLabelValues } from './loki.ts';
import { toNanoseconds } from './nanoseconds.ts';

/** Labels that tell most people most come first, the others by name. */
const FIRST = [
  'service_name',
  'job',
  'host',
  'hostname',
  'instance',
  'container',
  'container_name',
  'compose_service',
  'namespace',
  'app',
  'unit',
  'filename',
];

/** Names of labels in the order in which they are offered. Names with two underscores in front are the server's own. */
export function facetNames(names: readonly string[]): string[] {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return names.filter((name) => !name.startsWith('__')).toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** A value and how many bytes its lines have; those are not known where only the list of values could be had. */
export interface FacetValue {
  readonly value: string;
  readonly bytes: number | undefined;
}

/** Most values of a label that are fetched. */
const MOST = 200;

function spanOf(range: TimeRangeText, clock: () => number) {
  const { start, end } = resolveRange(range, clock());
  return { start: toNanoseconds(start), end: toNanoseconds(end) };
}

/** Query key and function of the names of stream labels in a range. */
export function labelNamesQuery(range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['logs', 'labels', range.from, range.to] as const,
    queryFn: ({ signal }: { signal: AbortSignal }) => logLabels(signal, spanOf(range, clock)),
    staleTime: 60_000,
  };
}

/** Query key and function of a label's values in the streams of a selector. */
export function labelValuesQuery(name: string, selector: string, range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['logs', 'values', name, selector, range.from, range.to] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly FacetValue[]> => {
      const span = spanOf(range, clock);
      try {
        const volumes = await labelVolumes(name, selector, span, MOST, signal);
        if (volumes.length > 0) return volumes;
      } catch (error) {
        if (signal.aborted) throw error;
        // Volumes are a help; the plain list serves without.
      }
      return (await logLabelValues(name, selector, span, signal)).slice(0, MOST).map((value) => ({ value, bytes: undefined }));
    },
    staleTime: 60_000,
  };
}
