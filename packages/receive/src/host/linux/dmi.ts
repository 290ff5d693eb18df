/** What the firmware says about the machine: `/sys/class/dmi/id`. Serial numbers are for root only and left out for others. */

import { Families } from '../family.ts';
import { NothingHere, type Part } from '../part.ts';

/** Label and file; a file that cannot be read gives no label. */
const FILES = [
  ['bios_date', 'bios_date'],
  ['bios_release', 'bios_release'],
  ['bios_vendor', 'bios_vendor'],
  ['bios_version', 'bios_version'],
  ['board_asset_tag', 'board_asset_tag'],
  ['board_name', 'board_name'],
  ['board_serial', 'board_serial'],
  ['board_vendor', 'board_vendor'],
  ['board_version', 'board_version'],
  ['chassis_asset_tag', 'chassis_asset_tag'],
  ['chassis_serial', 'chassis_serial'],
  ['chassis_vendor', 'chassis_vendor'],
  ['chassis_version', 'chassis_version'],
  ['product_family', 'product_family'],
  ['product_name', 'product_name'],
  ['product_serial', 'product_serial'],
  ['product_sku', 'product_sku'],
  ['product_uuid', 'product_uuid'],
  ['product_version', 'product_version'],
  ['system_vendor', 'sys_vendor'],
] as const;

const HELP =
  "A metric with a constant '1' value labeled by bios_date, bios_release, bios_vendor, bios_version, board_asset_tag, board_name, " +
  'board_serial, board_vendor, board_version, chassis_asset_tag, chassis_serial, chassis_vendor, chassis_version, product_family, ' +
  'product_name, product_serial, product_sku, product_uuid, product_version, system_vendor if provided by DMI.';

export const dmi: Part = ({ sys }) => {
  const labels = sys.exists('class/dmi/id')
    ? FILES.flatMap(([label, file]) => {
        const value = sys.tryRead(`class/dmi/id/${file}`)?.trim();
        return value === undefined ? [] : [label, value];
      })
    : [];
  return () => {
    if (labels.length === 0) throw new NothingHere('the firmware offers no DMI');
    const families = new Families();
    families.gauge('node_dmi_info', HELP).add(1, ...labels);
    return families;
  };
};
