/** What each kind of data point becomes: samples of one series or of several. */

import type { SampleOutcome, SeriesRef } from '../../metric-writer.ts';
import { LAST_SUCCESS, OUTCOMES } from '../../metrics/raw-series.ts';
import type { ArrivedHistogram } from '../../native-histogram/admit.ts';
import { type DataPoint, milliseconds } from './data-point.ts';
import type { DeltaKind, DeltaTotal } from './delta-streams.ts';
import type { ExemplarReader } from './exemplars.ts';
import { addExponential, type ExponentialCounts, exponentialFault, exponentialOfPoint, toNativeHistogram } from './exponential-counts.ts';
import { addCounts, countsOfPoint, type HistogramCounts, histogramFault, toCustomHistogram } from './histogram-counts.ts';
import type { MetricKind } from './metric-name.ts';
import type { PointTaker } from './point-taker.ts';
import type { PointRejectReason } from './reasons.ts';
import { BUCKET, COUNT, QUANTILE, type SeriesFinder, type SeriesPart, SUM, WHOLE } from './series-finder.ts';

/** Refused for this reason, or taken. */
export type Outcome = PointRejectReason | undefined;

/** A hash of a point that is a delta. */
interface DeltaKey {
  readonly low: number;
  readonly high: number;
}

/** Writes the points of one request. */
export class PointWriter {
  readonly #point: DataPoint;
  readonly #finder: SeriesFinder;
  readonly #exemplars: ExemplarReader;
  readonly #taker: PointTaker;
  /** Of the point at hand, where it is a delta. */
  #delta: DeltaKey | undefined;
  /** The series of a point's parts, found before any sample of it is written. */
  readonly #refs: SeriesRef[] = [];
  readonly #time = new Float64Array(1);
  readonly #words = new Int32Array(2);
  readonly #outcome = new Uint8Array(1);

  constructor(point: DataPoint, finder: SeriesFinder, exemplars: ExemplarReader, taker: PointTaker) {
    this.#point = point;
    this.#finder = finder;
    this.#exemplars = exemplars;
    this.#taker = taker;
  }

  /** Takes the point that has been read and that the finder knows. */
  take(kind: MetricKind, delta?: DeltaKey): Outcome {
    this.#delta = delta;
    if (kind === 'histogram') return this.#takeHistogram();
    if (kind === 'exponential') return this.#takeExponential();
    return kind === 'summary' ? this.#takeSummary() : this.#takeNumber();
  }

