/** Entries of the ARP table by device: `/proc/net/arp`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf } from '../text.ts';

/** @param text `/proc/net/arp`, with its heading */
export function parseArp(text: string): Families {
  const entries = new Map<string, number>();
  for (const line of linesOf(text).slice(1)) {
    const device = fieldsOf(line)[5];
    if (device !== undefined) entries.set(device, (entries.get(device) ?? 0) + 1);
  }
  const families = new Families();
  for (const [device, count] of entries) families.gauge('node_arp_entries', 'ARP entries by device').add(count, 'device', device);
  return families;
}

export const arp: Part =
  ({ proc }) =>
  () =>
    parseArp(proc.read('net/arp'));
