/** Properties of network devices: `/sys/class/net/<device>`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { maybeNumber } from '../text.ts';

/** Reading these takes the lock of the network configuration, which a change may hold for long. */
const LOCKING = new Set(['carrier', 'dormant']);

/** File, property, and whether it counts. */
const PROPERTIES: readonly (readonly [file: string, property: string, type?: 'counter'])[] = [
  ['addr_assign_type', 'address_assign_type'],
  ['carrier', 'carrier'],
  ['carrier_changes', 'carrier_changes_total', 'counter'],
  ['carrier_up_count', 'carrier_up_changes_total', 'counter'],
  ['carrier_down_count', 'carrier_down_changes_total', 'counter'],
  ['dev_id', 'device_id'],
  ['dormant', 'dormant'],
  ['flags', 'flags'],
  ['ifindex', 'iface_id'],
  ['iflink', 'iface_link'],
  ['link_mode', 'iface_link_mode'],
  ['mtu', 'mtu_bytes'],
  ['name_assign_type', 'name_assign_type'],
  ['netdev_group', 'net_dev_group'],
  ['tx_queue_len', 'transmit_queue_length'],
  ['type', 'protocol_type'],
];

export const netclass: Part =
  ({ sys }) =>
  async () => {
    const families = new Families();
    const property = (name: string, type: 'counter' | 'gauge') =>
      families[type](`node_network_${name}`, `Network device property: ${name}`);
    for (const device of sys.list('class/net')) {
      const folder = `class/net/${device}`;
      // Files like bonding_masters lie beside the devices.
      if (!sys.exists(`${folder}/ifindex`)) continue;
      const text = (file: string): string => sys.tryRead(`${folder}/${file}`) ?? '';
      const state = text('operstate');
      families.gauge('node_network_up', "Value is 1 if operstate is 'up', 0 otherwise.").add(state === 'up' ? 1 : 0, 'device', device);
      families.gauge('node_network_info', 'Non-numeric data from /sys/class/net/<iface>, value is always 1.').info({
        device,
        address: text('address'),
        broadcast: text('broadcast'),
        duplex: (await sys.readSlowly(`${folder}/duplex`)) ?? '',
        operstate: state,
        ifalias: text('ifalias'),
      });
      for (const [file, name, type = 'gauge'] of PROPERTIES) {
        const path = `${folder}/${file}`;
        const value = maybeNumber(LOCKING.has(file) ? await sys.readSlowly(path) : sys.tryRead(path));
        if (value !== undefined) property(name, type).add(value, 'device', device);
      }
      const megabits = maybeNumber(await sys.readSlowly(`${folder}/speed`));
      // Devices that do not know their speed say -1; node_exporter passes it on, and so do we.
      if (megabits !== undefined) property('speed_bytes', 'gauge').add(Math.trunc((megabits * 1_000_000) / 8), 'device', device);
    }
    return families;
  };
