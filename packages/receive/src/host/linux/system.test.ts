import { ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { fixtureHost, samplesOf } from '../fixture-tree.ts';
import { NothingHere } from '../part.ts';
import { cpu, parseCpuSeconds, steady } from './cpu.ts';
import { parseFileNr } from './filefd.ts';
import { parseLoadavg } from './loadavg.ts';
import { parseMeminfo } from './meminfo.ts';
import { renderOsRelease } from './os.ts';
import { pressure } from './pressure.ts';
import { parseProcessStat, processes } from './processes.ts';
import { parseSchedstat } from './schedstat.ts';
import { parseSelinuxConfig, selinux } from './selinux.ts';
import { parseStat } from './stat.ts';
import { time, zoneName } from './time.ts';
import { parseTimex } from './timex.ts';
import { uname } from './uname.ts';
import { parseVmstat } from './vmstat.ts';

const STAT = `cpu  301 22 103 4000 55 6 77 8 90 10
cpu0 101 2 3 4000 5 6 7 8 9 10
cpu12 200 20 100 0 50 0 70 0 81 0
intr 123456 0 9 ${'0 '.repeat(500)}
ctxt 999
btime 1700000000
processes 4321
procs_running 2
procs_blocked 1
softirq 1 2 3
`;

test('CPU seconds are hundredths of the columns, by CPU and mode', async () => {
  const samples = samplesOf(await cpu(fixtureHost({ proc: { stat: STAT } }))());
  expect(samples).toContain('node_cpu_seconds_total{cpu="0",mode="user"} 1.01');
  expect(samples).toContain('node_cpu_seconds_total{cpu="0",mode="steal"} 0.08');
  expect(samples).toContain('node_cpu_seconds_total{cpu="12",mode="softirq"} 0.7');
  expect(samples).toContain('node_cpu_guest_seconds_total{cpu="0",mode="user"} 0.09');
  expect(samples).toContain('node_cpu_guest_seconds_total{cpu="0",mode="nice"} 0.1');
  expect(samples).toHaveLength(2 * 10);
});

test('an old kernel without guest columns has zeros there', () => {
  expect(parseCpuSeconds('cpu0 100 0 0 500 0 0 0\n').get('0')).toEqual([1, 0, 0, 5, 0, 0, 0, 0, 0, 0]);
});

test('CPU seconds never step back, except when the CPU was away', () => {
  expect(steady([5, 0, 0, 10], [4.9, 0, 0, 9.5])).toEqual([5, 0, 0, 10]);
  expect(steady([5, 0, 0, 10], [0.1, 0, 0, 0.2])).toEqual([0.1, 0, 0, 0.2]);
});

test('throttling is counted once for each core and package', async () => {
  const sys = Object.fromEntries(
    [0, 1, 2, 3].flatMap((n) => [
      [`devices/system/cpu/cpu${n}/topology/physical_package_id`, '0'],
      [`devices/system/cpu/cpu${n}/topology/core_id`, String(n % 2)],
      [`devices/system/cpu/cpu${n}/thermal_throttle/core_throttle_count`, String(n % 2 === 0 ? 5 : 7)],
      [`devices/system/cpu/cpu${n}/thermal_throttle/package_throttle_count`, '30'],
    ]),
  );
  const samples = samplesOf(await cpu(fixtureHost({ proc: { stat: STAT }, sys }))());
  expect(samples.filter((line) => line.includes('throttles'))).toEqual([
    'node_cpu_core_throttles_total{package="0",core="0"} 5',
    'node_cpu_core_throttles_total{package="0",core="1"} 7',
    'node_cpu_package_throttles_total{package="0"} 30',
  ]);
});

test('the machine-wide counters of /proc/stat', () => {
  expect(samplesOf(parseStat(STAT)).toSorted()).toEqual([
    'node_boot_time_seconds 1700000000',
    'node_context_switches_total 999',
    'node_forks_total 4321',
    'node_intr_total 123456',
    'node_procs_blocked 1',
    'node_procs_running 2',
  ]);
});

test('a kernel that lacks a counter gives the others', () => {
  expect(samplesOf(parseStat('ctxt 5\nbtime 6\n'))).toEqual(['node_context_switches_total 5', 'node_boot_time_seconds 6']);
});

test('memory in kB becomes bytes; counts stay counts', () => {
  const text = 'MemTotal:       16384 kB\nActive(anon):      2 kB\nHugePages_Total:     3\n';
  expect(samplesOf(parseMeminfo(text))).toEqual([
    'node_memory_MemTotal_bytes 16777216',
    'node_memory_Active_anon_bytes 2048',
    'node_memory_HugePages_Total 3',
  ]);
  expect(() => parseMeminfo('MemTotal: lots kB')).toThrow('"lots" is not a number');
});

test('load averages and open files', () => {
  expect(samplesOf(parseLoadavg('0.21 0.37 0.39 1/719 19737'))).toEqual(['node_load1 0.21', 'node_load5 0.37', 'node_load15 0.39']);
  expect(samplesOf(parseFileNr('1024\t0\t1631329'))).toEqual(['node_filefd_allocated 1024', 'node_filefd_maximum 1631329']);
});

test('of /proc/vmstat only paging, swapping, faults and kills are kept', () => {
  const samples = samplesOf(parseVmstat('nr_free_pages 1\npgpgin 2\npswpout 3\npgmajfault 4\noom_kill 5\npgfree 6\n'));
  expect(samples).toEqual(['node_vmstat_pgpgin 2', 'node_vmstat_pswpout 3', 'node_vmstat_pgmajfault 4', 'node_vmstat_oom_kill 5']);
});

test('pressure totals are microseconds', async () => {
  const some = 'some avg10=0.10 avg60=2.00 avg300=3.85 total=1500000';
  const proc = {
    'pressure/cpu': some,
    'pressure/io': `${some}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=2500000`,
    'pressure/memory': `${some}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0`,
  };
  const samples = samplesOf(await pressure(fixtureHost({ proc }))());
  expect(samples).toContain('node_pressure_io_stalled_seconds_total 2.5');
  expect(samples).toContain('node_pressure_cpu_waiting_seconds_total 1.5');
  expect(samples).toHaveLength(5);
});

test('a kernel without pressure information has nothing to report', () => {
  expect(() => pressure(fixtureHost())()).toThrow(NothingHere);
  const refusing = { 'pressure/cpu': Object.assign(new Error('not supported'), { code: 'EOPNOTSUPP' }) };
  expect(() => pressure(fixtureHost({ proc: refusing }))()).toThrow(NothingHere);
});

test('scheduler times are nanoseconds, and domains are passed over', () => {
  const text =
    'version 15\ntimestamp 1\ncpu0 498494191 0 3533438552 2553969831 3853684107 2465731542 2045936778163 343796328169361 4767485306\ndomain0 3 1\n';
  expect(samplesOf(parseSchedstat(text))).toEqual([
    'node_schedstat_running_seconds_total{cpu="0"} 2045.936778163',
    'node_schedstat_waiting_seconds_total{cpu="0"} 343796.328169361',
    'node_schedstat_timeslices_total{cpu="0"} 4767485306',
  ]);
});

test('os-release with quotes, escapes and without a version', () => {
  const text = `# comment\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME='Some \\"Name'\nID=debian\nVERSION_ID="12.4"\nVERSION="a \\"b\\""\nSUPPORT_END=2026-06-10\n`;
  const [info, version, end] = samplesOf(renderOsRelease(text));
  expect(info).toContain('pretty_name="Debian GNU/Linux 12 (bookworm)"');
  expect(info).toContain('version="a \\"b\\""');
  expect(info).toContain('variant=""');
  expect(version).toBe('node_os_version{id="debian",id_like="",name="Some \\\\\\"Name"} 12.4');
  expect(end).toBe('node_os_support_end_timestamp_seconds 1781049600');
  expect(samplesOf(renderOsRelease('ID=arch\n'))).toHaveLength(1);
});

test('uname comes from /proc/sys/kernel', async () => {
  const proc = {
    'sys/kernel/ostype': 'Linux\n',
    'sys/kernel/osrelease': '6.1.0-18-amd64\n',
    'sys/kernel/version': '#1 SMP Debian\n',
    'sys/kernel/hostname': 'web1\n',
    'sys/kernel/domainname': '(none)\n',
  };
  const [sample] = samplesOf(await uname(fixtureHost({ proc }))());
  expect(sample).toMatch(
    /^node_uname_info\{sysname="Linux",release="6.1.0-18-amd64",version="#1 SMP Debian",machine="\w+",nodename="web1",domainname="\(none\)"\} 1$/,
  );
});

test.each([
  ['CET-1CEST,M3.5.0,M10.5.0/3', 3600, 'CET'],
  ['CET-1CEST,M3.5.0,M10.5.0/3', 7200, 'CEST'],
  ['EST5EDT,M3.2.0,M11.1.0', -14_400, 'EDT'],
  ['<+0545>-5:45', 20_700, '+0545'],
  ['<-03>3', -10_800, '-03'],
  ['<+1030>-10:30<+11>-11,M10.1.0,M4.1.0', 39_600, '+11'],
  ['UTC0', 0, 'UTC'],
  ['UTC0', 3600, undefined],
  ['', 0, undefined],
])('the rule %s at %d seconds is called %s', (rule, offset, name) => {
  expect(zoneName(rule, offset)).toBe(name);
});

test('the clock, its zone and its sources', async () => {
  const sys = {
    'devices/system/clocksource/clocksource0/available_clocksource': 'tsc hpet acpi_pm \n',
    'devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  };
  const samples = samplesOf(await time(fixtureHost({ sys }, { clock: new ManualClock(1_700_000_000_250) }))());
  expect(samples).toContain('node_time_seconds 1700000000.25');
  expect(samples.some((line) => line.startsWith('node_time_zone_offset_seconds{time_zone="'))).toBe(true);
  expect(samples.filter((line) => line.includes('available_info'))).toHaveLength(3);
  expect(samples).toContain('node_time_clocksource_current_info{device="0",clocksource="tsc"} 1');
});

test('the answer of adjtimex is read by the status bit for nanoseconds', () => {
  const bytes = new Uint8Array(208);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(8, -1500n, true);
  view.setBigInt64(16, 65_536_000n, true);
  view.setBigInt64(24, 16_000_000n, true);
  view.setInt32(40, 0x2001, true);
  view.setBigInt64(88, 10_000n, true);
  view.setInt32(160, 37, true);
  const samples = samplesOf(parseTimex(0, bytes));
  expect(samples).toContain('node_timex_sync_status 1');
  expect(samples).toContain('node_timex_offset_seconds -0.0000015');
  expect(samples).toContain('node_timex_frequency_adjustment_ratio 1.001');
  expect(samples).toContain('node_timex_maxerror_seconds 16');
  expect(samples).toContain('node_timex_tick_seconds 0.01');
  expect(samples).toContain('node_timex_tai_offset_seconds 37');
  view.setInt32(40, 0x40, true);
  expect(samplesOf(parseTimex(5, bytes))).toContain('node_timex_sync_status 0');
  expect(samplesOf(parseTimex(5, bytes))).toContain('node_timex_offset_seconds -0.0015');
});

test('a process may be called anything', () => {
  const rest = `S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 42 0 100`;
  expect(parseProcessStat(`17 (a) b) R ( ) ${rest}`)).toEqual({ state: 'S', threads: 42 });
});

test('processes and threads are counted by state; those that end meanwhile do not count', async () => {
  const stat = (state: string, threads: number): string => `1 (x) ${state} 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 ${threads} 0 100`;
  const proc = {
    '1/stat': stat('S', 1),
    '2/stat': stat('I', 1),
    '30/stat': stat('S', 3),
    '30/task/30/stat': stat('S', 3),
    '30/task/31/stat': stat('R', 3),
    '30/task/32/stat': Object.assign(new Error('gone'), { code: 'ESRCH' }),
    '40/stat': Object.assign(new Error('gone'), { code: 'ENOENT' }),
    'sys/kernel/threads-max': '7801',
    'sys/kernel/pid_max': '4194304',
    stat: STAT,
  };
  expect(samplesOf(await processes(fixtureHost({ proc }))())).toEqual([
    'node_processes_threads 4',
    'node_processes_max_threads 7801',
    'node_processes_state{state="S"} 2',
    'node_processes_state{state="I"} 1',
    'node_processes_threads_state{thread_state="S"} 2',
    'node_processes_threads_state{thread_state="I"} 1',
    'node_processes_threads_state{thread_state="R"} 1',
    'node_processes_pids 3',
    'node_processes_max_processes 4194304',
  ]);
});

test('SELinux is off without its file system; its modes are numbers', async () => {
  expect(samplesOf(await selinux(fixtureHost())())).toEqual(['node_selinux_enabled 0']);
  const on = fixtureHost({ sys: { 'fs/selinux/enforce': '1' }, root: { 'etc/selinux/config': '# x\nSELINUX=permissive\n' } });
  expect(samplesOf(await selinux(on)())).toEqual(['node_selinux_enabled 1', 'node_selinux_config_mode 0', 'node_selinux_current_mode 1']);
  expect(parseSelinuxConfig('')).toBe(-1);
});
