/** How many bytes of lines there are by labels: in all, or over time. */

import type { CancelSignal, Labels, Matcher } from '@atalaya/model';
import type { LogReader } from './log-reader.ts';

/** Whose volume is wanted, and by which labels. */
export interface LogVolumeRequest {
  readonly matchers: readonly Matcher[];
  /** Nanoseconds since the epoch: from `start`, before `end`. */
  readonly start: bigint;
  readonly end: bigint;
  /** Width of a bucket in nanoseconds; without it there is one. */
  readonly step: bigint | undefined;
  /** Labels to tell volumes by. Lines that have none of them are left out. */
  readonly labels: readonly string[];
  /** Those of them that a line has to have. */
  readonly required: readonly string[];
  /** Whether volumes are told by the names of labels only: then a line counts once for each of them that it has. */
  readonly byNames: boolean;
  /** Volumes to tell, the largest ones. */
  readonly limit: number;
}

/** Bytes of the lines with these labels. */
export interface LogVolume {
  readonly labels: Labels;
  /** End of a bucket (milliseconds since the epoch) and bytes in it, ascending, without empty ones. */
  readonly points: readonly (readonly [at: number, bytes: number])[];
  readonly bytes: number;
}

/** Different label sets that are told apart at most. */
const MOST_GROUPS = 20_000;

/** The largest volumes first. Rejects as the reader does. */
export async function logVolumes(reader: LogReader, request: LogVolumeRequest, signal: CancelSignal): Promise<LogVolume[]> {
  const { matchers, start, end, labels, required, byNames, limit } = request;
  const conditions = required.map((name) => ({ kind: 'label', matcher: { name, operator: '=~', value: '.+' } }) as const);
  const volumes = new Map<string, { readonly labels: Labels; readonly points: Map<number, number> }>();
  for (const { origin, width, buckets } of bucketsOf(start, end, request.step)) {
    const asked = { matchers, conditions, origin: origin - 1n, width, buckets, measure: 'bytes', by: labels } as const;
    const counts = await reader.counts(asked, { groups: MOST_GROUPS }, signal);
    for (const group of counts.groups) {
      for (const told of byNames ? namesOf(group.labels) : [group.labels]) {
        if (told.length === 0) continue;
        const key = JSON.stringify(told);
        let volume = volumes.get(key);
        if (volume === undefined) volumes.set(key, (volume = { labels: told, points: new Map<number, number>() }));
        for (const [i, bucket] of group.buckets.entries()) {
          const at = Number((origin + BigInt(bucket + 1) * width) / 1_000_000n);
          volume.points.set(at, (volume.points.get(at) ?? 0) + (group.values[i] as number));
        }
      }
    }
  }
  return Array.from(volumes.values(), ({ labels: told, points }) => {
    const ordered = [...points].sort(([a], [b]) => a - b);
    return { labels: told, points: ordered, bytes: ordered.reduce((sum, [, bytes]) => sum + bytes, 0) };
  })
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || (JSON.stringify(a.labels) < JSON.stringify(b.labels) ? -1 : 1))
    .slice(0, limit);
}

/** Whole buckets, and the shorter one at the end where there is one. */
function bucketsOf(start: bigint, end: bigint, step: bigint | undefined): { origin: bigint; width: bigint; buckets: number }[] {
  if (end <= start) return [];
  if (step === undefined) return [{ origin: start, width: end - start, buckets: 1 }];
  const whole = Number((end - start) / step);
  const rest = (end - start) % step;
  return [
    ...(whole === 0 ? [] : [{ origin: start, width: step, buckets: whole }]),
    ...(rest === 0n ? [] : [{ origin: end - rest, width: rest, buckets: 1 }]),
  ];
}

/** Each name of a label set as a set of its own, with an empty value as Loki tells it. */
function namesOf(labels: Labels): Labels[] {
  const names: Labels[] = [];
  for (let i = 0; i < labels.length; i += 2) names.push([labels[i] as string, '']);
  return names;
}