  #takeNumber(): Outcome {
    const point = this.#point;
    if (!point.hasValue && !point.noRecordedValue) return 'no_value';
    const ref = this.#finder.find(WHOLE);
    if (typeof ref === 'string') return ref;
    if (point.noRecordedValue) return refusalOf(this.#taker.appender.stale(ref, point.time));
    const { value } = point;
    const outcome =
      this.#delta !== undefined
        ? this.#addUp(
            ref,
            'number',
            (before: number | undefined) => (before ?? 0) + value,
            (total) => this.#write(ref, total),
          )
        : this.#writeWords(ref, point.valueLow, point.valueHigh);
    if (outcome === undefined) this.#exemplars.write(point.exemplars, point.time, () => ref);
    return outcome;
  }

  #takeHistogram(): Outcome {
    const point = this.#point;
    const { limits, translation } = this.#taker.intake;
    const fault = histogramFault(point, limits.histogramBuckets);
    if (fault !== undefined) return fault;
    if (translation.convertHistograms) return this.#takeCustom();
    const bounds = point.bounds.count;
    const refs = this.#findAll(COUNT, point.hasSum ? SUM : undefined, BUCKET, bounds + 1, (i) => this.#bound(i));
    if (typeof refs === 'string') return refs;
    if (point.noRecordedValue) return this.#stale(refs);
    const write = (counts: HistogramCounts): Outcome => this.#writeHistogram(refs, counts);
    const counts = countsOfPoint(point);
    const outcome =
      this.#delta !== undefined
        ? this.#addUp(refs[0] as SeriesRef, 'histogram', (before: HistogramCounts | undefined) => addCounts(before, counts), write)
        : write(counts);
    if (outcome !== undefined) return outcome;
    const buckets = refs.slice(refs.length - bounds - 1);
    this.#exemplars.write(point.exemplars, point.time, (value) => {
      let i = 0;
      while (i < bounds && !(value <= this.#bound(i))) i++;
      return buckets[i] as SeriesRef;
    });
    return undefined;
  }

  #takeCustom(): Outcome {
    const counts = countsOfPoint(this.#point);
    return this.#takeNative('histogram', (before: HistogramCounts | undefined) => addCounts(before, counts), counts, toCustomHistogram);
  }

  #takeExponential(): Outcome {
    const { histogramBuckets } = this.#taker.intake.limits;
    const fault = exponentialFault(this.#point, histogramBuckets);
    if (fault !== undefined) return fault;
    const counts = exponentialOfPoint(this.#point);
    return this.#takeNative(
      'exponential',
      (before: ExponentialCounts | undefined) => addExponential(before, counts, histogramBuckets),
      counts,
      toNativeHistogram,
    );
  }

  #takeNative<Counts>(
    kind: DeltaKind,
    add: (before: Counts | undefined) => Counts,
    counts: Counts,
    toHistogram: (counts: Counts) => ArrivedHistogram,
  ): Outcome {
    const point = this.#point;
    const { appender } = this.#taker;
    const ref = this.#finder.find(WHOLE);
    if (typeof ref === 'string') return ref;
    if (point.noRecordedValue) return refusalOf(appender.stale(ref, point.time));
    const write = (wanted: Counts): Outcome => refusalOf(appender.histogram(ref, point.time, toHistogram(wanted)));
    const outcome = this.#delta !== undefined ? this.#addUp(ref, kind, add, write) : write(counts);
    if (outcome === undefined) this.#exemplars.write(point.exemplars, point.time, () => ref);
    return outcome;
  }

  #takeSummary(): Outcome {
    const point = this.#point;
    const { quantiles, quantileValues } = point;
    if (quantiles.count > this.#taker.intake.limits.histogramBuckets) return 'histogram_buckets';
    const refs = this.#findAll(COUNT, SUM, QUANTILE, quantiles.count, (i) => quantiles.values[i] as number);
    if (typeof refs === 'string') return refs;
    if (point.noRecordedValue) return this.#stale(refs);
    let outcome = this.#write(refs[0] as SeriesRef, point.count) ?? this.#write(refs[1] as SeriesRef, point.sum);
    for (let i = 0; i < quantiles.count; i++) outcome ??= this.#write(refs[i + 2] as SeriesRef, quantileValues.values[i] as number);
    return outcome;
  }

  /** The upper bound of a bucket. */
  #bound(index: number): number {
    const { bounds } = this.#point;
    return index < bounds.count ? (bounds.values[index] as number) : Infinity;
  }

  /** The series of a point in the order of the arguments. All or none: a point is not taken in part for want of room for new series. */
  #findAll(
    first: SeriesPart,
    second: SeriesPart | undefined,
    part: SeriesPart,
    many: number,
    valueOf: (index: number) => number,
  ): readonly SeriesRef[] | PointRejectReason {
    const refs = this.#refs;
    refs.length = 0;
    for (const one of [first, second]) {
      const ref = one === undefined ? undefined : this.#finder.find(one);
      if (typeof ref === 'string') return ref;
      if (ref !== undefined) refs.push(ref);
    }
    for (let i = 0; i < many; i++) {
      const ref = this.#finder.find(part, valueOf(i));
      if (typeof ref === 'string') return ref;
      refs.push(ref);
    }
    return refs;
  }

  #writeHistogram(refs: readonly SeriesRef[], { bounds, counts, count, sum, hasSum }: HistogramCounts): Outcome {
    let at = 0;
    let outcome = this.#write(refs[at++] as SeriesRef, count);
    // A total may have lost its sum on the way: then there is a series for it and nothing to write.
    if (this.#point.hasSum) {
      const ref = refs[at++] as SeriesRef;
      if (hasSum) outcome ??= this.#write(ref, sum);
    }
    let upTo = 0;
    for (let i = 0; i < bounds.length; i++) outcome ??= this.#write(refs[at++] as SeriesRef, (upTo += counts[i] as number));
    return outcome ?? this.#write(refs[at] as SeriesRef, count);
  }

  /** Adds a delta to its series' total, and moves the total once it has been written. */
  #addUp<Total>(ref: SeriesRef, kind: DeltaKind, add: (before: Total | undefined) => Total, write: (total: Total) => Outcome): Outcome {
    const { intake, deltas } = this.#taker;
    const { time, startLow, startHigh } = this.#point;
    const { low, high } = this.#delta as DeltaKey;
    const start = milliseconds(startLow >>> 0, startHigh >>> 0);
    const total: DeltaTotal<Total> | PointRejectReason = intake.deltas.after(
      ref,
      { start, time, low, high },
      kind,
      intake.clock.now(),
      add,
    );
    if (typeof total === 'string') return total;
    const outcome = write(total.total);
    if (outcome === undefined) intake.deltas.accept(ref, total, deltas);
    return outcome;
  }

  #stale(refs: readonly SeriesRef[]): Outcome {
    let outcome: Outcome;
    for (const ref of refs) outcome ??= refusalOf(this.#taker.appender.stale(ref, this.#point.time));
    return outcome;
  }

  #write(ref: SeriesRef, value: number): Outcome {
    return refusalOf(this.#taker.appender.sample(ref, this.#point.time, value));
  }

  #writeWords(ref: SeriesRef, low: number, high: number): Outcome {
    this.#time[0] = this.#point.time;
    this.#words[0] = low;
    this.#words[1] = high;
    this.#taker.appender.append(ref, this.#time, this.#words, 0, 1, this.#outcome);
    const outcome = this.#outcome[0] as number;
    return outcome <= LAST_SUCCESS ? undefined : (OUTCOMES[outcome] as PointRejectReason);
  }
}

function refusalOf(outcome: SampleOutcome): Outcome {
  return outcome === 'written' || outcome === 'same' ? undefined : outcome;
}
