/** The host collector against Debian's node_exporter on the same machine: every series, its type, its help and its value. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHostCollector } from '../src/host/collector.ts';

const PROGRAM = 'prometheus-node-exporter';
const TEXTFILES = '/var/lib/prometheus/node-exporter';

const installed = process.platform === 'linux' && spawnSync(PROGRAM, ['--version']).error === undefined;
if (!installed && process.env['CI'] !== 'true') console.warn(`skipped: install ${PROGRAM} (Debian) to compare the host collector with it`);

/** What node_exporter has and we do not, each with its reason. */
const EXCEPTIONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^node_exporter_build_info\{/, 'we are not node_exporter'],
  [/^node_systemd_|collector="systemd"/, 'off by default in node_exporter itself (on in Debian); it needs the D-Bus'],
];

/** Families whose series come and go with the processes and neighbours of the moment. */
const FLEETING = /^node_(processes_state|processes_threads_state|arp_entries)$/;

/** Gauges that change by themselves; all others have to be equal. */
const CHANGING = new RegExp(
  '^node_(load\\d+|memory_.*|procs_.*|processes_.*|sockstat_.*|filefd_allocated|filesystem_(avail_bytes|free_bytes|files|files_free)|' +
    'disk_io_now|time_seconds|timex_.*|entropy_available_bits|arp_entries|udp_queues|netstat_Tcp_CurrEstab|nf_conntrack_(entries|stat_.*)|' +
    'hwmon_.*|thermal_zone_temp|cooling_device_cur_state|cpu_(scaling_)?frequency_hertz|power_supply_.*|pressure_.*)$',
);
/** These change too, but not on a machine whose hardware stays the same. */
const STEADY = /^node_memory_(MemTotal|SwapTotal|Hugepagesize|VmallocTotal|CommitLimit)|^node_processes_max|^node_timex_(tick|tai|pps)/;

interface Scrape {
  readonly types: ReadonlyMap<string, string>;
  readonly helps: ReadonlyMap<string, string>;
  /** Values by series, its labels sorted. */
  readonly values: ReadonlyMap<string, number>;
}

function parse(text: string): Scrape {
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, word, name = '', rest = ''] = /^# (TYPE|HELP) (\S+) ?(.*)$/.exec(line) ?? [];
    if (word !== undefined) {
      const target = word === 'TYPE' ? types : helps;
      if (target.has(name)) throw new Error(`${name} has two lines of ${word}`);
      target.set(name, rest);
      continue;
    }
    const [, metric = '', labels = '', value = ''] = /^(\w+)(\{.*\})? (\S+)$/.exec(line) ?? [];
    if (metric === '') continue;
    const sorted = [...labels.matchAll(/\w+="(?:[^"\\]|\\.)*"/g)].map((match) => match[0]).toSorted();
    const series = `${metric}{${sorted.join(',')}}`;
    if (values.has(series)) throw new Error(`${series} is there twice`);
    values.set(series, Number(value.replace('Inf', 'Infinity')));
  }
  return { types, helps, values };
}

let exporter: ChildProcess | undefined;
let before: Scrape;
let ours: Scrape;
let after: Scrape;

async function scrape(address: string): Promise<Scrape> {
  const response = await fetch(`http://${address}/metrics`);
  const { values, ...rest } = parse(await response.text());
  return { ...rest, values: new Map([...values].filter(([series]) => series.startsWith('node_'))) };
}

async function startExporter(): Promise<string> {
  const options = ['--collector.processes', `--collector.textfile.directory=${TEXTFILES}`, '--web.listen-address=127.0.0.1:0'];
  const child = spawn(PROGRAM, options, { stdio: ['ignore', 'ignore', 'pipe'] });
  exporter = child;
  for await (const line of createInterface({ input: child.stderr })) {
    const address = /address=(127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address !== undefined) {
      child.stderr.resume();
      return address;
    }
  }
  throw new Error(`${PROGRAM} ended without listening`);
}

