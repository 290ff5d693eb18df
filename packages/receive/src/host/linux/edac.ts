/** Memory errors by controller and row: `/sys/devices/system/edac/mc`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { numberFrom } from '../text.ts';

export const edac: Part = ({ sys }) => {
  const count = (file: string): number => numberFrom(sys.read(file), file);
  return () => {
    const families = new Families();
    const correctable = families.counter('node_edac_correctable_errors_total', 'Total correctable memory errors.');
    const uncorrectable = families.counter('node_edac_uncorrectable_errors_total', 'Total uncorrectable memory errors.');
    const rowCorrectable = families.counter('node_edac_csrow_correctable_errors_total', 'Total correctable memory errors for this csrow.');
    const rowUncorrectable = families.counter(
      'node_edac_csrow_uncorrectable_errors_total',
      'Total uncorrectable memory errors for this csrow.',
    );
    for (const name of sys.tryList('devices/system/edac/mc').filter((entry) => /^mc\d/.test(entry))) {
      const folder = `devices/system/edac/mc/${name}`;
      const controller = ['controller', name.slice(2)];
      correctable.add(count(`${folder}/ce_count`), ...controller);
      rowCorrectable.add(count(`${folder}/ce_noinfo_count`), ...controller, 'csrow', 'unknown');
      uncorrectable.add(count(`${folder}/ue_count`), ...controller);
      rowUncorrectable.add(count(`${folder}/ue_noinfo_count`), ...controller, 'csrow', 'unknown');
      for (const row of sys.tryList(folder).filter((entry) => /^csrow\d/.test(entry))) {
        rowCorrectable.add(count(`${folder}/${row}/ce_count`), ...controller, 'csrow', row.slice(5));
        rowUncorrectable.add(count(`${folder}/${row}/ue_count`), ...controller, 'csrow', row.slice(5));
      }
    }
    return families;
  };
};
