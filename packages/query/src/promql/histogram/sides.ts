/** The buckets of one side of a histogram as numbered counts: the form in which histograms are computed with. */

import type { BucketSpan } from '@atalaya/model';

/** Buckets by ascending index. `errors`, where there are any, hold what rounding took from each count. */
export interface Side {
  indexes: number[];
  counts: number[];
  errors: number[] | undefined;
}

/** Buckets out of spans; each index once. */
export function sideOf(spans: readonly BucketSpan[], buckets: Float64Array): Side {
  const indexes: number[] = [];
  const counts: number[] = [];
  let index = 0;
  let at = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++) {
      indexes.push(index++);
      counts.push(buckets[at++]!);
    }
  }
  return { indexes, counts, errors: undefined };
}

/** Buckets as spans: one for each run of consecutive indexes. */
export function spansOf({ indexes, counts }: Side): { spans: BucketSpan[]; buckets: Float64Array } {
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length++;
    else spans.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return { spans, buckets: Float64Array.from(counts) };
}

/** What remains to be added to `errors` when `value` was added to `sum` and gave `next`. */
export function lostTo(sum: number, value: number, next: number, error: number): number {
  if (next === Infinity || next === -Infinity) return 0;
  return Math.abs(sum) >= Math.abs(value) ? error + (sum - next + value) : error + (value - next + sum);
}

/** Adds a value to bucket `at`, with its own error where errors are kept. */
function addAt(side: Side, at: number, value: number, error: number): void {
  const { counts, errors } = side;
  if (errors === undefined) {
    counts[at]! += value;
    return;
  }
  addPart(counts, errors, at, value);
  if (error !== 0) addPart(counts, errors, at, error);
}

function addPart(counts: number[], errors: number[], at: number, part: number): void {
  const sum = counts[at]!;
  const next = sum + part;
  errors[at] = lostTo(sum, part, next, errors[at]!);
  counts[at] = next;
}

function sameIndexes(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Adds the other side's buckets times `sign` to `into`; buckets that `skips` names are left out. */
export function addSide(into: Side, other: Side, sign: 1 | -1, skips: (index: number) => boolean): void {
  if (other.indexes.length === 0) return;
  if (sameIndexes(into.indexes, other.indexes) && !skips(other.indexes[0]!)) {
    for (let i = 0; i < other.counts.length; i++) addAt(into, i, other.counts[i]! * sign, (other.errors?.[i] ?? 0) * sign);
    return;
  }
  const target: Side = { indexes: [], counts: [], errors: into.errors === undefined ? undefined : [] };
  const push = (index: number, count: number, error: number): void => {
    target.indexes.push(index);
    target.counts.push(count);
    target.errors?.push(error);
  };
  let from = 0;
  let skipping = true;
  for (let i = 0; i < other.indexes.length; i++) {
    const index = other.indexes[i]!;
    skipping &&= skips(index);
    if (skipping) continue;
    while (from < into.indexes.length && into.indexes[from]! < index) {
      push(into.indexes[from]!, into.counts[from]!, into.errors?.[from] ?? 0);
      from++;
    }
    const value = other.counts[i]! * sign;
    const error = (other.errors?.[i] ?? 0) * sign;
    if (into.indexes[from] === index) {
      push(index, into.counts[from]!, into.errors?.[from] ?? 0);
      from++;
      addAt(target, target.counts.length - 1, value, error);
    } else push(index, value, error);
  }
  for (; from < into.indexes.length; from++) push(into.indexes[from]!, into.counts[from]!, into.errors?.[from] ?? 0);
  into.indexes = target.indexes;
  into.counts = target.counts;
  into.errors = target.errors;
}

/** Gives every bucket the index that `target` (never descending) names for it; those that meet are added up. */
export function remapSide(side: Side, target: (index: number) => number): void {
  const { indexes, counts, errors } = side;
  const result: Side = { indexes: [], counts: [], errors: errors === undefined ? undefined : [] };
  for (let i = 0; i < indexes.length; i++) {
    const index = target(indexes[i]!);
    if (result.indexes.at(-1) === index) addAt(result, result.counts.length - 1, counts[i]!, errors?.[i] ?? 0);
    else {
      result.indexes.push(index);
      result.counts.push(counts[i]!);
      result.errors?.push(errors![i]!);
    }
  }
  side.indexes = result.indexes;
  side.counts = result.counts;
  side.errors = result.errors;
}

/** Takes out empty buckets. */
export function compactSide(side: Side): void {
  const { indexes, counts, errors } = side;
  if (!counts.includes(0)) return;
  const kept = counts.map((count, i) => count !== 0 || (errors !== undefined && errors[i] !== 0));
  side.indexes = indexes.filter((_, i) => kept[i]);
  side.counts = counts.filter((_, i) => kept[i]);
  if (errors !== undefined) side.errors = errors.filter((_, i) => kept[i]);
}
