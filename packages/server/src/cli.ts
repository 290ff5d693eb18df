/** Entry of the program: options, signals, exit codes. */

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AtalayaError, systemClock } from '@atalaya/model';
import { Command, CommanderError } from 'commander';
import { type App, startApp } from './app.ts';
import { loadSettings } from './settings/load.ts';
import type { SettingPath } from './settings/table.ts';
import { createLog } from './telemetry/log.ts';
import { OwnLogs } from './telemetry/own-logs.ts';
import { OwnTraces } from './telemetry/own-traces/own-traces.ts';
import { VERSION } from './version.ts';

// Reads on slow disks and networks must not keep the journal's fsync waiting: libuv's four threads are too few.
process.env['UV_THREADPOOL_SIZE'] ??= '8';

const SHIPPED_CONFIGURATION = fileURLToPath(new URL('../../../config', import.meta.url));
/** Exit codes: wrong use of the command line or the configuration; anything else that kept it from running. */
const EXIT = { usage: 2, failed: 1 } as const;
/** SIGTERM promises to end within this time; what is on disk by then is safe, the rest was not acknowledged. */
const STOP_LIMIT_MS = 9500;

interface CliOptions {
  listen?: string;
  data?: string;
  config: string;
  insecure?: true;
  logLevel?: string;
  enableFeature: readonly string[];
}

const command = new Command('atalaya')
  .description('Self-hosted observability of your own machines: metrics, and soon logs, traces and events, in one program.')
  .option('--listen <host:port>', 'address of the console and every HTTP API (default 127.0.0.1:3002; port 0 takes a free one)')
  .option('--data <dir>', 'folder for everything stored (default ./data)')
  .option(
    '--config <dir|file>',
    'folder with prometheus.yml, promtail-config.yml and atalaya.yml, or one of these files',
    SHIPPED_CONFIGURATION,
  )
  .option('--insecure', 'allow an address that other machines can reach, although there are no users yet')
  .option('--log-level <level>', 'debug, info, warn or error')
  .option('--enable-feature <names>', 'PromQL feature flags of Prometheus to turn on, comma-separated; may be repeated', splitFeatures, [])
  .version(VERSION, '--version', 'print the version')
  .helpOption('--help', 'print this help')
  .addHelpText('after', '\nEvery setting of atalaya.yml can be given as ATALAYA_<PATH> in the environment: docs/reference/settings.md')
  .allowExcessArguments(false)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(`atalaya: ${text.replace(/^error: /, '')}`) });

try {
  command.parse();
} catch (error) {
  process.exit(error instanceof CommanderError && error.exitCode === 0 ? 0 : EXIT.usage);
}
await main(command.opts<CliOptions>());

function splitFeatures(names: string, before: readonly string[]): string[] {
  return [...before, ...names.split(',').map((name) => name.trim())];
}

async function main(options: CliOptions): Promise<void> {
  const given: Partial<Record<SettingPath, string>> = {
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    ...(options.data === undefined ? {} : { data: options.data }),
    ...(options.insecure === undefined ? {} : { insecure: 'true' }),
    ...(options.logLevel === undefined ? {} : { 'log.level': options.logLevel }),
  };
  const load = (): ReturnType<typeof loadSettings> =>
    loadSettings({ config: path.relative('.', options.config) || '.', environment: process.env, given, features: options.enableFeature });
  let app: App;
  try {
    const { settings } = load();
    const text = settings['log.format'] === 'text' || (settings['log.format'] === 'auto' && process.stderr.isTTY);
    const ownLogs = new OwnLogs(systemClock);
    const ownTraces = new OwnTraces(systemClock);
    const log = createLog({
      level: settings['log.level'],
      format: text ? 'text' : 'json',
      clock: systemClock,
      own: ownLogs,
      traces: ownTraces,
    });
    app = await startApp({ loadSettings: load, clock: systemClock, log, ownLogs, ownTraces });
    stopOnSignals(app);
    process.on('SIGHUP', () => {
      // What went wrong has been logged, and the old configuration stays.
      app.reload().catch(() => undefined);
    });
  } catch (error) {
    const failure = AtalayaError.from(error);
    process.stderr.write(`atalaya: ${failure.message}\n`);
    if (failure.code === 'INTERNAL' && failure.cause instanceof Error) process.stderr.write(`${failure.cause.stack}\n`);
    process.exit(failure.code === 'BAD_CONFIG' ? EXIT.usage : EXIT.failed);
  }
  process.stdout.write(`Atalaya ${VERSION} is at http://${app.address}\n`);
  await app.ready;
  process.stdout.write('Ready: this machine is being watched. Ctrl-C stops.\n');
}

function stopOnSignals(app: App): void {
  let stopping = false;
  const stop = (): void => {
    // A second signal changes nothing: stopping is under way and bounded in time.
    if (stopping) return;
    stopping = true;
    systemClock.after(STOP_LIMIT_MS, () => process.exit(0));
    void app.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