/** Series that node_exporter gave both before and after our round, and that are no exception. */
function expectedSeries(): string[] {
  return [...before.values.keys()].filter((series) => after.values.has(series) && !EXCEPTIONS.some(([pattern]) => pattern.test(series)));
}

function nameOf(series: string): string {
  return series.slice(0, series.indexOf('{'));
}

beforeAll(async () => {
  if (!installed) return;
  const address = await startExporter();
  const collector = createHostCollector({ clock: systemClock, log: silentLogger, textfileDirectory: TEXTFILES });
  // The first round of either reads what is constant; what is compared comes after.
  await collector.collect();
  await scrape(address);
  before = await scrape(address);
  ours = parse(new TextDecoder().decode(await collector.collect()));
  after = await scrape(address);
});

afterAll(async () => {
  if (exporter === undefined || exporter.exitCode !== null) return;
  const ended = once(exporter, 'exit');
  exporter.kill();
  await ended;
});

/** Why our value cannot stand between those before and after it; `undefined` when it can. */
function disagreement(series: string): string | undefined {
  const name = nameOf(series);
  const [first, value, last] = [before.values.get(series), ours.values.get(series), after.values.get(series)];
  if (first === undefined || value === undefined || last === undefined || name.endsWith('_duration_seconds')) return undefined;
  const said = `${series}: ${first}, then ours ${value}, then ${last}`;
  if (CHANGING.test(name) && !STEADY.test(name) && before.types.get(name) !== 'counter') {
    const slack = Math.max(...[first, value, last].map((number) => Math.abs(number))) * 0.5 + slackOf(name);
    return value >= Math.min(first, last) - slack && value <= Math.max(first, last) + slack ? undefined : said;
  }
  if (before.types.get(name) === 'gauge') return value === first || value === last ? undefined : said;
  // Counters only grow, except that the kernel may step back a little in the times of a CPU.
  const slack = name.startsWith('node_cpu_') ? 0.5 : 0;
  return value >= first - slack && value <= last + slack ? undefined : said;
}

/** By how much a small gauge may differ while processes come and go; megabytes where it counts bytes. */
function slackOf(name: string): number {
  return name.endsWith('_bytes') ? 512 * 1024 * 1024 : 100;
}

describe.skipIf(!installed && process.env['CI'] !== 'true')('the host collector beside node_exporter', () => {
  test('every series of node_exporter is there', () => {
    const expected = expectedSeries();
    const names = new Set([...ours.values.keys()].map(nameOf));
    const missing = expected.filter((series) => !ours.values.has(series) && !(FLEETING.test(nameOf(series)) && names.has(nameOf(series))));
    console.log(
      `node_exporter: ${new Set(expected.map(nameOf)).size} families, ${expected.length} series; ` +
        `here: ${names.size} families, ${ours.values.size} series; missing: ${missing.length}`,
    );
    expect(missing).toEqual([]);
    expect(expected.length).toBeGreaterThan(200);
  });

  test('types and help texts are those of node_exporter', () => {
    const different = [...new Set(expectedSeries().map(nameOf))].flatMap((name) =>
      ours.types.get(name) === before.types.get(name) && ours.helps.get(name) === before.helps.get(name)
        ? []
        : [{ name, ours: [ours.types.get(name), ours.helps.get(name)], theirs: [before.types.get(name), before.helps.get(name)] }],
    );
    expect(different).toEqual([]);
  });

  test('constants are equal, counters lie between those before and after, gauges are near', () => {
    const series = expectedSeries();
    expect(series.map(disagreement).filter((said) => said !== undefined)).toEqual([]);
    const exact = series.filter((candidate) => before.values.get(candidate) === ours.values.get(candidate));
    console.log(`of ${series.length} series ${exact.length} have the very same value`);
    expect(exact.length / series.length).toBeGreaterThan(0.5);
  });
});
