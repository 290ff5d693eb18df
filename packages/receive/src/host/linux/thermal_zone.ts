/** Temperatures and cooling devices of the thermal framework: `/sys/class/thermal`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { maybeNumber } from '../text.ts';

export const thermalZone: Part =
  ({ sys }) =>
  async () => {
    const families = new Families();
    for (const name of sys.tryList('class/thermal')) {
      const folder = `class/thermal/${name}`;
      const type = sys.tryRead(`${folder}/type`) ?? '';
      if (name.startsWith('thermal_zone')) {
        // The sensor may sit behind a slow bus, and says EAGAIN or EINVAL while its zone is off.
        const millidegrees = maybeNumber(await sys.readSlowly(`${folder}/temp`));
        if (millidegrees === undefined) continue;
        families
          .gauge('node_thermal_zone_temp', 'Zone temperature in Celsius')
          .add(millidegrees / 1000, 'zone', name.slice('thermal_zone'.length), 'type', type);
      } else if (name.startsWith('cooling_device')) {
        const labels = ['name', name.slice('cooling_device'.length), 'type', type];
        const current = maybeNumber(await sys.readSlowly(`${folder}/cur_state`));
        const maximum = maybeNumber(await sys.readSlowly(`${folder}/max_state`));
        if (current === undefined || maximum === undefined) continue;
        families.gauge('node_cooling_device_cur_state', 'Current throttle state of the cooling device').add(current, ...labels);
        families.gauge('node_cooling_device_max_state', 'Maximum throttle state of the cooling device').add(maximum, ...labels);
      }
    }
    return families;
  };
