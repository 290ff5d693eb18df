import { expect, test } from 'vitest';
import { fixtureHost, samplesOf } from '../fixture-tree.ts';
import { NothingHere } from '../part.ts';
import { cpufreq } from './cpufreq.ts';
import { dmi } from './dmi.ts';
import { edac } from './edac.ts';
import { fibrechannel } from './fibrechannel.ts';
import { hwmon, sensorOf } from './hwmon.ts';
import { infiniband, parseRate } from './infiniband.ts';
import { nvme } from './nvme.ts';
import { powersupplyclass } from './powersupplyclass.ts';
import { rapl } from './rapl.ts';
import { tapestats } from './tapestats.ts';
import { thermalZone } from './thermal_zone.ts';

test('CPU frequencies are hertz; what the user may not read is left out', async () => {
  const sys = {
    'devices/system/cpu/cpu3/cpufreq/scaling_cur_freq': '1219917',
    'devices/system/cpu/cpu3/cpufreq/cpuinfo_max_freq': '3700000',
    'devices/system/cpu/cpu3/cpufreq/cpuinfo_cur_freq': new Error('EACCES'),
    'devices/system/cpu/cpufreq/policy0/x': '1',
    'devices/system/cpu/cpu4/online': '0',
  };
  expect(samplesOf(await cpufreq(fixtureHost({ sys }))())).toEqual([
    'node_cpu_frequency_max_hertz{cpu="3"} 3700000000',
    'node_cpu_scaling_frequency_hertz{cpu="3"} 1219917000',
  ]);
});

test('DMI has labels for what can be read', async () => {
  const sys = {
    'class/dmi/id/sys_vendor': 'ACME\n',
    'class/dmi/id/bios_version': ' 1.2 \n',
    'class/dmi/id/product_serial': new Error('EACCES'),
  };
  expect(samplesOf(await dmi(fixtureHost({ sys }))())).toEqual(['node_dmi_info{bios_version="1.2",system_vendor="ACME"} 1']);
  expect(() => dmi(fixtureHost())()).toThrow(NothingHere);
});

test('memory errors by controller and row', async () => {
  const mc = 'devices/system/edac/mc/mc0';
  const sys = {
    [`${mc}/ce_count`]: '1',
    [`${mc}/ce_noinfo_count`]: '2',
    [`${mc}/ue_count`]: '5',
    [`${mc}/ue_noinfo_count`]: '6',
    [`${mc}/csrow10/ce_count`]: '3',
    [`${mc}/csrow10/ue_count`]: '4',
  };
  const samples = samplesOf(await edac(fixtureHost({ sys }))());
  expect(samples).toContain('node_edac_correctable_errors_total{controller="0"} 1');
  expect(samples).toContain('node_edac_csrow_uncorrectable_errors_total{controller="0",csrow="10"} 4');
  expect(samples).toContain('node_edac_csrow_correctable_errors_total{controller="0",csrow="unknown"} 2');
});

test('sensor files have a type, a number and a property', () => {
  expect(sensorOf('temp12_crit_alarm')).toEqual({ type: 'temp', sensor: 'temp12', property: 'crit_alarm' });
  expect(sensorOf('pwm1')).toEqual({ type: 'pwm', sensor: 'pwm1', property: '' });
  expect(sensorOf('beep_enable')).toEqual({ type: 'beep_enable', sensor: 'beep_enable0', property: '' });
  expect(sensorOf('uevent')).toBeUndefined();
  expect(sensorOf('name')).toBeUndefined();
});

