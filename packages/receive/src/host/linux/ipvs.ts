/** The kernel's load balancer: `/proc/net/ip_vs_stats` and `ip_vs`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, hexFrom, linesOf, numberFrom } from '../text.ts';

const TOTALS = [
  ['connections_total', 'The total number of connections made.'],
  ['incoming_packets_total', 'The total number of incoming packets.'],
  ['outgoing_packets_total', 'The total number of outgoing packets.'],
  ['incoming_bytes_total', 'The total amount of incoming data.'],
  ['outgoing_bytes_total', 'The total amount of outgoing data.'],
] as const;

/** Adds the sums. @param text `/proc/net/ip_vs_stats`: two lines of heading, a line of hexadecimal totals, then rates */
export function addIpvsTotals(text: string, families: Families): void {
  const totals = fieldsOf(linesOf(text)[2] ?? '');
  TOTALS.forEach(([name, help], column) => families.counter(`node_ipvs_${name}`, help).add(hexFrom(totals[column], 'ip_vs_stats')));
}

/** `C0A80016:0CEA` or `[2001:db8:0:0:0:0:0:1]:0050` as address and port. */
export function parseEndpoint(text: string): { address: string; port: string } {
  const six = /^\[(.+)\]:([\dA-F]{4})$/i.exec(text);
  if (six !== null) return { address: shortenAddress(six[1] ?? ''), port: String(hexFrom(six[2], 'ip_vs port')) };
  const [hex = '', port] = text.split(':');
  const bytes = hexFrom(hex, 'ip_vs address');
  const address = [24, 16, 8, 0].map((shift) => (bytes >>> shift) & 255).join('.');
  return { address, port: String(hexFrom(port, 'ip_vs port')) };
}

/** An IPv6 address in its shortest form (RFC 5952), which the URL parser writes. */
function shortenAddress(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

interface Sums {
  readonly labels: readonly string[];
  active: number;
  inactive: number;
  weight: number;
}

/** Adds the servers. @param text `/proc/net/ip_vs`: a line for each service, below it a line `-> server` for each of its servers */
export function addIpvsBackends(text: string, families: Families): void {
  const sums = new Map<string, Sums>();
  let service: string[] = [];
  for (const line of linesOf(text).slice(3)) {
    const [first = '', second = '', , weight, active, inactive] = fieldsOf(line);
    if (first === 'FWM') {
      service = ['local_address', '', 'local_port', '0', 'proto', first, 'local_mark', second];
    } else if (first !== '->') {
      const { address, port } = parseEndpoint(second);
      service = ['local_address', address, 'local_port', port, 'proto', first, 'local_mark', ''];
    } else {
      const { address, port } = parseEndpoint(second);
      const labels = [...service, 'remote_address', address, 'remote_port', port];
      const sum = sums.getOrInsertComputed(labels.join('\n'), () => ({ labels, active: 0, inactive: 0, weight: 0 }));
      sum.active += numberFrom(active, 'ip_vs');
      sum.inactive += numberFrom(inactive, 'ip_vs');
      sum.weight += numberFrom(weight, 'ip_vs');
    }
  }
  for (const { labels, active, inactive, weight } of sums.values()) {
    const gauge = (name: string, help: string) => families.gauge(`node_ipvs_backend_${name}`, help);
    gauge('connections_active', 'The current active connections by local and remote address.').add(active, ...labels);
    gauge('connections_inactive', 'The current inactive connections by local and remote address.').add(inactive, ...labels);
    gauge('weight', 'The current backend weight by local and remote address.').add(weight, ...labels);
  }
}

export const ipvs: Part =
  ({ proc }) =>
  () => {
    const families = new Families();
    addIpvsTotals(proc.read('net/ip_vs_stats'), families);
    addIpvsBackends(proc.read('net/ip_vs'), families);
    return families;
  };
