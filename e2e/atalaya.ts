/** Starts the real program for whole-program tests: its own process, a free port, a folder of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Status } from '@atalaya/model';

const ROOT = path.resolve(import.meta.dirname, '..');
/** Nothing of the machine that the tests run on, and no spans of the program itself, get into them unasked. */
const QUIET = {
  ATALAYA_TRACES_OWN: 'false',
  ATALAYA_HOST_ENABLED: 'false',
  ATALAYA_LOGS_JOURNALD: 'false',
  ATALAYA_LOGS_FILES: '',
  ATALAYA_LOGS_DOCKER: '',
};
const CLI = path.join(ROOT, 'packages/server/src/cli.ts');

export interface StartOptions {
  /** Data of an earlier start; a new folder without. */
  readonly folder?: string;
  readonly scrape?: string;
  /** Promtail's configuration, beside the scrape configuration. */
  readonly promtail?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Whether to wait for the engine; otherwise only for the address. */
  readonly waitReady?: boolean;
  /** Started as a user does, by `npm start`, instead of directly; the signals then go to npm. */
  readonly throughNpm?: boolean;
}

/** A running program. */
export interface RunningAtalaya {
  readonly url: string;
  readonly pid: number;
  readonly folder: string;
  /** Everything it wrote so far, both streams. */
  output(): string;
  status(): Promise<Status>;
  /** The engine process' id; waits until there is one. */
  enginePid(): Promise<number>;
  /** Sends a signal to the main process and waits for its end. */
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  waitReady(): Promise<void>;
}

/** A folder for a program's data and configuration. */
export function makeFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'atalaya-e2e-'));
}

/** Starts it; rejects with its output when it ends instead. */
export async function startAtalaya(options: StartOptions = {}): Promise<RunningAtalaya> {
  const folder = options.folder ?? makeFolder();
  const config = path.join(folder, 'config');
  mkdirSync(config, { recursive: true });
  writeFileSync(path.join(config, 'prometheus.yml'), options.scrape ?? 'scrape_configs: []\n');
  if (options.promtail !== undefined) writeFileSync(path.join(config, 'promtail-config.yml'), options.promtail);
  const args = ['--listen', '127.0.0.1:0', '--data', path.join(folder, 'data'), '--config', config, ...(options.args ?? [])];
  const child = spawn(
    options.throughNpm === true ? 'npm' : process.execPath,
    options.throughNpm === true ? ['start', '--', ...args] : [CLI, ...args],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        ...QUIET,
        ATALAYA_LOG_FORMAT: 'json',
        ATALAYA_OTLP_GRPC_LISTEN: '127.0.0.1:0',
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const ended = endOf(child);
  const address = new Promise<string>((resolve) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const match = /Atalaya \S+ is at (http:\/\/\S+)/.exec(output);
      if (match?.[1] !== undefined) resolve(match[1]);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
  });
  const url = await Promise.race([
    address,
    ended.then(({ code, signal }) => {
      throw new Error(`the program ended with ${signal ?? code}:\n${output}`);
    }),
  ]);

  const status = async (): Promise<Status> => (await (await fetch(`${url}/api/atalaya/status`)).json()) as Status;
  const running: RunningAtalaya = {
    url,
    pid: child.pid ?? -1,
    folder,
    output: () => output,
    status,
    async enginePid() {
      for (;;) {
        const pid = (await status()).processes.find(({ name }) => name === 'engine')?.pid;
        if (pid !== undefined) return pid;
        await pause(20);
      }
    },
    async kill(signal) {
      child.kill(signal);
      return ended;
    },
    async waitReady() {
      while (!(await fetch(`${url}/health/ready`)).ok) await pause(20);
    },
  };
  if (options.waitReady !== false) await running.waitReady();
  return running;
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
}

/** Ends the program, if it still runs, and removes its folder. */
export async function discard(program: RunningAtalaya): Promise<void> {
  await program.kill('SIGKILL');
  rmSync(program.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The `data` of a successful answer of the Prometheus API. */
export async function ask<Data>(url: string, route: string, parameters: Readonly<Record<string, string>> = {}): Promise<Data> {
  const answer = await fetch(`${url}${route}?${new URLSearchParams(parameters).toString()}`);
  const body = (await answer.json()) as { status: string; data: Data; error?: string };
  if (body.status !== 'success') throw new Error(`${route}: ${answer.status} ${body.error}`);
  return body.data;
}

/** Where the program listens for OTLP over gRPC now, as `host:port`. */
export async function otlpGrpcAddress(program: RunningAtalaya): Promise<string> {
  const { listeners } = await program.status();
  const address = listeners.find(({ setting }) => setting === 'otlp.grpc_listen')?.address;
  if (address === undefined) throw new Error('the program does not listen for OTLP over gRPC');
  return address;
}
