/** The programs that are compared, each started on an empty folder and a free port with its usual settings. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, type Program, startProgram } from './processes.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

export interface StartOptions {
  /** Folder for its data; made when it does not exist. */
  readonly data: string;
  /** `prometheus.yml` for it; nothing is scraped without. */
  readonly scrape?: string;
}

/** A program that speaks remote write in and PromQL out. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  readonly writePath: string;
  /** What is added to every query, so that an answer is computed and not remembered. */
  readonly queryParameters: Readonly<Record<string, string>>;
  start(options: StartOptions): Promise<Program>;
}

const NOTHING_TO_SCRAPE = 'scrape_configs: []\n';

function scrapeFile({ data, scrape }: StartOptions): string {
  mkdirSync(data, { recursive: true });
  const file = path.join(data, 'prometheus.yml');
  writeFileSync(file, scrape ?? NOTHING_TO_SCRAPE);
  return file;
}

/** This program, without what it collects on this host, so that all measure the same. */
export const atalaya: Peer = {
  name: 'atalaya',
  version: 'this tree',
  writePath: '/api/v1/write',
  queryParameters: {},
  async start(options) {
    const file = scrapeFile(options);
    const port = await freePort();
    return startProgram({
      name: 'atalaya',
      command: process.execPath,
      args: [
        path.join(ROOT, 'packages/server/src/cli.ts'),
        '--listen',
        `127.0.0.1:${port}`,
        '--data',
        path.join(options.data, 'data'),
        '--config',
        file,
      ],
      url: `http://127.0.0.1:${port}`,
      readyPath: '/health/ready',
      env: {
        ATALAYA_HOST_ENABLED: 'false',
        ATALAYA_LOGS_OWN: 'false',
        ATALAYA_TRACES_OWN: 'false',
        ATALAYA_LOGS_JOURNALD: 'false',
        ATALAYA_LOGS_FILES: '',
        ATALAYA_LOGS_DOCKER: '',
        ATALAYA_LOG_LEVEL: 'warn',
        ATALAYA_RETENTION_METRICS: '0',
        ATALAYA_OTLP_GRPC_LISTEN: '127.0.0.1:0',
      },
    });
  },
};

const prometheus: Peer = {
  name: 'prometheus',
  version: versionOf('prometheus', ['--version'], /version ([\d.]+)/),
  writePath: '/api/v1/write',
  queryParameters: {},
  async start(options) {
    const file = scrapeFile(options);
    const port = await freePort();
    return startProgram({
      name: 'prometheus',
      command: 'prometheus',
      args: [
        `--config.file=${file}`,
        `--storage.tsdb.path=${path.join(options.data, 'tsdb')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-remote-write-receiver',
        '--storage.tsdb.retention.time=10y',
      ],
      url: `http://127.0.0.1:${port}`,
      readyPath: '/-/ready',
    });
  },
};

const victoria: Peer = {
  name: 'victoria-metrics',
  version: versionOf('dpkg-query', ['-W', '-f=${Version}', 'victoria-metrics'], /(\d+\.\d+\.\d+)/),
  writePath: '/api/v1/write',
  // Otherwise it moves start and end to multiples of the step, and joins what it remembers of shifted ranges.
  queryParameters: { nocache: '1' },
  async start(options) {
    const file = scrapeFile(options);
    const port = await freePort();
    return startProgram({
      name: 'victoria-metrics',
      command: 'victoria-metrics',
      args: [
        `-storageDataPath=${path.join(options.data, 'vm')}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        '-retentionPeriod=120',
        `-promscrape.config=${file}`,
        '-loggerLevel=ERROR',
      ],
      url: `http://127.0.0.1:${port}`,
      readyPath: '/health',
    });
  },
};

function versionOf(program: string, args: readonly string[], pattern: RegExp): string {
  try {
    const text = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return pattern.exec(text)?.[1] ?? 'unknown';
  } catch {
    return '';
  }
}

/** This program and those peers that are installed. */
export function installedPeers(): Peer[] {
  return [atalaya, ...[prometheus, victoria].filter(({ name, version }) => version !== '' || existsSync(`/usr/bin/${name}`))];
}
