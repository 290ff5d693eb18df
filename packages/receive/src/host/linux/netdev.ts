/** Traffic by network device: `/proc/net/dev`, and packets without a handler from `/sys/class/net`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf, maybeNumber, numberFrom } from '../text.ts';

/** Names of the columns in the order of the file. */
const RECEIVE = ['bytes', 'packets', 'errs', 'drop', 'fifo', 'frame', 'compressed', 'multicast'];
const TRANSMIT = ['bytes', 'packets', 'errs', 'drop', 'fifo', 'colls', 'carrier', 'compressed'];
const COLUMNS = [...RECEIVE.map((name) => `receive_${name}`), ...TRANSMIT.map((name) => `transmit_${name}`)];

/** Devices whose traffic is of no interest. */
const EXCLUDED = /^lo$/;

/** @param text `/proc/net/dev`: two lines of heading, then `device: 16 numbers` */
export function parseNetDev(text: string): Map<string, number[]> {
  const devices = new Map<string, number[]>();
  for (const line of linesOf(text).slice(2)) {
    // A device's name may contain a colon (an alias); the numbers never do.
    const colon = line.lastIndexOf(':');
    if (colon < 0) continue;
    const device = line.slice(0, colon).trim();
    if (EXCLUDED.test(device)) continue;
    const values = fieldsOf(line.slice(colon + 1)).map((field) => numberFrom(field, `/proc/net/dev ${device}`));
    devices.set(device, values);
  }
  return devices;
}

export const netdev: Part =
  ({ proc, sys }) =>
  () => {
    const families = new Families();
    const statistic = (name: string) => families.counter(`node_network_${name}_total`, `Network device statistic ${name}.`);
    for (const [device, values] of parseNetDev(proc.read('net/dev'))) {
      COLUMNS.forEach((name, column) => statistic(name).add(values[column] ?? 0, 'device', device));
      const noHandler = maybeNumber(sys.tryRead(`class/net/${device}/statistics/rx_nohandler`));
      if (noHandler !== undefined) statistic('receive_nohandler').add(noHandler, 'device', device);
    }
    return families;
  };
