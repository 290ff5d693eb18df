/** A real PostgreSQL beside the program under test, which logs into a folder of its own. */

import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../bench/processes.ts';
import { requireProgram } from '../testing/programs.ts';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';

/** Where Debian keeps the programs of the newest PostgreSQL; `undefined` without one. */
function binaries(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a)).find((version) => existsSync(path.join(VERSIONS, version, 'bin/postgres')));
  return newest === undefined ? undefined : path.join(VERSIONS, newest, 'bin');
}

/** Whether the tests that need PostgreSQL have to be skipped. @throws Error when it is missing and CI=true */
export function lacksPostgresql(): boolean {
  return binaries() === undefined && requireProgram('postgres', 'apt-get install postgresql');
}

/** A running PostgreSQL. */
export interface RunningPostgresql {
  /** Where its logs are. */
  readonly logFolder: string;
  /** Runs statements in a connection of their own, one after the other, going on after errors. `options` are settings of the session. */
  query(sql: string, options?: Readonly<Record<string, string>>): Promise<string>;
  /** Runs its benchmark program. */
  pgbench(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts one with its data below a folder; `settings` are those of `postgresql.conf`. It refuses to run as root, so it runs as `postgres` then. */
export async function startPostgresql(below: string, settings: Readonly<Record<string, string>>): Promise<RunningPostgresql> {
  const programs = binaries();
  if (programs === undefined) throw new Error('PostgreSQL is not installed');
  const folder = path.join(below, 'postgresql');
  const logFolder = path.join(folder, 'log');
  mkdirSync(logFolder, { recursive: true });
  const root = process.getuid?.() === 0;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const identity = root ? { uid: id('-u'), gid: id('-g') } : {};
  if (identity.uid !== undefined) {
    chmodSync(below, 0o755);
    for (const each of [folder, logFolder]) chownSync(each, identity.uid, identity.gid);
  }
  const options = { cwd: folder, ...identity, env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' } };
  const data = path.join(folder, 'data');
  await run(path.join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C.UTF-8'], options);

  const port = await freePort();
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    fsync: 'off',
    logging_collector: 'on',
    log_directory: logFolder,
    log_filename: 'postgresql.log',
    log_file_mode: '0644',
    ...settings,
  };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(path.join(programs, 'postgres'), ['-D', data, ...args], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));

  const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres'];
  const query: RunningPostgresql['query'] = async (sql, { application_name: PGAPPNAME = 'psql', ...session } = {}) => {
    const PGOPTIONS = Object.entries(session)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' ');
    const psql = spawn(path.join(programs, 'psql'), ['-X', '-A', '-t', '-q', ...connection, '-d', 'postgres', '-f', '-'], {
      env: { ...process.env, PGAPPNAME, PGOPTIONS },
    });
    let output = '';
    for (const stream of [psql.stdout, psql.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    psql.stdin.end(sql);
    return new Promise((resolve, reject) => {
      psql.once('error', reject);
      psql.once('close', () => resolve(output));
    });
  };

  for (;;) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended: ${said}`);
    try {
      await run(path.join(programs, 'pg_isready'), [...connection, '-q']);
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    logFolder,
    query,
    pgbench: async (...more) => (await run(path.join(programs, 'pgbench'), [...connection, ...more, 'postgres'])).stdout,
    async stop() {
      server.kill('SIGINT');
      await ended;
    },
  };
}
