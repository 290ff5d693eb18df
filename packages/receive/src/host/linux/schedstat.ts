/** Times of the scheduler by CPU: `/proc/schedstat` (where the kernel was built with it). */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf, numberFrom } from '../text.ts';

/** @param text `/proc/schedstat`; the last three columns of a CPU's line are nanoseconds running, nanoseconds waiting, time slices */
export function parseSchedstat(text: string): Families {
  const families = new Families();
  for (const line of linesOf(text)) {
    const match = /^cpu(\d+) /.exec(line);
    if (match === null) continue;
    const columns = fieldsOf(line);
    const column = (index: number): number => numberFrom(columns[index], 'schedstat');
    const labels = ['cpu', match[1] ?? ''];
    families
      .counter('node_schedstat_running_seconds_total', 'Number of seconds CPU spent running a process.')
      .add(column(7) / 1e9, ...labels);
    families
      .counter('node_schedstat_waiting_seconds_total', 'Number of seconds spent by processing waiting for this CPU.')
      .add(column(8) / 1e9, ...labels);
    families.counter('node_schedstat_timeslices_total', 'Number of timeslices executed by CPU.').add(column(9), ...labels);
  }
  return families;
}

export const schedstat: Part =
  ({ proc }) =>
  () =>
    parseSchedstat(proc.read('schedstat'));
