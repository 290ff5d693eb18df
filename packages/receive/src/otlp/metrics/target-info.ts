/** The series `target_info`, that holds what else is known of a resource: written for as long as the resource has samples. */

import type { SeriesRef } from '../../metric-writer.ts';
import type { RawAppender } from '../../metrics/raw-series.ts';
import type { KnownResource, MetricIntake } from './metric-intake.ts';
import { RawKey } from './raw-key.ts';
import { TARGET_INFO } from './resource-labels.ts';

/** Half the time for which PromQL looks back: so it is found at any time between two samples. */
const INTERVAL_MS = 150_000;
/** Of one request: half a day. A request that spans more has it for the last part. */
const MOST_SAMPLES = 288;
/** A key's second word where no kind of metric has it. */
const TARGET_CODE = 0;

/** Earliest and latest sample of the resources of one request. */
export class TargetInfo {
  readonly #times = new Map<KnownResource, { earliest: number; latest: number }>();

  /** A sample of the resource has been taken; milliseconds. */
  seen(resource: KnownResource, time: number): void {
    if (resource.target === undefined) return;
    const times = this.#times.get(resource);
    if (times === undefined) this.#times.set(resource, { earliest: time, latest: time });
    else if (time > times.latest) times.latest = time;
    else if (time < times.earliest) times.earliest = time;
  }

  /** Writes the samples. Those that are refused are not missed: they would repeat with each request. */
  write(intake: MetricIntake, appender: RawAppender): void {
    for (const [resource, { earliest, latest }] of this.#times) {
      const ref = findTarget(resource, intake, appender);
      if (ref === undefined) continue;
      for (let time = Math.max(earliest, latest - MOST_SAMPLES * INTERVAL_MS); time < latest; time += INTERVAL_MS)
        appender.sample(ref, time, 1);
      appender.sample(ref, latest, 1);
    }
    if (this.#times.size > 0) appender.metadata(TARGET_INFO, { type: 'gauge', help: 'Target metadata', unit: '' });
  }
}

function findTarget(resource: KnownResource, { seed, writer }: MetricIntake, appender: RawAppender): SeriesRef | undefined {
  const { low, high } = new RawKey(seed).restart(resource.id, TARGET_CODE);
  const known = writer.findKey(low, high);
  if (known >= 0) return known;
  const ref = resource.target === undefined ? 'invalid_labels' : appender.series(resource.target);
  if (typeof ref === 'string') return undefined;
  writer.bindKey(low, high, ref);
  return ref;
}
