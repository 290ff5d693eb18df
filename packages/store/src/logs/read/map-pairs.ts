/** The pairs of one row of a map column. */

import { type LazyMaps, lazyText } from '../../native/lazy.ts';

/** Keys and values alternating. */
export function mapPairs({ offsets, keys, values }: LazyMaps, row: number): string[] {
  const pairs: string[] = [];
  const end = offsets[row] as number;
  for (let at = row === 0 ? 0 : (offsets[row - 1] as number); at < end; at++) pairs.push(lazyText(keys, at), lazyText(values, at));
  return pairs;
}

/** Pairs as an object; without a prototype, so that any name is data. */
export function recordOf(pairs: readonly string[]): Record<string, string> {
  const record = Object.create(null) as Record<string, string>;
  for (let i = 0; i < pairs.length; i += 2) record[pairs[i] as string] = pairs[i + 1] as string;
  return record;
}
