/** What all sources of log lines are to the collector. */

import type { Clock, Logger } from '@atalaya/model';
import { relabel } from '../scrape/relabel.ts';
import type { Bookmarks } from './bookmarks.ts';
import type { CollectJob, CollectSource } from './collect-config.ts';
import type { FlowCounts } from './entry-flow.ts';
import type { Outlet } from './outlet.ts';

/** One job's source, at work. */
export interface LogSource {
  /** Ends; resolves when nothing more is taken. What pipelines hold back is read again, where it can be. */
  stop(): Promise<void>;
  targets(): LogTarget[];
}

/** What sources are made from. */
export interface SourceContext {
  readonly outlet: Outlet;
  readonly bookmarks: Bookmarks;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hostname: string;
}

/** A job whose source is of a kind. */
export type JobOf<Kind extends CollectSource['kind']> = CollectJob & { readonly source: Extract<CollectSource, { kind: Kind }> };

/** Something that is read: a file, a container, a journal, a listener. */
export interface LogTarget {
  readonly job: string;
  readonly kind: 'file' | 'journal' | 'container' | 'syslog';
  /** Path, name or address. */
  readonly name: string;
  /** Labels of its lines before the pipeline. */
  readonly labels: Readonly<Record<string, string>>;
  /** `waiting`: all was read, or nobody sends. `failed`: it cannot be read now. `done`: it has ended. */
  readonly state: 'reading' | 'waiting' | 'failed' | 'done';
  /** Read since it was opened. */
  readonly lines: number;
  readonly bytes: number;
  /** Bytes that are there and were not read, where that is known. */
  readonly lagBytes?: number;
  /** When something was last read, milliseconds since the epoch. */
  readonly lastReadAt?: number;
  /** Lines that were refused for good, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly lastError?: string;
}

/** The part of a {@link LogTarget} that an entry flow knows. */
export function countsOf(counts: FlowCounts): Pick<LogTarget, 'lines' | 'bytes' | 'lastReadAt' | 'rejected'> {
  return {
    lines: counts.lines,
    bytes: counts.bytes,
    ...(counts.lastReadAt === undefined ? {} : { lastReadAt: counts.lastReadAt }),
    rejected: Object.fromEntries(counts.rejected),
  };
}

/**
 * A source's labels after the job's relabelling, those that start with `__` gone, and with what is
 * added after it; undefined when a rule drops the source, or no label is left.
 */
export function streamLabels(
  labels: ReadonlyMap<string, string>,
  rules: CollectJob['relabelConfigs'],
  added: readonly (readonly [name: string, value: string])[] = [],
): ReadonlyMap<string, string> | undefined {
  const changed = new Map(labels);
  if (!relabel(changed, rules)) return undefined;
  for (const [name, value] of changed) if (name.startsWith('__') || value === '') changed.delete(name);
  for (const [name, value] of added) changed.set(name, value);
  return changed.size === 0 ? undefined : changed;
}
