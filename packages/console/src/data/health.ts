/** Home's first answer: is anything wrong, what, since when, and where to look. */

import type { Configuration } from '@atalaya/model';

import type { Disk } from './host.ts';
import type { MatrixSeries, RangeWindow } from './prometheus.ts';
import type { Status } from './status.ts';
import { targetName, type Target } from './targets.ts';

/** How bad it is. */
export type Severity = 'critical' | 'warning' | 'ok' | 'info' | 'unknown';

/** The kinds of trouble; each has a sentence in every language under `health.problem`. */
export type ProblemKind =
  | 'engineDown'
  | 'engineStarting'
  | 'breakerOpen'
  | 'loadingBehind'
  | 'journalFull'
  | 'journalFailing'
  | 'recordsQuarantined'
  | 'dependencyDown'
  | 'targetsDown'
  | 'targetDown'
  | 'diskFull'
  | 'diskFilling'
  | 'memoryShort'
  | 'dataDiskFull'
  | 'seriesLimit'
  | 'configurationBad'
  | 'collectorOff';

/** One thing that is wrong. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly severity: 'critical' | 'warning';
  /** What the sentence needs; numbers are formatted by the page. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** Epoch milliseconds, where it is known. */
  readonly since?: number;
  /** The page that shows more. */
  readonly link: 'targets' | 'status' | 'storage' | 'configuration' | 'home';
}

/** What the verdict is based on; absent parts are not known (yet). */
export interface HealthInput {
  readonly status: Status | undefined;
  readonly targets: readonly Target[] | undefined;
  /** Since when each target has been down, by {@link targetName}. */
  readonly downSince: ReadonlyMap<string, number>;
  readonly disks: readonly Disk[];
  readonly memory: { readonly used: number; readonly total: number } | undefined;
  readonly configuration: Configuration | undefined;
}

const DAY = 86_400_000;
const BEHIND_AFTER = 60_000;

/** All that is wrong, the worst first; ties stay in the order of the parts: engine, journal, targets, host. */
export function findProblems(input: HealthInput): Problem[] {
  const problems = [
    ...(input.status ? partProblems(input.status) : []),
    ...targetProblems(input.targets ?? [], input.downSince),
    ...hostProblems(input),
    ...configurationProblems(input.configuration),
  ];
  return problems.sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}

function partProblems(status: Status): Problem[] {
  const { engine, journal, ingest, storage, now } = status;
  const problems: Problem[] = [];
  const lagging = engine.lagMs > 0 ? { since: now - engine.lagMs } : {};
  if (engine.state === 'down' || engine.state === 'stopping') {
    problems.push({ kind: 'engineDown', severity: 'critical', facts: { reason: engine.lastError ?? '' }, link: 'status', ...lagging });
  } else if (engine.state === 'starting') {
    problems.push({ kind: 'engineStarting', severity: 'warning', facts: {}, link: 'status', ...lagging });
  } else if (engine.breaker !== 'closed') {
    problems.push({ kind: 'breakerOpen', severity: 'warning', facts: { reason: engine.lastError ?? '' }, link: 'status', ...lagging });
  } else if (engine.lagMs > BEHIND_AFTER) {
    problems.push({ kind: 'loadingBehind', severity: 'warning', facts: {}, link: 'status', ...lagging });
  }
  if (journal.state === 'full') {
    problems.push({ kind: 'journalFull', severity: 'critical', facts: { limit: journal.limitBytes }, link: 'status' });
  } else if (journal.state === 'failing') {
    problems.push({ kind: 'journalFailing', severity: 'critical', facts: { reason: journal.lastError ?? '' }, link: 'status' });
  }
  if (journal.quarantinedRecords > 0) {
    problems.push({ kind: 'recordsQuarantined', severity: 'warning', facts: { count: journal.quarantinedRecords }, link: 'status' });
  }
  const known = new Set(['engine', 'store', 'journal']);
  for (const dependency of status.dependencies) {
    if (dependency.up || known.has(dependency.name)) continue;
    problems.push({
      kind: 'dependencyDown',
      severity: 'critical',
      facts: { name: dependency.name, reason: dependency.message },
      link: 'status',
    });
  }
  if (storage.diskSizeBytes > 0 && storage.diskFreeBytes / storage.diskSizeBytes < 0.05) {
    problems.push({
      kind: 'dataDiskFull',
      severity: 'critical',
      facts: { free: storage.diskFreeBytes, path: storage.dataDir },
      link: 'storage',
    });
  }
  if (ingest.seriesLimit > 0 && ingest.activeSeries / ingest.seriesLimit > 0.9) {
    problems.push({
      kind: 'seriesLimit',
      severity: 'warning',
      facts: { series: ingest.activeSeries, limit: ingest.seriesLimit },
      link: 'storage',
    });
  }
  if (!status.host.collectorEnabled) problems.push({ kind: 'collectorOff', severity: 'warning', facts: {}, link: 'configuration' });
  return problems;
}

