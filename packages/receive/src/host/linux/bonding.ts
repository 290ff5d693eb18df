/** Bonding interfaces: configured and active members, from `/sys/class/net/<master>/bonding`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf } from '../text.ts';

export const bonding: Part =
  ({ sys }) =>
  () => {
    const families = new Families();
    for (const master of fieldsOf(sys.read('class/net/bonding_masters'))) {
      const folder = `class/net/${master}`;
      const members = fieldsOf(sys.read(`${folder}/bonding/slaves`));
      const active = members.filter((member) => {
        // Before Linux 3.13 the links to the members were called slave_<name>.
        const link = sys.exists(`${folder}/lower_${member}`) ? 'lower' : 'slave';
        return sys.read(`${folder}/${link}_${member}/bonding_slave/mii_status`) === 'up';
      });
      families.gauge('node_bonding_slaves', 'Number of configured slaves per bonding interface.').add(members.length, 'master', master);
      families.gauge('node_bonding_active', 'Number of active slaves per bonding interface.').add(active.length, 'master', master);
    }
    return families;
  };
