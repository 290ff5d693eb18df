/** Collecting logs on this host: its jobs from the settings and from Promtail's configuration. */

import path from 'node:path';
import type { Clock, Logger } from '@atalaya/model';
import { type Bookmarks, type CollectConfig, createLogCollector, hostJobs, type LogTarget, type LogWriter } from '@atalaya/receive';
import type { Settings } from './settings/table.ts';

/** Folder of the bookmarks, in the data directory. */
export function collectDirectory(dataDirectory: string): string {
  return path.join(dataDirectory, 'collect');
}

export interface LogCollectionOptions {
  readonly settings: Settings;
  readonly writer: LogWriter;
  readonly bookmarks: Bookmarks;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The collector with the jobs of this host. */
export interface LogCollection {
  /**
   * Takes on the configured jobs, and looks anew for what there is on this host. Resolves when they are on their way; while lines cannot be
   * written that is as long as the former jobs still wait to write theirs.
   */
  apply(configured: CollectConfig): Promise<void>;
  targets(): LogTarget[];
  stop(): Promise<void>;
}

export function startLogCollection({ settings, writer, bookmarks, clock, log }: LogCollectionOptions): LogCollection {
  const collector = createLogCollector({ writer, bookmarks, clock, log });
  return {
    async apply(configured) {
      const host = await hostJobs({
        journald: settings['logs.journald'],
        files: settings['logs.files'],
        docker: settings['logs.docker'],
        syslog: settings['logs.syslog'],
        configured,
        clock,
      });
      await collector.apply({ jobs: [...host.jobs, ...configured.jobs] });
    },
    targets: () => collector.targets(),
    stop: () => collector.stop(),
  };
}
