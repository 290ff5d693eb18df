/** What becomes of one request with metrics: samples that wait to be written, points that were refused, totals that have moved. */

import type { MetricMetadata } from '@atalaya/model';
import type { RawAppender } from '../../metrics/raw-series.ts';
import { Origin } from '../origin.ts';
import type { Taker } from '../taker.ts';
import { DeltaRequest } from './delta-streams.ts';
import type { MetricIntake, PointContext } from './metric-intake.ts';
import { PlainAttributes } from './plain-attributes.ts';
import type { PointRejectReason } from './reasons.ts';
import { TargetInfo } from './target-info.ts';

/** Takes the points of one request. */
export class PointTaker implements Taker<PointRejectReason> {
  readonly origin = new Origin(() => new PlainAttributes());
  readonly refused = new Map<PointRejectReason, number>();
  /** Data points in the request so far. */
  records = 0;
  readonly intake: MetricIntake;
  readonly appender: RawAppender;
  readonly deltas = new DeltaRequest();
  /** Undefined where resource or scope cannot be held. */
  context: PointContext | undefined;
  readonly #targets = new TargetInfo();
  readonly #described: number[] = [];

  constructor(intake: MetricIntake) {
    intake.beginRequest();
    this.intake = intake;
    this.appender = intake.writer.rawAppender();
  }

  beginRecords(): void {
    this.context = this.intake.context(this.origin);
  }

  /** Counts a point: it was taken, at this time, or refused. */
  count(outcome: PointRejectReason | undefined, time: number): void {
    this.records++;
    if (outcome === undefined) this.#targets.seen((this.context as PointContext).resource, time);
    else this.refused.set(outcome, (this.refused.get(outcome) ?? 0) + 1);
  }

  /** Metadata of a metric; the key stands for it until the request is written. */
  describe(low: number, high: number, metric: string, metadata: MetricMetadata): void {
    this.#described.push(low, high);
    this.appender.metadata(metric, metadata);
  }

  async commit(): Promise<void> {
    const { intake, appender } = this;
    this.#targets.write(intake, appender);
    try {
      await appender.commit();
    } catch (error) {
      intake.deltas.rollback(this.deltas);
      throw error;
    }
    intake.deltas.commit(this.deltas);
    intake.addDescribed(this.#described);
  }

  discard(): void {
    this.appender.discard();
    this.intake.deltas.rollback(this.deltas);
  }
}
