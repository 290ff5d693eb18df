/** Fibre Channel adapters: `/sys/class/fc_host`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, maybeNumber } from '../text.ts';

const COUNTERS = [
  ['dumped_frames', 'dumped_frames_total', 'Number of dumped frames'],
  ['error_frames', 'error_frames_total', 'Number of errors in frames'],
  ['invalid_crc_count', 'invalid_crc_total', 'Invalid Cyclic Redundancy Check count'],
  ['rx_frames', 'rx_frames_total', 'Number of frames received'],
  ['rx_words', 'rx_words_total', 'Number of words received by host port'],
  ['tx_frames', 'tx_frames_total', 'Number of frames transmitted by host port'],
  ['tx_words', 'tx_words_total', 'Number of words transmitted by host port'],
  ['seconds_since_last_reset', 'seconds_since_last_reset_total', 'Number of seconds since last host port reset'],
  ['invalid_tx_word_count', 'invalid_tx_words_total', 'Number of invalid words transmitted by host port'],
  ['link_failure_count', 'link_failure_total', 'Number of times the host port link has failed'],
  ['loss_of_sync_count', 'loss_of_sync_total', 'Number of failures on either bit or transmission word boundaries'],
  ['loss_of_signal_count', 'loss_of_signal_total', 'Number of times signal has been lost'],
  ['nos_count', 'nos_total', 'Number Not_Operational Primitive Sequence received by host port'],
  ['fcp_packet_aborts', 'fcp_packet_aborts_total', 'Number of aborted packets'],
] as const;

const INFO = fieldsOf(`
  speed port_state port_type port_id port_name fabric_name symbolic_name supported_classes supported_speeds
  dev_loss_tmo
`);

/** What firmware that does not count says: all bits set. */
const NOT_COUNTED = '0xffffffffffffffff';

export const fibrechannel: Part =
  ({ sys }) =>
  async () => {
    const families = new Families();
    for (const host of sys.list('class/fc_host')) {
      const folder = `class/fc_host/${host}`;
      const labels = INFO.flatMap((label) => {
        const text = sys.tryRead(`${folder}/${label}`)?.trim() ?? '';
        // Names and ids are hexadecimal; they go without their 0x.
        return [label, /_(id|name)$/.test(label) && label !== 'symbolic_name' ? text.replace(/^0x/, '') : text];
      });
      families
        .gauge('node_fibrechannel_info', 'Non-numeric data from /sys/class/fc_host/<host>, value is always 1.')
        .add(1, 'fc_host', host, ...labels);
      for (const [file, name, help] of COUNTERS) {
        if (!sys.exists(`${folder}/statistics/${file}`)) continue;
        const text = await sys.readSlowly(`${folder}/statistics/${file}`);
        const value = text === NOT_COUNTED ? undefined : maybeNumber(text);
        if (value !== undefined) families.counter(`node_fibrechannel_${name}`, help).add(value, 'fc_host', host);
      }
    }
    return families;
  };