function targetProblems(targets: readonly Target[], downSince: ReadonlyMap<string, number>): Problem[] {
  const down = targets.filter((target) => target.health === 'down');
  const first = down[0];
  if (first === undefined) return [];
  const times = down.map((target) => downSince.get(targetName(target))).filter((time) => time !== undefined);
  const since = times.length > 0 ? { since: Math.min(...times) } : {};
  const facts = { name: targetName(first), job: first.scrapePool, reason: first.lastError, count: down.length, all: targets.length };
  return [{ kind: down.length === 1 ? 'targetDown' : 'targetsDown', severity: 'critical', facts, link: 'targets', ...since }];
}

function hostProblems({ disks, memory, status }: HealthInput): Problem[] {
  const now = status?.now ?? Infinity;
  const problems: Problem[] = [];
  for (const disk of disks) {
    const facts = { mountpoint: disk.mountpoint, free: disk.free };
    if (disk.used > 0.95) problems.push({ kind: 'diskFull', severity: 'critical', facts, link: 'home' });
    else if (disk.forecast.kind === 'full' && disk.forecast.at - now < 7 * DAY) {
      problems.push({
        kind: 'diskFilling',
        severity: 'warning',
        facts: { ...facts, days: Math.max(0, (disk.forecast.at - now) / DAY) },
        link: 'home',
      });
    }
  }
  if (memory && memory.used / memory.total > 0.95) {
    problems.push({ kind: 'memoryShort', severity: 'warning', facts: { used: memory.used, total: memory.total }, link: 'home' });
  }
  return problems;
}

function configurationProblems(configuration: Configuration | undefined): Problem[] {
  const reload = configuration?.lastReload;
  if (!reload || reload.ok) return [];
  return [{ kind: 'configurationBad', severity: 'warning', facts: { reason: reload.message }, since: reload.at, link: 'configuration' }];
}

/** The verdict over all parts: the worst of the problems, `unknown` while nothing has answered yet. */
export function verdictOf(problems: readonly Problem[], known: boolean): Severity {
  if (problems.some((problem) => problem.severity === 'critical')) return 'critical';
  if (problems.length > 0) return 'warning';
  return known ? 'ok' : 'unknown';
}

/**
 * Since when targets have been down, by instance: the start of the unbroken run of points up to the end of an answer to
 * `up == 0` (which has points only where a target was down). Times in epoch milliseconds.
 */
export function downTimes(result: readonly MatrixSeries[], window: RangeWindow): Map<string, number> {
  const since = new Map<string, number>();
  for (const { metric, values } of result) {
    let first: number | undefined;
    let next = window.end / 1000;
    for (const [seconds] of values.toReversed()) {
      // Two steps of tolerance: the newest scrape may not have come yet.
      if (next - seconds > (2.5 * window.step) / 1000) break;
      first = seconds * 1000;
      next = seconds;
    }
    if (first !== undefined && metric['instance'] !== undefined) since.set(metric['instance'], first);
  }
  return since;
}
