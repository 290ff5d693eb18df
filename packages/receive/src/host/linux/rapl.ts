/** Energy used by packages, cores and memory: `/sys/class/powercap` (for root only on most machines). */

import { Families } from '../family.ts';
import { NothingHere, type Part } from '../part.ts';
import { numberFrom } from '../text.ts';

/** `package-1` is the zone `package` number 1; zones without a number are counted. */
export function zoneOf(name: string, seen: Map<string, number>): { zone: string; index: number } {
  const match = /^([^-]+)-(\d+)$/.exec(name);
  if (match !== null) return { zone: match[1] ?? '', index: Number(match[2]) };
  const index = seen.get(name) ?? 0;
  seen.set(name, index + 1);
  return { zone: name, index };
}

export const rapl: Part =
  ({ sys }) =>
  () => {
    const families = new Families();
    const seen = new Map<string, number>();
    for (const folder of sys.list('class/powercap')) {
      const name = sys.tryRead(`class/powercap/${folder}/name`)?.trim();
      if (name === undefined) continue;
      const energy = sys.tryRead(`class/powercap/${folder}/energy_uj`);
      if (energy === undefined) throw new NothingHere(`${folder}/energy_uj cannot be read`);
      const { zone, index } = zoneOf(name, seen);
      families
        .counter(`node_rapl_${zone.replaceAll(/[^a-zA-Z0-9_]/g, '_')}_joules_total`, `Current RAPL ${zone} value in joules`)
        .add(numberFrom(energy, `${folder}/energy_uj`) / 1e6, 'index', String(index), 'path', sys.path(`class/powercap/${folder}`));
    }
    return families;
  };
