/** Which of the things that a series is about are known to logs and traces: so that a link leads to something. */

import { logLabels, logLabelValues } from '../logs/loki.ts';
import { toNanoseconds } from '../logs/nanoseconds.ts';
import type { LabelRecord } from '../prometheus.ts';
import { resolveRange, type TimeRangeText } from '../time-range.ts';
import { tagValuesQuery } from '../traces/tempo.ts';
import { logqlOf, traceqlOf } from './addresses.ts';
import { LOG_LABELS, subjectOf } from './subject.ts';

/** A question about a service or a host, in the language of its signal. */
export interface Found {
  readonly about: 'service' | 'host' | 'calls';
  readonly name: string;
  readonly query: string;
}

/** What is known; the surest first. */
export interface Resolved {
  readonly logs: readonly Found[];
  readonly traces: readonly Found[];
  /** The service that has a page. */
  readonly service: string | undefined;
}

/** What the labels of streams and spans are looked up with. */
export interface Lookup {
  logLabels(): Promise<readonly string[]>;
  logValues(label: string): Promise<readonly string[]>;
  /** Values of an attribute of resources, in all spans. */
  resourceValues(attribute: string): Promise<readonly string[]>;
}

const NONE: readonly string[] = [];

/** Finds what labels are about in logs and in traces. Where one of them cannot be asked, it knows nothing. */
export async function resolve(labels: LabelRecord, lookup: Lookup): Promise<Resolved> {
  const subject = subjectOf(labels);
  // Where no trace ever came the route may not even be there: no reason to fail.
  const known = (attribute: string) => lookup.resourceValues(attribute).catch(() => NONE);
  const [logs, services, hosts] = await Promise.all([
    logsOf(subject, lookup).catch((): Found[] => []),
    subject.service === undefined ? NONE : known('service.name'),
    subject.host === undefined ? NONE : known('host.name'),
  ]);
  const traces: Found[] = [];
  const { client, server } = labels;
  const ofSeries = traceqlOf(labels);
  if (client !== undefined && server !== undefined && ofSeries !== undefined) {
    traces.push({ about: 'calls', name: `${client} → ${server}`, query: ofSeries });
  } else if (subject.service !== undefined && ofSeries !== undefined && services.includes(subject.service)) {
    traces.push({ about: 'service', name: subject.service, query: ofSeries });
  }
  if (subject.host !== undefined && hosts.includes(subject.host)) {
    traces.push({ about: 'host', name: subject.host, query: `{resource.host.name=${JSON.stringify(subject.host)}}` });
  }
  return { logs, traces, service: subject.service !== undefined && services.includes(subject.service) ? subject.service : undefined };
}

async function logsOf(subject: { service?: string; host?: string }, lookup: Lookup): Promise<Found[]> {
  if (subject.service === undefined && subject.host === undefined) return [];
  const names = new Set(await lookup.logLabels());
  const found: Found[] = [];
  for (const about of ['service', 'host'] as const) {
    const value = subject[about];
    if (value === undefined) continue;
    const present = LOG_LABELS[about].filter((name) => names.has(name));
    const values = await Promise.all(present.map((name) => lookup.logValues(name)));
    const label = present.find((_, index) => values[index]?.includes(value));
    if (label !== undefined) found.push({ about, name: value, query: logqlOf(label, value) });
  }
  return found;
}

/** Query key and function of what is known of labels in a range. */
export function resolvedQuery(labels: LabelRecord, range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['links', 'resolved', JSON.stringify(labels), range.from, range.to] as const,
    queryFn: ({ signal }: { signal: AbortSignal }): Promise<Resolved> => {
      const { start, end } = resolveRange(range, clock());
      const span = { start: toNanoseconds(start), end: toNanoseconds(end) };
      return resolve(labels, {
        logLabels: () => logLabels(signal, span),
        logValues: (label) => logLabelValues(label, undefined, span, signal),
        async resourceValues(attribute) {
          const values = await tagValuesQuery(`resource.${attribute}`, '{}', range, clock).queryFn({ signal });
          return values.map(({ value }) => value);
        },
      });
    },
    staleTime: 60_000,
  };
}
