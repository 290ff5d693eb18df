/** Packets handled by each CPU: `/proc/net/softnet_stat`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, hexFrom, linesOf } from '../text.ts';

/** Column that holds the CPU's number in kernels since 5.10; before, lines count the CPUs that are online. */
const CPU_COLUMN = 12;

/** @param text `/proc/net/softnet_stat`: hexadecimal columns, a line for each CPU */
export function parseSoftnet(text: string): Families {
  const families = new Families();
  linesOf(text).forEach((line, index) => {
    const columns = fieldsOf(line);
    const column = (position: number): number => hexFrom(columns[position], 'softnet_stat');
    const labels = ['cpu', String(columns.length > CPU_COLUMN ? column(CPU_COLUMN) : index)];
    families.counter('node_softnet_processed_total', 'Number of processed packets').add(column(0), ...labels);
    families.counter('node_softnet_dropped_total', 'Number of dropped packets').add(column(1), ...labels);
    families.counter('node_softnet_times_squeezed_total', 'Number of times processing packets ran out of quota').add(column(2), ...labels);
  });
  return families;
}

export const softnet: Part =
  ({ proc }) =>
  () =>
    parseSoftnet(proc.read('net/softnet_stat'));
