/** Sockets in use by protocol: `/proc/net/sockstat` and `sockstat6`. */

import { endianness } from 'node:os';
import { readFileSync } from 'node:fs';
import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf, numberFrom } from '../text.ts';

/** @param text `/proc/net/sockstat` or `sockstat6`: `TCP: inuse 4 mem 17` @param pageSize the unit of `mem`, in bytes */
export function parseSockstat(text: string, pageSize: number, families: Families): void {
  for (const line of linesOf(text)) {
    const [heading = '', ...pairs] = fieldsOf(line);
    const protocol = heading.replace(':', '');
    const gauge = (state: string, value: number): void => {
      const help = `Number of ${protocol} sockets in state ${state}.`;
      families.gauge(`node_sockstat_${protocol}_${state}`, help).add(value);
    };
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      const state = pairs[index] ?? '';
      const value = numberFrom(pairs[index + 1], `sockstat ${protocol} ${state}`);
      if (protocol === 'sockets') {
        families.gauge('node_sockstat_sockets_used', 'Number of IPv4 sockets in use.').add(value);
        continue;
      }
      gauge(state, value);
      if (state === 'mem') gauge('mem_bytes', value * pageSize);
    }
  }
}

const AT_PAGESZ = 6n;

/** The size of a memory page in bytes, from the auxiliary vector that the kernel gives to every process. */
function readPageSize(): number {
  try {
    const vector = readFileSync('/proc/self/auxv');
    for (let offset = 0; offset + 16 <= vector.length; offset += 16) {
      const at = (position: number): bigint =>
        endianness() === 'LE' ? vector.readBigUInt64LE(position) : vector.readBigUInt64BE(position);
      if (at(offset) === AT_PAGESZ) return Number(at(offset + 8));
    }
  } catch {
    // A sandbox without /proc/self: the usual size is the best guess.
  }
  return 4096;
}

export const sockstat: Part = ({ proc }) => {
  const pageSize = readPageSize();
  return () => {
    const families = new Families();
    parseSockstat(proc.read('net/sockstat'), pageSize, families);
    // Absent where IPv6 is off.
    parseSockstat(proc.tryRead('net/sockstat6') ?? '', pageSize, families);
    return families;
  };
};
