/** The kernel's entropy pool: `/proc/sys/kernel/random`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { numberFrom } from '../text.ts';

export const entropy: Part =
  ({ proc }) =>
  () => {
    const families = new Families();
    families
      .gauge('node_entropy_available_bits', 'Bits of available entropy.')
      .add(numberFrom(proc.read('sys/kernel/random/entropy_avail'), 'entropy_avail'));
    families
      .gauge('node_entropy_pool_size_bits', 'Bits of entropy pool.')
      .add(numberFrom(proc.read('sys/kernel/random/poolsize'), 'poolsize'));
    return families;
  };
