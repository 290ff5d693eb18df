/** Connection tracking of netfilter: `/proc/sys/net/netfilter` and `/proc/net/stat/nf_conntrack`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, hexFrom, linesOf, numberFrom } from '../text.ts';

const STATISTICS = {
  found: 'Number of searched entries which were successful.',
  invalid: 'Number of packets seen which can not be tracked.',
  ignore: 'Number of packets seen which are already connected to a conntrack entry.',
  insert: 'Number of entries inserted into the list.',
  insert_failed: 'Number of entries for which list insertion was attempted but failed.',
  drop: 'Number of packets dropped due to conntrack failure.',
  early_drop: 'Number of dropped conntrack entries to make room for new ones, if maximum table size was reached.',
  search_restart: 'Number of conntrack table lookups which had to be restarted due to hashtable resizes.',
};

/**
 * Adds the sums over all CPUs.
 * @param text `/proc/net/stat/nf_conntrack`: a heading, then a line of hexadecimal numbers for each CPU
 */
export function parseConntrackStat(text: string, families: Families): void {
  const [heading, ...rows] = linesOf(text).map(fieldsOf);
  for (const [name, help] of Object.entries(STATISTICS)) {
    const column = heading?.indexOf(name) ?? -1;
    if (column < 0) continue;
    const sum = rows.reduce((total, row) => total + hexFrom(row[column], `nf_conntrack ${name}`), 0);
    families.gauge(`node_nf_conntrack_stat_${name}`, help).add(sum);
  }
}

export const conntrack: Part =
  ({ proc }) =>
  () => {
    const families = new Families();
    families
      .gauge('node_nf_conntrack_entries', 'Number of currently allocated flow entries for connection tracking.')
      .add(numberFrom(proc.read('sys/net/netfilter/nf_conntrack_count'), 'nf_conntrack_count'));
    families
      .gauge('node_nf_conntrack_entries_limit', 'Maximum size of connection tracking table.')
      .add(numberFrom(proc.read('sys/net/netfilter/nf_conntrack_max'), 'nf_conntrack_max'));
    parseConntrackStat(proc.read('net/stat/nf_conntrack'), families);
    return families;
  };
