/** Where a service runs: the hosts and instances that its spans name, counted by TraceQL. */

import { requestJson } from '../http.ts';
import { resolveRange, type TimeRangeText } from '../time-range.ts';
import { traceqlOfService } from '../links/addresses.ts';

/** An instance of a service on a host; either is empty where the spans do not name it. */
export interface ServiceInstance {
  readonly host: string;
  readonly instance: string;
  /** Spans in the range. */
  readonly spans: number;
}

const HOST = 'resource.host.name';
const INSTANCE = 'resource.service.instance.id';
/** Every span is looked at: no further back than this. Milliseconds. */
const MOST = 6 * 3_600_000;

interface InstantAnswer {
  readonly series?: readonly {
    readonly labels?: readonly { readonly key: string; readonly value?: { readonly stringValue?: string } }[];
    readonly value?: number;
  }[];
}

/** The instances of an answer, the busiest first; what no span names is left out. */
export function readInstances({ series = [] }: InstantAnswer): ServiceInstance[] {
  return series
    .map(({ labels = [], value = 0 }) => {
      const text = (name: string) => {
        const found = labels.find(({ key }) => key === name)?.value?.stringValue ?? '';
        return found === 'nil' ? '' : found;
      };
      return { host: text(HOST), instance: text(INSTANCE), spans: value };
    })
    .filter(({ host, instance }) => host !== '' || instance !== '')
    .sort((a, b) => b.spans - a.spans || (a.instance < b.instance ? -1 : 1));
}

/** Query key and function of the instances of a service in a range, or in the last hours of it. */
export function instancesQuery(service: string, range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['services', 'instances', service, range.from, range.to] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly ServiceInstance[]> => {
      const { start, end } = resolveRange(range, clock());
      const q = `${traceqlOfService(service)} | count_over_time() by (${HOST}, ${INSTANCE})`;
      const parameters = { q, start: Math.floor(Math.max(start, end - MOST) / 1000), end: Math.ceil(end / 1000) };
      return readInstances((await requestJson('/tempo/api/metrics/query', { parameters, signal })) as InstantAnswer);
    },
    staleTime: 60_000,
  };
}
