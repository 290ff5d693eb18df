/** Memory: every field of `/proc/meminfo`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf, numberFrom } from '../text.ts';

/** @param text `/proc/meminfo`; `Active(anon)` becomes `Active_anon`, and fields in kB get the unit `_bytes` */
export function parseMeminfo(text: string): Families {
  const families = new Families();
  for (const line of linesOf(text)) {
    const [label = '', amount, unit] = fieldsOf(line);
    const base = label.replace(':', '').replace(/\((.*)\)/, '_$1');
    const field = unit === 'kB' ? `${base}_bytes` : base;
    const value = numberFrom(amount, `meminfo ${base}`) * (unit === 'kB' ? 1024 : 1);
    families.gauge(`node_memory_${field}`, `Memory information field ${field}.`).add(value);
  }
  return families;
}

export const meminfo: Part =
  ({ proc }) =>
  () =>
    parseMeminfo(proc.read('meminfo'));
