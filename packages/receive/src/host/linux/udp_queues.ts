/** Bytes waiting in UDP sockets: `/proc/net/udp` and `udp6`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, hexFrom, linesOf } from '../text.ts';

/** @param text `/proc/net/udp` or `udp6`, with its heading @returns the sums over all sockets, in bytes */
export function parseUdpQueues(text: string): { tx: number; rx: number } {
  const sums = { tx: 0, rx: 0 };
  for (const line of linesOf(text).slice(1)) {
    const [tx, rx] = (fieldsOf(line)[4] ?? '').split(':');
    sums.tx += hexFrom(tx, 'UDP tx_queue');
    sums.rx += hexFrom(rx, 'UDP rx_queue');
  }
  return sums;
}

export const udpQueues: Part =
  ({ proc }) =>
  () => {
    const families = new Families();
    const queues = families.gauge('node_udp_queues', 'Number of allocated memory in the kernel for UDP datagrams in bytes.');
    for (const [file, ip] of [
      ['net/udp', 'v4'],
      ['net/udp6', 'v6'],
    ] as const) {
      // Either is absent where its protocol is off.
      const text = ip === 'v4' ? proc.read(file) : proc.tryRead(file);
      if (text === undefined) continue;
      const { tx, rx } = parseUdpQueues(text);
      queues.add(tx, 'queue', 'tx', 'ip', ip).add(rx, 'queue', 'rx', 'ip', ip);
    }
    return families;
  };
