/** Load averages: `/proc/loadavg`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, numberFrom } from '../text.ts';

/** @param text `/proc/loadavg` */
export function parseLoadavg(text: string): Families {
  const [one, five, fifteen] = fieldsOf(text);
  const families = new Families();
  families.gauge('node_load1', '1m load average.').add(numberFrom(one, 'loadavg'));
  families.gauge('node_load5', '5m load average.').add(numberFrom(five, 'loadavg'));
  families.gauge('node_load15', '15m load average.').add(numberFrom(fifteen, 'loadavg'));
  return families;
}

export const loadavg: Part =
  ({ proc }) =>
  () =>
    parseLoadavg(proc.read('loadavg'));
