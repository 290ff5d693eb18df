/** CPU frequencies: `/sys/devices/system/cpu/cpu<N>/cpufreq`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { maybeNumber } from '../text.ts';

const FILES = [
  ['cpuinfo_cur_freq', 'node_cpu_frequency_hertz', 'Current cpu thread frequency in hertz.'],
  ['cpuinfo_min_freq', 'node_cpu_frequency_min_hertz', 'Minimum cpu thread frequency in hertz.'],
  ['cpuinfo_max_freq', 'node_cpu_frequency_max_hertz', 'Maximum cpu thread frequency in hertz.'],
  ['scaling_cur_freq', 'node_cpu_scaling_frequency_hertz', 'Current scaled CPU thread frequency in hertz.'],
  ['scaling_min_freq', 'node_cpu_scaling_frequency_min_hertz', 'Minimum scaled CPU thread frequency in hertz.'],
  ['scaling_max_freq', 'node_cpu_scaling_frequency_max_hertz', 'Maximum scaled CPU thread frequency in hertz.'],
] as const;

export const cpufreq: Part =
  ({ sys }) =>
  async () => {
    const families = new Families();
    for (const cpu of sys.tryList('devices/system/cpu')) {
      const folder = `devices/system/cpu/${cpu}/cpufreq`;
      if (!/^cpu\d+$/.test(cpu) || !sys.exists(folder)) continue;
      for (const [file, name, help] of FILES) {
        // Some drivers ask the hardware for the current frequency and let the reader wait for it.
        const kilohertz = maybeNumber(
          file.includes('_cur_') ? await sys.readSlowly(`${folder}/${file}`) : sys.tryRead(`${folder}/${file}`),
        );
        if (kilohertz !== undefined) families.gauge(name, help).add(kilohertz * 1000, 'cpu', cpu.slice(3));
      }
    }
    return families;
  };
