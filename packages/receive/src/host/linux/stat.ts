/** Counters of the whole machine: `/proc/stat` without its CPU lines. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, numberFrom } from '../text.ts';

const METRICS = {
  intr: ['counter', 'node_intr_total', 'Total number of interrupts serviced.'],
  ctxt: ['counter', 'node_context_switches_total', 'Total number of context switches.'],
  processes: ['counter', 'node_forks_total', 'Total number of forks.'],
  btime: ['gauge', 'node_boot_time_seconds', 'Node boot time, in unixtime.'],
  procs_running: ['gauge', 'node_procs_running', 'Number of processes in runnable state.'],
  procs_blocked: ['gauge', 'node_procs_blocked', 'Number of processes blocked waiting for I/O to complete.'],
} as const;

/** @param text `/proc/stat` */
export function parseStat(text: string): Families {
  const families = new Families();
  for (const [word, [type, name, help]] of Object.entries(METRICS)) {
    const start = text.startsWith(`${word} `) ? 0 : text.indexOf(`\n${word} `) + 1;
    if (start === 0 && !text.startsWith(`${word} `)) continue;
    const end = text.indexOf('\n', start);
    // The line of intr holds a column for every interrupt line of the machine; only the first, the sum, is wanted.
    const value = fieldsOf(text.slice(start, Math.min(end < 0 ? text.length : end, start + 64)))[1];
    families[type](name, help).add(numberFrom(value, `/proc/stat ${word}`));
  }
  return families;
}

export const stat: Part =
  ({ proc }) =>
  () =>
    parseStat(proc.read('stat'));
