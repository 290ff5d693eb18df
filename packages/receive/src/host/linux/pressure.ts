/** Pressure stall information: `/proc/pressure` (Linux 4.20 and later, where it is switched on). */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { NothingHere } from '../part.ts';
import { linesOf, numberFrom } from '../text.ts';

/** File, kind of line, name and help. Time in which all tasks stall does not exist for the CPU of a whole machine. */
const METRICS = [
  ['cpu', 'some', 'node_pressure_cpu_waiting_seconds_total', 'Total time in seconds that processes have waited for CPU time'],
  ['io', 'some', 'node_pressure_io_waiting_seconds_total', 'Total time in seconds that processes have waited due to IO congestion'],
  ['io', 'full', 'node_pressure_io_stalled_seconds_total', 'Total time in seconds no process could make progress due to IO congestion'],
  ['memory', 'some', 'node_pressure_memory_waiting_seconds_total', 'Total time in seconds that processes have waited for memory'],
  [
    'memory',
    'full',
    'node_pressure_memory_stalled_seconds_total',
    'Total time in seconds no process could make progress due to memory congestion',
  ],
  ['irq', 'full', 'node_pressure_irq_stalled_seconds_total', 'Total time in seconds no process could make progress due to IRQ congestion'],
] as const;

/** @param text a file of `/proc/pressure` @returns the total of the line, in seconds; `undefined` when it has no such line */
export function parsePressure(text: string, kind: 'some' | 'full'): number | undefined {
  const line = linesOf(text).find((candidate) => candidate.startsWith(`${kind} `));
  if (line === undefined) return undefined;
  return numberFrom(/total=(\d+)/.exec(line)?.[1], `pressure ${kind}`) / 1000 / 1000;
}

export const pressure: Part =
  ({ proc }) =>
  () => {
    const families = new Families();
    const texts = new Map(['cpu', 'io', 'memory', 'irq'].map((resource) => [resource, proc.tryRead(`pressure/${resource}`)]));
    if (texts.get('cpu') === undefined) throw new NothingHere('the kernel keeps no pressure information');
    for (const [resource, kind, name, help] of METRICS) {
      const seconds = parsePressure(texts.get(resource) ?? '', kind);
      if (seconds !== undefined) families.counter(name, help).add(seconds);
    }
    return families;
  };
