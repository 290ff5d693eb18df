/** From a line to what else is known of the same thing: its trace, the metrics of its host or service. */

import type { LogLine } from './line.ts';

const TRACE_NAMES = ['trace_id', 'traceid', 'traceID', 'traceId', 'TraceId', 'trace'];

/** The trace that a line belongs to, from its attributes or its labels; `undefined` when it names none. */
export function traceIdOf(line: LogLine): string | undefined {
  for (const labels of [line.metadata, line.stream, line.parsed]) {
    for (const name of TRACE_NAMES) {
      const value = labels[name];
      if (value !== undefined && /^[0-9a-f]{16,32}$/i.test(value) && !/^0+$/.test(value)) return value;
    }
  }
  return undefined;
}

/** A query for what is measured of the line's instance, host or service; `undefined` when its stream names none. */
export function metricsOf({ stream }: LogLine): string | undefined {
  const { instance, job } = stream;
  if (instance !== undefined && instance !== '') return `up{instance=${JSON.stringify(instance)}}`;
  const host = stream['host'] ?? stream['hostname'] ?? stream['nodename'] ?? stream['host_name'];
  // Instances are most often a host with a port.
  if (host !== undefined && host !== '')
    return `node_load1{instance=~${JSON.stringify(`${host.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}(:.*)?`)}}`;
  return job === undefined || job === '' ? undefined : `up{job=${JSON.stringify(job)}}`;
}