test('sensors have units', async () => {
  const chip = 'class/hwmon/hwmon0';
  const sys = {
    [`${chip}/name`]: 'coretemp\n',
    [`${chip}/temp1_input`]: '55500',
    [`${chip}/temp1_crit`]: '100000',
    [`${chip}/temp1_crit_alarm`]: '0',
    [`${chip}/temp1_label`]: 'Package id 0',
    [`${chip}/temp1_alarm`]: '1',
    [`${chip}/temp2_input`]: new Error('EAGAIN'),
    [`${chip}/fan1_input`]: '1998',
    [`${chip}/fan1_pulses`]: '2',
    [`${chip}/in0_input`]: '744',
    [`${chip}/pwm1`]: '127',
    [`${chip}/pwm1_enable`]: '5',
    [`${chip}/power1_average`]: '12500000',
    [`${chip}/power1_average_interval`]: '1000',
    [`${chip}/energy1_input`]: '2500000',
    [`${chip}/curr1_input`]: '1500',
    [`${chip}/update_interval`]: '1000',
    [`${chip}/beep_enable`]: '1',
  };
  const samples = samplesOf(await hwmon(fixtureHost({ sys }))());
  const labels = (sensor: string): string => `{chip="coretemp",sensor="${sensor}"}`;
  expect(samples.toSorted()).toEqual(
    [
      'node_hwmon_chip_names{chip="coretemp",chip_name="coretemp"} 1',
      'node_hwmon_sensor_label{chip="coretemp",sensor="temp1",label="Package id 0"} 1',
      `node_hwmon_temp_celsius${labels('temp1')} 55.5`,
      `node_hwmon_temp_crit_celsius${labels('temp1')} 100`,
      `node_hwmon_temp_crit_alarm_celsius${labels('temp1')} 0`,
      `node_hwmon_temp_alarm${labels('temp1')} 1`,
      `node_hwmon_fan_rpm${labels('fan1')} 1998`,
      `node_hwmon_fan_pulses${labels('fan1')} 2`,
      `node_hwmon_in_volts${labels('in0')} 0.744`,
      `node_hwmon_pwm${labels('pwm1')} 127`,
      `node_hwmon_pwm_enable${labels('pwm1')} 5`,
      `node_hwmon_power_average_watt${labels('power1')} 12.5`,
      `node_hwmon_power_average_interval_seconds${labels('power1')} 1`,
      `node_hwmon_energy_joule_total${labels('energy1')} 2.5`,
      `node_hwmon_curr_amps${labels('curr1')} 1.5`,
      `node_hwmon_update_interval_seconds${labels('update_interval0')} 1`,
      `node_hwmon_beep_enabled${labels('beep_enable0')} 1`,
    ].toSorted(),
  );
});

test('a chip with a device is named after its place, which does not change between boots', async () => {
  const sys = { 'class/hwmon/hwmon3/device/temp1_input': '40000', 'class/hwmon/hwmon3/name': 'nvme' };
  const host = fixtureHost({ sys });
  host.sys.tryRealPath = () => '/sys/devices/pci0000:00/0000:00:1d.0/nvme/nvme0';
  expect(samplesOf(await hwmon(host)())).toEqual([
    'node_hwmon_chip_names{chip="nvme_nvme0",chip_name="nvme"} 1',
    'node_hwmon_temp_celsius{chip="nvme_nvme0",sensor="temp1"} 40',
  ]);
});

test('thermal zones and cooling devices; a zone that is off is left out', async () => {
  const sys = {
    'class/thermal/thermal_zone0/temp': '49925',
    'class/thermal/thermal_zone0/type': 'bcm2835_thermal',
    'class/thermal/thermal_zone1/temp': new Error('EAGAIN'),
    'class/thermal/thermal_zone1/type': 'acpitz',
    'class/thermal/cooling_device0/cur_state': '-1',
    'class/thermal/cooling_device0/max_state': '50',
    'class/thermal/cooling_device0/type': 'intel_powerclamp',
  };
  expect(samplesOf(await thermalZone(fixtureHost({ sys }))())).toEqual([
    'node_cooling_device_cur_state{name="0",type="intel_powerclamp"} -1',
    'node_cooling_device_max_state{name="0",type="intel_powerclamp"} 50',
    'node_thermal_zone_temp{zone="0",type="bcm2835_thermal"} 49.925',
  ]);
});

test('batteries and mains in units', async () => {
  const sys = {
    'class/power_supply/BAT0/capacity': '98',
    'class/power_supply/BAT0/cycle_count': '0',
    'class/power_supply/BAT0/energy_now': '49450000',
    'class/power_supply/BAT0/voltage_now': '12229000',
    'class/power_supply/BAT0/temp': '305',
    'class/power_supply/BAT0/status': 'Discharging',
    'class/power_supply/BAT0/manufacturer': new Error('ENODEV'),
    'class/power_supply/AC/online': '0',
    'class/power_supply/AC/type': 'Mains',
  };
  expect(samplesOf(await powersupplyclass(fixtureHost({ sys }))()).toSorted()).toEqual([
    'node_power_supply_capacity{power_supply="BAT0"} 98',
    'node_power_supply_cyclecount{power_supply="BAT0"} 0',
    'node_power_supply_energy_watthour{power_supply="BAT0"} 49.45',
    'node_power_supply_info{power_supply="AC",type="Mains"} 1',
    'node_power_supply_info{power_supply="BAT0",status="Discharging"} 1',
    'node_power_supply_online{power_supply="AC"} 0',
    'node_power_supply_temp_celsius{power_supply="BAT0"} 30.5',
    'node_power_supply_voltage_volt{power_supply="BAT0"} 12.229',
  ]);
});

