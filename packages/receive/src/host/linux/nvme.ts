/** NVMe controllers: `/sys/class/nvme`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';

export const nvme: Part =
  ({ sys }) =>
  () => {
    const families = new Families();
    for (const device of sys.list('class/nvme')) {
      const text = (file: string): string => sys.tryRead(`class/nvme/${device}/${file}`)?.trim() ?? '';
      families
        .gauge('node_nvme_info', 'Non-numeric data from /sys/class/nvme/<device>, value is always 1.')
        .info({ device, firmware_revision: text('firmware_rev'), model: text('model'), serial: text('serial'), state: text('state') });
    }
    return families;
  };
