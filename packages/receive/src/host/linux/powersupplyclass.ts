/** Batteries and mains: `/sys/class/power_supply`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, maybeNumber } from '../text.ts';

/** Files that hold plain numbers. The metric is called like the file, or as said. */
const PLAIN: Readonly<Record<string, string>> = {
  authentic: 'authentic',
  calibrate: 'calibrate',
  capacity: 'capacity',
  capacity_alert_max: 'capacity_alert_max',
  capacity_alert_min: 'capacity_alert_min',
  cycle_count: 'cyclecount',
  online: 'online',
  present: 'present',
  time_to_empty_now: 'time_to_empty_seconds',
  time_to_full_now: 'time_to_full_seconds',
};

/** Files in millionths of the unit whose metrics are called like them. */
const MICRO_NAMES = fieldsOf(`
  charge_control_limit charge_control_limit_max charge_counter charge_empty charge_empty_design charge_full
  charge_full_design charge_term_current constant_charge_current constant_charge_current_max constant_charge_voltage
  constant_charge_voltage_max current_boot current_max energy_empty energy_empty_design energy_full
  energy_full_design input_current_limit precharge_current voltage_boot voltage_max voltage_max_design voltage_min
  voltage_min_design voltage_ocv
`);

/** All files in millionths of the unit. */
const MICRO: Readonly<Record<string, string>> = {
  ...Object.fromEntries(MICRO_NAMES.map((name) => [name, name])),
  charge_now: 'charge_ampere',
  current_now: 'current_ampere',
  energy_now: 'energy_watthour',
  power_now: 'power_watt',
  voltage_now: 'voltage_volt',
};

/** Files in tenths of a degree. */
const TENTHS = ['temp', 'temp_alert_max', 'temp_alert_min', 'temp_ambient', 'temp_ambient_max', 'temp_ambient_min', 'temp_max', 'temp_min'];

const INFO = fieldsOf('capacity_level charge_type health manufacturer model_name serial_number status technology type usb_type scope');

/** Adds a supply. @param files the text of each of its files, by name */
export function addPowerSupply(name: string, files: ReadonlyMap<string, string>, families: Families): void {
  const add = (metric: string, text: string | undefined, divisor: number): void => {
    const value = maybeNumber(text);
    if (value === undefined) return;
    families
      .gauge(`node_power_supply_${metric}`, `${metric} value of /sys/class/power_supply/<power_supply>.`)
      .add(value / divisor, 'power_supply', name);
  };
  for (const [file, metric] of Object.entries(PLAIN)) add(metric, files.get(file), 1);
  for (const [file, metric] of Object.entries(MICRO)) add(metric, files.get(file), 1e6);
  for (const file of TENTHS) add(`${file}_celsius`, files.get(file), 10);
  const labels = INFO.flatMap((label) => (files.get(label) ? [label, files.get(label) ?? ''] : []));
  families.gauge('node_power_supply_info', 'info of /sys/class/power_supply/<power_supply>.').add(1, 'power_supply', name, ...labels);
}

const FILES = [...Object.keys(PLAIN), ...Object.keys(MICRO), ...TENTHS, ...INFO];

export const powersupplyclass: Part =
  ({ sys }) =>
  async () => {
    const families = new Families();
    for (const supply of sys.list('class/power_supply')) {
      const present = new Set(sys.tryList(`class/power_supply/${supply}`));
      const files = new Map<string, string>();
      for (const file of FILES.filter((candidate) => present.has(candidate))) {
        // The answer comes from the battery's own controller, which can be slow.
        const text = await sys.readSlowly(`class/power_supply/${supply}/${file}`);
        if (text !== undefined) files.set(file, text);
      }
      addPowerSupply(supply, files, families);
    }
    return families;
  };
