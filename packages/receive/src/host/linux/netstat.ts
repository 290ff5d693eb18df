/** Counters of the network protocols: `/proc/net/netstat`, `snmp` and `snmp6`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf, numberFrom } from '../text.ts';

/** The fields that are worth keeping, as `Protocol_Field`. */
const INCLUDED = new RegExp(
  '^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|' +
    'TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|' +
    'Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|' +
    'Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$',
);

function add(families: Families, protocol: string, field: string, value: string | undefined): void {
  if (!INCLUDED.test(`${protocol}_${field}`)) return;
  families
    .untyped(`node_netstat_${protocol}_${field}`, `Statistic ${protocol}${field}.`)
    .add(numberFrom(value, `netstat ${protocol}${field}`));
}

/** @param text `/proc/net/netstat` or `/proc/net/snmp`: pairs of lines, names above values, each led by `Protocol:` */
export function parseNetstat(text: string, families: Families): void {
  const lines = linesOf(text);
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const [heading = '', ...names] = fieldsOf(lines[index] ?? '');
    const [, ...values] = fieldsOf(lines[index + 1] ?? '');
    if (names.length !== values.length) throw new Error(`netstat ${heading} has ${names.length} names and ${values.length} values`);
    names.forEach((name, column) => add(families, heading.replace(':', ''), name, values[column]));
  }
}

/** @param text `/proc/net/snmp6`: a name that starts with a protocol ending in 6, and a value */
export function parseSnmp6(text: string, families: Families): void {
  for (const line of linesOf(text)) {
    const [name = '', value] = fieldsOf(line);
    const six = name.indexOf('6');
    if (six > 0) add(families, name.slice(0, six + 1), name.slice(six + 1), value);
  }
}

export const netstat: Part =
  ({ proc }) =>
  () => {
    const families = new Families();
    parseNetstat(proc.read('net/netstat'), families);
    parseNetstat(proc.read('net/snmp'), families);
    // Absent where IPv6 is off.
    parseSnmp6(proc.tryRead('net/snmp6') ?? '', families);
    return families;
  };
