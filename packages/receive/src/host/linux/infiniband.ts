/** InfiniBand ports: `/sys/class/infiniband`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import type { Tree } from '../tree.ts';
import { maybeNumber, numberFrom } from '../text.ts';

/** Data is counted in units of the four lanes of a link. */
const LANES = 4;

/** Files below a port: file, name, help, factor. */
const COUNTERS: readonly (readonly [file: string, name: string, help: string, factor?: number])[] = [
  ['counters_ext/port_multicast_rcv_packets', 'legacy_multicast_packets_received_total', 'Number of multicast packets received'],
  ['counters_ext/port_multicast_xmit_packets', 'legacy_multicast_packets_transmitted_total', 'Number of multicast packets transmitted'],
  ['counters_ext/port_rcv_data_64', 'legacy_data_received_bytes_total', 'Number of data octets received on all links', LANES],
  ['counters_ext/port_rcv_packets_64', 'legacy_packets_received_total', 'Number of data packets received on all links'],
  ['counters_ext/port_unicast_rcv_packets', 'legacy_unicast_packets_received_total', 'Number of unicast packets received'],
  ['counters_ext/port_unicast_xmit_packets', 'legacy_unicast_packets_transmitted_total', 'Number of unicast packets transmitted'],
  ['counters_ext/port_xmit_data_64', 'legacy_data_transmitted_bytes_total', 'Number of data octets transmitted on all links', LANES],
  ['counters_ext/port_xmit_packets_64', 'legacy_packets_transmitted_total', 'Number of data packets received on all links'],
  [
    'counters/excessive_buffer_overrun_errors',
    'excessive_buffer_overrun_errors_total',
    'Number of times that OverrunErrors consecutive flow control update periods occurred, each having at least one overrun error.',
  ],
  ['counters/link_downed', 'link_downed_total', 'Number of times the link failed to recover from an error state and went down'],
  ['counters/link_error_recovery', 'link_error_recovery_total', 'Number of times the link successfully recovered from an error state'],
  [
    'counters/local_link_integrity_errors',
    'local_link_integrity_errors_total',
    'Number of times that the count of local physical errors exceeded the threshold specified by LocalPhyErrors.',
  ],
  ['counters/multicast_rcv_packets', 'multicast_packets_received_total', 'Number of multicast packets received (including errors)'],
  ['counters/multicast_xmit_packets', 'multicast_packets_transmitted_total', 'Number of multicast packets transmitted (including errors)'],
  [
    'counters/port_rcv_constraint_errors',
    'port_constraint_errors_received_total',
    'Number of packets received on the switch physical port that are discarded',
  ],
  [
    'counters/port_xmit_constraint_errors',
    'port_constraint_errors_transmitted_total',
    'Number of packets not transmitted from the switch physical port',
  ],
  ['counters/port_rcv_data', 'port_data_received_bytes_total', 'Number of data octets received on all links', LANES],
  ['counters/port_xmit_data', 'port_data_transmitted_bytes_total', 'Number of data octets transmitted on all links', LANES],
  [
    'counters/port_rcv_discards',
    'port_discards_received_total',
    'Number of inbound packets discarded by the port because the port is down or congested',
  ],
  [
    'counters/port_xmit_discards',
    'port_discards_transmitted_total',
    'Number of outbound packets discarded by the port because the port is down or congested',
  ],
  ['counters/port_rcv_errors', 'port_errors_received_total', 'Number of packets containing an error that were received on this port'],
  ['counters/port_rcv_packets', 'port_packets_received_total', 'Number of packets received on all VLs by this port (including errors)'],
  [
    'counters/port_xmit_packets',
    'port_packets_transmitted_total',
    'Number of packets transmitted on all VLs from this port (including errors)',
  ],
  [
    'counters/port_rcv_remote_physical_errors',
    'port_receive_remote_physical_errors_total',
    'Number of packets marked with the EBP (End of Bad Packet) delimiter received on the port.',
  ],
  [
    'counters/port_rcv_switch_relay_errors',
    'port_receive_switch_relay_errors_total',
    'Number of packets that could not be forwarded by the switch.',
  ],
  [
    'counters/port_xmit_wait',
    'port_transmit_wait_total',
    'Number of ticks during which the port had data to transmit but no data was sent during the entire tick',
  ],
  ['counters/symbol_error', 'symbol_error_total', 'Number of minor link errors detected on one or more physical lanes.'],
  ['counters/unicast_rcv_packets', 'unicast_packets_received_total', 'Number of unicast packets received (including errors)'],
  ['counters/unicast_xmit_packets', 'unicast_packets_transmitted_total', 'Number of unicast packets transmitted (including errors)'],
  ['counters/VL15_dropped', 'vl15_dropped_total', 'Number of incoming VL15 packets dropped due to resource limitations.'],
];

/** The number of a state, `4: ACTIVE`. */
function stateId(text: string): number {
  return numberFrom(text.split(':')[0], `infiniband state "${text}"`);
}

/** A rate, `100 Gb/sec (4X EDR)`, in bytes per second. */
export function parseRate(text: string): number {
  return Math.trunc(numberFrom(text.split(' ')[0], `infiniband rate "${text}"`) * 125_000_000);
}

async function addPort(sys: Tree, device: string, port: string, families: Families): Promise<void> {
  const folder = `class/infiniband/${device}/ports/${port}`;
  const labels = ['device', device, 'port', port];
  families
    .gauge('node_infiniband_state_id', 'State of the InfiniBand port (0: no change, 1: down, 2: init, 3: armed, 4: active, 5: act defer)')
    .add(stateId(sys.read(`${folder}/state`)), ...labels);
  families
    .gauge(
      'node_infiniband_physical_state_id',
      'Physical state of the InfiniBand port (0: no change, 1: sleep, 2: polling, 3: disable, 4: shift, 5: link up, 6: link error recover, 7: phytest)',
    )
    .add(stateId(sys.read(`${folder}/phys_state`)), ...labels);
  families
    .gauge('node_infiniband_rate_bytes_per_second', 'Maximum signal transfer rate')
    .add(parseRate(sys.read(`${folder}/rate`)), ...labels);
  for (const [file, name, help, factor = 1] of COUNTERS) {
    if (!sys.exists(`${folder}/${file}`)) continue;
    // The adapter's firmware answers; where it does not count, the file says so in words.
    const value = maybeNumber(await sys.readSlowly(`${folder}/${file}`));
    if (value !== undefined) families.counter(`node_infiniband_${name}`, help).add(value * factor, ...labels);
  }
}

export const infiniband: Part =
  ({ sys }) =>
  async () => {
    const families = new Families();
    for (const device of sys.list('class/infiniband')) {
      const text = (file: string): string => sys.tryRead(`class/infiniband/${device}/${file}`) ?? '';
      families
        .gauge('node_infiniband_info', 'Non-numeric data from /sys/class/infiniband/<device>, value is always 1.')
        .add(1, 'device', device, 'board_id', text('board_id'), 'firmware_version', text('fw_ver'), 'hca_type', text('hca_type'));
      for (const port of sys.tryList(`class/infiniband/${device}/ports`)) await addPort(sys, device, port, families);
    }
    return families;
  };
