/** Durations of TraceQL: as Go writes them (`1.5h`, `100us`), or as Prometheus does (`1d`, `2w`). */

import { parseDuration } from '@atalaya/model';

/** Nanoseconds of each unit, the largest first. */
const UNITS: readonly (readonly [unit: string, nanoseconds: bigint])[] = [
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1000n],
  ['ns', 1n],
];
const SIZES: ReadonlyMap<string, bigint> = new Map([...UNITS, ['µs', 1000n], ['μs', 1000n]]);
const GO_DURATION = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
/** What a Go duration, and an int64, can hold. */
const LONGEST = 2n ** 63n;

/** A duration in nanoseconds, without a sign; `undefined` when it is none. */
export function readTraceDuration(text: string): bigint | undefined {
  let total = 0n;
  const milliseconds = text === '0' ? undefined : parseDuration(text);
  if (milliseconds !== undefined) total = BigInt(milliseconds) * 1_000_000n;
  else if (GO_DURATION.test(text)) {
    for (const [, whole = '', fraction = '', unit] of text.matchAll(/(\d*)(?:\.(\d*))?([a-zµμ]+)/g)) {
      const size = SIZES.get(unit as string)!;
      // All digits count: a fraction of an hour has more of them than a double can hold.
      total += (BigInt(`${whole}${fraction}`) * size) / 10n ** BigInt(fraction.length);
    }
  } else return undefined;
  return total < LONGEST ? total : undefined;
}

/** Writes a duration so that it reads back as the same: `1h30m`, `1s500ms`, `0s`. */
export function printTraceDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  let rest = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  let text = nanoseconds < 0n ? '-' : '';
  for (const [unit, size] of UNITS) {
    if (rest < size) continue;
    text += `${rest / size}${unit}`;
    rest %= size;
  }
  return text;
}
