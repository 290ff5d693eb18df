/** Debian's rsyslog forwards what programs log, as most machines do: every line arrives, once, over UDP and TCP. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LogTargets } from '@atalaya/model';
import { afterEach, expect, test } from 'vitest';
import { requireProgram } from '../testing/programs.ts';
import { pause } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { linesOf } from './log-ledger.ts';
import { programs } from './programs.ts';

const skip = requireProgram('rsyslogd', 'apt-get install rsyslog');
const start = programs();
const LINES = 2000;

let folder: string | undefined;
let rsyslog: ChildProcess | undefined;
afterEach(async () => {
  if (rsyslog !== undefined && rsyslog.exitCode === null) {
    const ended = new Promise((resolve) => rsyslog?.once('close', resolve));
    rsyslog.kill('SIGKILL');
    await ended;
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Starts rsyslog with a socket for programs and these actions on everything; gives the socket. */
async function startRsyslog(actions: string): Promise<string> {
  folder = mkdtempSync('/tmp/atalaya-rsyslog-');
  const socket = path.join(folder, 'log');
  const configuration = path.join(folder, 'rsyslog.conf');
  writeFileSync(
    configuration,
    `global(workDirectory="${folder}")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${socket}" CreatePath="on" RateLimit.Interval="0")
${actions}
`,
  );
  rsyslog = spawn('rsyslogd', ['-n', '-i', path.join(folder, 'pid'), '-f', configuration], { stdio: ['ignore', 'inherit', 'inherit'] });
  while (!existsSync(socket)) await pause(10);
  return socket;
}

test.skipIf(skip)('every line that rsyslog forwards, over UDP and TCP, in the old form and the new', { timeout: 60_000 }, async () => {
  const program = await start({ environment: { ATALAYA_LOGS_SYSLOG: '127.0.0.1:0', ATALAYA_LOGS_OWN: 'false' } });
  const ports = new Map<string, string>();
  while (ports.size < 2) {
    const { targets } = (await (await fetch(`${program.url}/api/atalaya/log-targets`)).json()) as LogTargets;
    for (const { name } of targets) if (!name.endsWith(':0')) ports.set(name.slice(0, 3), name.split(':').at(-1) ?? '');
    await pause(10);
  }
  const socket = await startRsyslog(`
if $programname == "newtcp" then action(type="omfwd" target="127.0.0.1" port="${ports.get('tcp')}" protocol="tcp" tcp_framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")
if $programname == "oldtcp" then action(type="omfwd" target="127.0.0.1" port="${ports.get('tcp')}" protocol="tcp" template="RSYSLOG_TraditionalForwardFormat")
if $programname == "isotcp" then action(type="omfwd" target="127.0.0.1" port="${ports.get('tcp')}" protocol="tcp" template="RSYSLOG_ForwardFormat")
if $programname == "newudp" then action(type="omfwd" target="127.0.0.1" port="${ports.get('udp')}" protocol="udp" template="RSYSLOG_SyslogProtocol23Format")
if $programname == "oldudp" then action(type="omfwd" target="127.0.0.1" port="${ports.get('udp')}" protocol="udp" template="RSYSLOG_TraditionalForwardFormat")
`);
  const begun = BigInt(Date.now()) * 1_000_000n;
  const apps = ['newtcp', 'oldtcp', 'isotcp', 'newudp', 'oldudp'];
  const wanted = Array.from({ length: LINES }, (_, i) => `line ${i} of many: with [brackets] and "quotes"`);
  const file = path.join(folder as string, 'lines');
  writeFileSync(file, `${wanted.join('\n')}\n`);
  for (const app of apps) execFileSync('logger', ['-u', socket, '-t', app, '-i', '-p', 'daemon.warning', '-f', file]);

  const lines = async (app: string): Promise<string[]> => {
    const found: string[] = [];
    const end = BigInt(Date.now() + 60_000) * 1_000_000n;
    const query = `{job="syslog", app="${app}", facility="daemon"} | level="warning"`;
    for await (const [, line] of linesOf(program.url, query, begun - 60_000_000_000n, end)) found.push(line);
    return found;
  };
  for (const app of apps) {
    for (let attempt = 0; attempt < 20 && (await lines(app)).length < LINES; attempt++) await pause(100);
  }
  await loaded(program);
  const found = await Promise.all(apps.map(async (app) => [app, (await lines(app)).sort()] as const));
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(apps.map((app) => [app, wanted.toSorted()])));
});
