/** Sensors of the hardware monitors: `/sys/class/hwmon`. */

import { basename, dirname } from 'node:path';
import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import type { Tree } from '../tree.ts';
import { fieldsOf, maybeNumber } from '../text.ts';

const SENSOR_TYPES = new Set(fieldsOf('vrm beep_enable update_interval in cpu fan pwm temp curr power energy humidity intrusion'));

/** The files of one sensor: what stands behind `temp1_`, with its text. The file `pwm1` has the empty name. */
type SensorFiles = ReadonlyMap<string, string>;

/** A chip of `/sys/class/hwmon`. */
export interface Chip {
  /** A name that stays the same between boots, from the device's place. */
  readonly name: string;
  /** What the driver calls the chip. */
  readonly title: string | undefined;
  readonly sensors: ReadonlyMap<string, SensorFiles>;
}

/** A name made fit for labels: lower case, with underscores for anything unusual. */
function clean(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9:_]/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

/** Splits `temp1_max` into the sensor's type, number and property; `undefined` when it belongs to no sensor. */
export function sensorOf(file: string): { type: string; sensor: string; property: string } | undefined {
  const match = /^([^0-9]+)([0-9]*)(?:_(.+))?$/.exec(file);
  const type = match?.[1] ?? '';
  if (!SENSOR_TYPES.has(type)) return undefined;
  return { type, sensor: `${type}${Number(match?.[2] ?? 0)}`, property: match?.[3] ?? '' };
}

async function readSensors(sys: Tree, folder: string, sensors: Map<string, Map<string, string>>): Promise<void> {
  for (const file of sys.tryList(folder)) {
    const place = sensorOf(file);
    if (place === undefined) continue;
    // Each read may ask a chip behind a slow bus, or a disk that has to answer a command.
    const text = await sys.readSlowly(`${folder}/${file}`);
    if (text === undefined) continue;
    let files = sensors.get(place.sensor);
    if (files === undefined) sensors.set(place.sensor, (files = new Map()));
    files.set(place.property, text);
  }
}

function chipName(sys: Tree, folder: string): string {
  const device = sys.tryRealPath(`${folder}/device`);
  if (device !== undefined) {
    const parts = [clean(basename(dirname(device))), clean(basename(device))].filter((part) => part !== '');
    if (parts.at(-1) !== undefined) return parts.join('_');
  }
  return clean(sys.tryRead(`${folder}/name`) ?? '') || clean(basename(sys.tryRealPath(folder) ?? folder));
}

async function readChip(sys: Tree, folder: string): Promise<Chip> {
  const sensors = new Map<string, Map<string, string>>();
  await readSensors(sys, folder, sensors);
  if (sys.exists(`${folder}/device`)) await readSensors(sys, `${folder}/device`, sensors);
  return { name: chipName(sys, folder), title: clean(sys.tryRead(`${folder}/name`) ?? '') || undefined, sensors };
}

/** What to do with a file's number: the metric's suffix, the factor to its unit, and the help text. */
interface Meaning {
  readonly suffix: string;
  readonly factor?: number;
  readonly divisor?: number;
  readonly help: string;
  readonly type?: 'counter';
}

function meaningOf(type: string, property: string): Meaning {
  if (property === 'fault' || property === 'alarm') return { suffix: '', help: `Hardware sensor ${property} status (${type})` };
  if (property === 'beep') return { suffix: '_enabled', help: 'Hardware monitor sensor has beeping enabled' };
  if (type === 'in' || type === 'cpu') return { suffix: '_volts', factor: 0.001, help: `Hardware monitor for voltage (${property})` };
  if (type === 'temp' && property !== 'type')
    return { suffix: '_celsius', factor: 0.001, help: `Hardware monitor for temperature (${property})` };
  if (type === 'curr') return { suffix: '_amps', factor: 0.001, help: `Hardware monitor for current (${property})` };
  if (type === 'energy')
    return { suffix: '_joule_total', divisor: 1e6, type: 'counter', help: `Hardware monitor for joules used so far (${property})` };
  if (type === 'power' && property === 'accuracy')
    return { suffix: '', divisor: 1e6, help: 'Hardware monitor power meter accuracy, as a ratio' };
  if (type === 'power' && property.startsWith('average_interval'))
    return { suffix: '_seconds', factor: 0.001, help: `Hardware monitor power usage update interval (${property})` };
  if (type === 'power') return { suffix: '_watt', divisor: 1e6, help: `Hardware monitor for power usage in watts (${property})` };
  if (type === 'humidity')
    return {
      suffix: '',
      divisor: 1e6,
      help: `Hardware monitor for humidity, as a ratio (multiply with 100.0 to get the humidity as a percentage) (${property})`,
    };
  if (type === 'fan' && ['input', 'min', 'max', 'target'].includes(property))
    return { suffix: '_rpm', help: `Hardware monitor for fan revolutions per minute (${property})` };
  return { suffix: '', help: `Hardware monitor ${type} element ${property}` };
}

function addSensor(type: string, files: SensorFiles, labels: readonly string[], families: Families): void {
  for (const [property, text] of files) {
    const value = maybeNumber(text);
    if (property === 'label' || value === undefined) continue;
    // A sensor's main value bears the sensor's own name, unless a file without a property claims it.
    const part = property === '' || (property === 'input' && !files.has('')) ? '' : `_${clean(property)}`;
    const { suffix, factor = 1, divisor = 1, help, type: kind = 'gauge' } = meaningOf(type, property);
    families[kind](`node_hwmon_${type}${part}${suffix}`, help).add((value * factor) / divisor, ...labels);
  }
}

/** Adds the families of a chip. */
export function addChip(chip: Chip, families: Families): void {
  if (chip.title !== undefined) {
    families
      .gauge('node_hwmon_chip_names', 'Annotation metric for human-readable chip names')
      .add(1, 'chip', chip.name, 'chip_name', chip.title);
  }
  for (const [sensor, files] of chip.sensors) {
    const labels = ['chip', chip.name, 'sensor', sensor];
    const type = sensorOf(sensor)?.type ?? '';
    const label = files.get('label');
    if (label !== undefined) families.gauge('node_hwmon_sensor_label', 'Label for given chip and sensor').add(1, ...labels, 'label', label);
    const value = maybeNumber(files.get(''));
    if (type === 'beep_enable') {
      families.gauge('node_hwmon_beep_enabled', 'Hardware beep enabled').add(value === 1 ? 1 : 0, ...labels);
    } else if (type === 'vrm') {
      if (value !== undefined) families.gauge('node_hwmon_voltage_regulator_version', 'Hardware voltage regulator').add(value, ...labels);
    } else if (type === 'update_interval') {
      if (value !== undefined)
        families.gauge('node_hwmon_update_interval_seconds', 'Hardware monitor update interval').add(value * 0.001, ...labels);
    } else {
      addSensor(type, files, labels, families);
    }
  }
}

export const hwmon: Part =
  ({ sys }) =>
  async () => {
    const families = new Families();
    for (const entry of sys.list('class/hwmon')) addChip(await readChip(sys, `class/hwmon/${entry}`), families);
    return families;
  };