test('NVMe controllers', async () => {
  const sys = {
    'class/nvme/nvme0/model': 'Samsung SSD 970 PRO 512GB   ',
    'class/nvme/nvme0/firmware_rev': '1B2QEXP7',
    'class/nvme/nvme0/state': 'live',
  };
  expect(samplesOf(await nvme(fixtureHost({ sys }))())).toEqual([
    'node_nvme_info{device="nvme0",firmware_revision="1B2QEXP7",model="Samsung SSD 970 PRO 512GB",serial="",state="live"} 1',
  ]);
});

test('energy by zone; when it is for root only there is nothing to report', async () => {
  const sys = {
    'class/powercap/intel-rapl/enabled': '1',
    'class/powercap/intel-rapl:0/name': 'package-0',
    'class/powercap/intel-rapl:0/energy_uj': '240422366267',
    'class/powercap/intel-rapl:0:0/name': 'core',
    'class/powercap/intel-rapl:0:0/energy_uj': '118821284256',
    'class/powercap/intel-rapl:1:0/name': 'core',
    'class/powercap/intel-rapl:1:0/energy_uj': '1000000',
  };
  expect(samplesOf(await rapl(fixtureHost({ sys }))())).toEqual([
    'node_rapl_package_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0"} 240422.366267',
    'node_rapl_core_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0:0"} 118821.284256',
    'node_rapl_core_joules_total{index="1",path="/sys/class/powercap/intel-rapl:1:0"} 1',
  ]);
  const locked = { ...sys, 'class/powercap/intel-rapl:0/energy_uj': Object.assign(new Error('EACCES'), { code: 'EACCES' }) };
  expect(() => rapl(fixtureHost({ sys: locked }))()).toThrow(NothingHere);
});

test('tapes, without their other names', async () => {
  const stats = [
    'in_flight',
    'io_ns',
    'other_cnt',
    'read_byte_cnt',
    'read_cnt',
    'read_ns',
    'write_byte_cnt',
    'write_cnt',
    'write_ns',
    'resid_cnt',
  ];
  const sys = Object.fromEntries(
    ['st0', 'st0a', 'nst0'].flatMap((drive) => stats.map((file) => [`class/scsi_tape/${drive}/stats/${file}`, '2000000000'])),
  );
  const samples = samplesOf(await tapestats(fixtureHost({ sys }))());
  expect(samples).toHaveLength(10);
  expect(samples).toContain('node_tape_io_time_seconds_total{device="st0"} 2');
  expect(samples).toContain('node_tape_read_bytes_total{device="st0"} 2000000000');
});

test('InfiniBand: rates, states, lanes, and counters that are not counted', async () => {
  expect(parseRate('2.5 Gb/sec (1X SDR)')).toBe(312_500_000);
  const port = 'class/infiniband/mlx4_0/ports/1';
  const sys = {
    'class/infiniband/mlx4_0/fw_ver': '2.31.5050',
    'class/infiniband/mlx4_0/board_id': 'SM_1141000001000',
    [`${port}/state`]: '4: ACTIVE',
    [`${port}/phys_state`]: '5: LinkUp',
    [`${port}/rate`]: '40 Gb/sec (4X QDR)',
    [`${port}/counters/port_rcv_data`]: '100',
    [`${port}/counters/link_downed`]: '0',
    [`${port}/counters/unicast_rcv_packets`]: 'N/A (no PMA)',
  };
  expect(samplesOf(await infiniband(fixtureHost({ sys }))())).toEqual([
    'node_infiniband_info{device="mlx4_0",board_id="SM_1141000001000",firmware_version="2.31.5050",hca_type=""} 1',
    'node_infiniband_state_id{device="mlx4_0",port="1"} 4',
    'node_infiniband_physical_state_id{device="mlx4_0",port="1"} 5',
    'node_infiniband_rate_bytes_per_second{device="mlx4_0",port="1"} 5000000000',
    'node_infiniband_link_downed_total{device="mlx4_0",port="1"} 0',
    'node_infiniband_port_data_received_bytes_total{device="mlx4_0",port="1"} 400',
  ]);
});

test('Fibre Channel: hexadecimal counters, names without their 0x', async () => {
  const sys = {
    'class/fc_host/host0/port_name': '0x1000e0071bce95f2',
    'class/fc_host/host0/speed': '16 Gbit',
    'class/fc_host/host0/symbolic_name': '0x is a name',
    'class/fc_host/host0/statistics/rx_frames': '0x3',
    'class/fc_host/host0/statistics/tx_words': '0xffffffffffffffff',
  };
  const samples = samplesOf(await fibrechannel(fixtureHost({ sys }))());
  expect(samples[0]).toContain('port_name="1000e0071bce95f2"');
  expect(samples[0]).toContain('symbolic_name="0x is a name"');
  expect(samples.slice(1)).toEqual(['node_fibrechannel_rx_frames_total{fc_host="host0"} 3']);
});
