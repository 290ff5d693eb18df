/** What is collected on this host when nobody says anything: its systemd journal, else the files of /var/log; its containers. */

import { constants } from 'node:fs';
import { access, glob } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Clock } from '@atalaya/model';
import type { CollectConfig, CollectJob } from './collect-config.ts';
import type { EntryPipeline } from './entry.ts';
import { compileGlobs } from './files/glob.ts';
import { leadingTime } from './leading-time.ts';

/** What is wanted; each may be switched off. */
export interface HostJobOptions {
  readonly journald: boolean;
  /** Globs; `auto` alone stands for those of /var/log where the journal is not read. */
  readonly files: readonly string[];
  /** Docker's address; empty for none. */
  readonly docker: string;
  /** Where to listen for syslog messages, `host:port`; empty for nowhere. */
  readonly syslog: string;
  /** Jobs that are configured: what they read is not read twice. */
  readonly configured: CollectConfig;
  readonly clock: Clock;
}

const JOURNAL_FILES = ['/run/log/journal/*/*.journal', '/var/log/journal/*/*.journal'];
const LOG_FILES = ['/var/log/syslog', '/var/log/messages', '/var/log/*.log'];
/** Of what there was before the first start so much is read. */
const EXISTING_BYTES = 1024 * 1024;
const EXISTING_MS = 7 * 3_600_000;
const SYSLOG_IDLE_MS = 120_000;
const SYSLOG_BYTES = 64 * 1024;

/** Looks at what there is. */
export async function hostJobs(options: HostJobOptions): Promise<CollectConfig> {
  const jobs: CollectJob[] = [];
  const add = (job: Omit<CollectJob, 'relabelConfigs' | 'text' | 'pipeline'>, pipeline: () => EntryPipeline = unchanged): void => {
    jobs.push({ ...job, relabelConfigs: [], pipeline, text: JSON.stringify(job) });
  };
  const has = (kind: string): boolean => options.configured.jobs.some(({ source }) => source.kind === kind);
  const journal = options.journald && !has('journal') && (await hasJournal());
  if (journal) {
    const labels = { job: 'systemd-journal' };
    add({ name: 'host journal', source: { kind: 'journal', path: '', maxAgeMs: EXISTING_MS, json: false, matches: [], labels } });
  }
  const groups = fileGlobs(options, journal).map((path) => ({ path, exclude: undefined, labels: { job: 'varlogs' } }));
  if (groups.length > 0) {
    const source = { kind: 'files', groups, encoding: undefined, decompress: false, existingBytes: EXISTING_BYTES } as const;
    add({ name: 'host files', source }, () => leadingTime(options.clock));
  }
  if (options.docker !== '' && !has('docker') && (await isReachable(options.docker))) {
    const labels = { job: 'docker' };
    add({
      name: 'host docker',
      source: { kind: 'docker', host: options.docker, refreshMs: 60_000, maxAgeMs: EXISTING_MS, filters: [], labels },
    });
  }
  if (options.syslog !== '') {
    for (const protocol of ['udp', 'tcp'] as const) {
      add({
        name: `host syslog ${protocol}`,
        source: {
          kind: 'syslog',
          listen: options.syslog,
          protocol,
          format: 'rfc5424',
          idleMs: SYSLOG_IDLE_MS,
          labelStructuredData: false,
          useIncomingTimestamp: true,
          wholeMessage: false,
          maxMessageBytes: SYSLOG_BYTES,
          labels: { job: 'syslog' },
        },
      });
    }
  }
  return { jobs };
}

function unchanged(): EntryPipeline {
  return { held: 0, holdMs: 0, process: (entry, emit) => emit(entry), flush: () => undefined };
}

/** The wanted globs without those whose files a configured job reads. */
function fileGlobs({ files, configured }: HostJobOptions, journal: boolean): readonly string[] {
  const wanted = files.length === 1 && files[0] === 'auto' ? (journal ? [] : LOG_FILES) : files;
  const others = configured.jobs.flatMap(({ source }) =>
    source.kind === 'files' ? source.groups.flatMap(({ path }) => compileGlobs(path)) : [],
  );
  return wanted.filter((path) => {
    const example = path.replaceAll('*', 'x');
    return !others.some((glob) => glob.matches(example));
  });
}

async function hasJournal(): Promise<boolean> {
  const programs = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'journalctl'));
  if (!(await anyAccessible(programs, constants.X_OK))) return false;
  // Folders alone are made by the package, where nobody writes a journal.
  for await (const file of glob(JOURNAL_FILES)) if (await anyAccessible([file], constants.R_OK)) return true;
  return false;
}

/** A socket that may be used. What is not a socket is tried. */
async function isReachable(host: string): Promise<boolean> {
  return !host.startsWith('unix://') || anyAccessible([host.slice('unix://'.length)], constants.R_OK | constants.W_OK);
}

async function anyAccessible(paths: readonly string[], mode: number): Promise<boolean> {
  for (const path of paths) {
    try {
      await access(path, mode);
      return true;
    } catch {
      // The next one.
    }
  }
  return false;
}
