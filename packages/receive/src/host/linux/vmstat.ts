/** Paging, swapping, faults and out-of-memory kills: `/proc/vmstat`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf, numberFrom } from '../text.ts';

const INCLUDED = /^(oom_kill|pgpg|pswp|pg.*fault).*/;

/** @param text `/proc/vmstat` */
export function parseVmstat(text: string): Families {
  const families = new Families();
  for (const line of linesOf(text)) {
    if (!INCLUDED.test(line)) continue;
    const [name = '', value] = fieldsOf(line);
    families.untyped(`node_vmstat_${name}`, `/proc/vmstat information field ${name}.`).add(numberFrom(value, `vmstat ${name}`));
  }
  return families;
}

export const vmstat: Part =
  ({ proc }) =>
  () =>
    parseVmstat(proc.read('vmstat'));
