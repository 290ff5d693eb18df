/** What the routes are made from: the running parts of the program, as far as HTTP needs them. */

import type { Journal } from '@atalaya/journal';
import type { Clock, Configuration, Logger, Status } from '@atalaya/model';
import type { LogTarget, LogWriter, MetricWriter, TargetsSnapshot } from '@atalaya/receive';
import type { EngineSupervisor } from '../engine/supervisor.ts';
import type { Receivers } from '../receivers.ts';
import type { Settings } from '../settings/table.ts';
import type { BodyBudget } from './body-budget.ts';
import type { OwnMetrics } from '../telemetry/own-metrics.ts';
import type { OwnTraces } from '../telemetry/own-traces/own-traces.ts';

export interface Parts extends Receivers {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly journal: Journal;
  readonly writer: MetricWriter;
  readonly engine: EngineSupervisor;
  readonly logWriter: LogWriter;
  /** Bounds what all requests that write hold in memory at once. */
  readonly bodies: BodyBudget;
  readonly metrics: OwnMetrics;
  readonly traces: OwnTraces;
  readonly startedAt: number;
  /** The address in force, `host:port`. */
  address(): string;
  targets(): TargetsSnapshot;
  /** Everything on this host that log lines are collected from. */
  logTargets(): readonly LogTarget[];
  /** `prometheus.yml` in force, secrets hidden. */
  scrapeConfiguration(): string;
  configuration(): Configuration;
  status(): Promise<Status>;
  /** The parts that must serve for the program to be ready; known without asking any of them. */
  dependencies(): Status['dependencies'];
  /** Reads the configuration again. Rejects with BAD_CONFIG, and the old one stays. */
  reload(): Promise<void>;
  /** When something was last accepted, milliseconds since the epoch. */
  lastEnqueueAt(): number | undefined;
  stopping(): boolean;
}
