/**
 * `npm run bench [-- ingest|query|logs|traces|abuse|startup|scrape …] [--rounds N] [--lines N] [--spans N] [--only atalaya] [--scaling]`: compares this program with the peers
 * that are installed (Debian: prometheus, victoria-metrics), in one run on this machine, and prints Markdown tables.
 */

import os from 'node:os';
import { parseArgs } from 'node:util';
import { formatTable } from './figures.ts';
import { installedPeers } from './peers.ts';
import { measureAbuse } from './suites/abuse.ts';
import { measureIngest } from './suites/ingest.ts';
import { measureLogs } from './suites/logs.ts';
import { measureQueries } from './suites/query.ts';
import { measureScaling } from './suites/scaling.ts';
import { measureScraping } from './suites/scrape.ts';
import { measureStartup } from './suites/startup.ts';
import { measureTraces } from './suites/traces.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '150' },
    lines: { type: 'string', default: '2000000' },
    spans: { type: 'string', default: '2000000' },
    minutes: { type: 'string', default: '5' },
    only: { type: 'string' },
    scaling: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const peers = installedPeers().filter(({ name }) => values.only === undefined || values.only.split(',').includes(name));
const suites = {
  ingest: () => measureIngest(peers, { rounds, series: 20_000, steps: Number(values.steps) }),
  query: () =>
    values.scaling ? measureScaling(peers, { rounds: Math.max(rounds, 5) }) : measureQueries(peers, { rounds: Math.max(rounds, 15) }),
  logs: () => measureLogs({ lines: Number(values.lines) }),
  traces: () => measureTraces({ spans: Number(values.spans) }),
  abuse: () => measureAbuse(peers, { rounds, series: 12_000, steps: Number(values.steps) }),
  startup: () => measureStartup(peers, { rounds }),
  scrape: () => measureScraping(peers, { targets: 500, series: 1000, minutes: Number(values.minutes) }),
};

const asked = positionals.length === 0 ? Object.keys(suites) : positionals;
const unknown = asked.find((name) => !Object.hasOwn(suites, name));
if (unknown !== undefined) {
  process.stderr.write(`bench: no suite "${unknown}"; there are ${Object.keys(suites).join(', ')}\n`);
  process.exit(2);
}

process.stdout.write(
  `${os.cpus().length} cores, ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}; ${peers.map(({ name, version }) => `${name} ${version}`).join(', ')}; ${rounds} rounds\n`,
);
for (const name of asked as (keyof typeof suites)[]) {
  process.stderr.write(`bench: ${name} …\n`);
  process.stdout.write(`\n${formatTable(await suites[name]())}\n`);
}
