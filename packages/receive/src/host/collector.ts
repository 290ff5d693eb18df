/** The built-in host collector: runs every part, renders one round as Prometheus text. */

import { statfs } from 'node:fs/promises';
import type { Clock, Logger } from '@atalaya/model';
import { Families } from './family.ts';
import { LINUX_PARTS } from './linux/registry.ts';
import { NothingHere, type Collect, type Findings, type Host, type Part } from './part.ts';
import { PORTABLE_PARTS } from './portable.ts';
import { Lane, treeAt } from './tree.ts';

/** How long a round waits for a part. It is generous: slow parts wait beside the main thread. */
const PATIENCE_MS = 5000;

/** Errors of the system that mean that a machine does not have a thing, or does not show it to us. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENODEV']);

/** What {@link createHostCollector} needs. */
export interface HostCollectorOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the host's `/proc` is (default `/proc`). */
  readonly procPath?: string;
  /** Where the host's `/sys` is (default `/sys`). */
  readonly sysPath?: string;
  /** Where the host's root file system is (default `/`): in a container, where it is mounted. */
  readonly rootfsPath?: string;
  /** A folder whose `*.prom` files are part of each round (default: none). */
  readonly textfileDirectory?: string;
  /** Names of parts to leave out. */
  readonly disabled?: readonly string[];
}

/** Measures this machine as node_exporter does. */
export interface HostCollector {
  /**
   * Collects one round: Prometheus text exposition (version 0.0.4), UTF-8. A part that fails is left out, and
   * `node_scrape_collector_success` says so. Never rejects. Called again while a round is under way, it gives that round.
   */
  collect(): Promise<Uint8Array>;
  /** The names of the parts that run. */
  collectors(): string[];
}

/** A part with what the collector remembers of it between rounds. */
interface Unit {
  readonly name: string;
  readonly collect: Collect;
  /** Its last call has not ended yet; it is not called again until then. */
  busy: boolean;
  /** Why it failed in the last round, to say it once and not in every round. */
  lastFailure: string | undefined;
}

/** What came of a part in a round. */
interface Outcome {
  readonly text: string;
  readonly success: boolean;
  readonly seconds: number;
}

/** Makes the host collector of this platform. */
export function createHostCollector(options: HostCollectorOptions): HostCollector {
  const parts = process.platform === 'linux' ? LINUX_PARTS : PORTABLE_PARTS;
  return createCollectorOf(parts, realHost(options), options.disabled);
}

/** The machine as it is. */
export function realHost(options: HostCollectorOptions): Host {
  const { clock, log, procPath = '/proc', sysPath = '/sys', rootfsPath = '/', textfileDirectory } = options;
  const slowLane = new Lane();
  return {
    clock,
    log,
    proc: treeAt(procPath, slowLane),
    sys: treeAt(sysPath, slowLane),
    root: treeAt(rootfsPath, slowLane),
    statfs: (path) => statfs(path, { bigint: true }),
    localLane: new Lane(),
    remoteLane: new Lane(),
    slowLane,
    textfileDirectory,
  };
}

/** Makes a collector of any parts. */
export function createCollectorOf(parts: Readonly<Record<string, Part>>, host: Host, disabled: readonly string[] = []): HostCollector {
  const { clock, log } = host;
  const units = Object.entries(parts)
    .filter(([name]) => !disabled.includes(name))
    .map(([name, part]): Unit => ({ name, collect: prepare(part, host), busy: false, lastFailure: undefined }));
  let underWay: Promise<Uint8Array> | undefined;

  /** Runs a part. One that needs no waiting is done when this returns, so that its duration is its own. */
  const runUnit = (unit: Unit): Outcome | Promise<Outcome> => {
    const start = clock.monotonic();
    const seconds = (): number => (clock.monotonic() - start) / 1000;
    const succeed = (findings: Findings): Outcome => {
      const text = findings.render();
      if (unit.lastFailure !== undefined) log.info({ collector: unit.name }, 'host collector works again');
      unit.lastFailure = undefined;
      return { text, success: true, seconds: seconds() };
    };
    const fail = (error: unknown): Outcome => {
      report(unit, error);
      return { text: '', success: false, seconds: seconds() };
    };
    try {
      const findings = call(unit, clock);
      return findings instanceof Promise ? findings.then(succeed).catch(fail) : succeed(findings);
    } catch (error) {
      return fail(error);
    }
  };

  const report = (unit: Unit, error: unknown): void => {
    if (isAbsence(error)) return;
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === unit.lastFailure) return;
    unit.lastFailure = reason;
    log.warn({ collector: unit.name, err: error }, 'host collector failed; its metrics are missing until it works again');
  };

  const round = async (): Promise<Uint8Array> => {
    const outcomes = new Map<string, Outcome | Promise<Outcome>>();
    for (const unit of units) outcomes.set(unit.name, runUnit(unit));
    const about = new Families();
    const duration = about.gauge('node_scrape_collector_duration_seconds', 'node_exporter: Duration of a collector scrape.');
    const success = about.gauge('node_scrape_collector_success', 'node_exporter: Whether a collector succeeded.');
    let text = '';
    for (const [name, pending] of outcomes) {
      const outcome = await pending;
      text += outcome.text;
      duration.add(outcome.seconds, 'collector', name);
      success.add(outcome.success ? 1 : 0, 'collector', name);
    }
    return Buffer.from(text + about.render());
  };

  return {
    collect: () => {
      underWay ??= round().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    collectors: () => units.map((unit) => unit.name),
  };
}

/** Prepares a part; one that cannot even be prepared fails in every round instead of at the start. */
function prepare(part: Part, host: Host): Collect {
  try {
    return part(host);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Calls a part, but waits no longer than {@link PATIENCE_MS}. */
function call(unit: Unit, clock: Clock): Findings | Promise<Findings> {
  if (unit.busy) throw new Error('an earlier round still waits for an answer');
  const result = unit.collect();
  if (!(result instanceof Promise)) return result;
  unit.busy = true;
  const done = (): void => {
    unit.busy = false;
  };
  result.then(done, done);
  const bounded = Promise.withResolvers<Findings>();
  const timer = clock.after(PATIENCE_MS, () => bounded.reject(new Error(`no answer within ${PATIENCE_MS} ms`)));
  result.then(bounded.resolve, bounded.reject).finally(() => timer.cancel());
  return bounded.promise;
}

function isAbsence(error: unknown): boolean {
  return error instanceof NothingHere || ABSENT.has((error as NodeJS.ErrnoException | null)?.code ?? '');
}
