/** How far a container's output was read. Its two streams have times of their own, each in order. */

import type { ContainerLine } from './log-frames.ts';

type Stream = ContainerLine['stream'];

/** For each stream the last time that was read, and how many lines with that time. */
export type ContainerPlace = Readonly<Partial<Record<Stream, readonly [time: bigint, lines: number]>>>;

/** Docker stamps the streams independently: a line may come this much after one with a later time. */
const DISORDER_NS = 10_000_000_000n;

/** The place behind a line. */
export function behind(place: ContainerPlace, { stream, timestamp }: ContainerLine): ContainerPlace {
  const last = place[stream];
  return { ...place, [stream]: last?.[0] === timestamp ? [timestamp, last[1] + 1] : [timestamp, 1] };
}

/** What to ask Docker for to go on at a place: seconds, a dot, nanoseconds. */
export function sinceOf(place: ContainerPlace): string {
  const times = [place.stdout?.[0], place.stderr?.[0]].filter((time) => time !== undefined);
  if (times.length === 0) return '0';
  const newest = times.reduce((a, b) => (a > b ? a : b));
  const oldest = times.reduce((a, b) => (a < b ? a : b));
  const time = oldest > newest - DISORDER_NS ? oldest : newest - DISORDER_NS;
  return `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`;
}

/** Tells which of the lines that Docker sends again from {@link sinceOf} on were read before. Lines are to be shown in their order. */
export class SeenLines {
  readonly #place: ContainerPlace;
  readonly #passed: Record<Stream, number> = { stdout: 0, stderr: 0 };

  constructor(place: ContainerPlace) {
    this.#place = place;
  }

  has({ stream, timestamp }: ContainerLine): boolean {
    const last = this.#place[stream];
    if (last === undefined || timestamp > last[0]) return false;
    if (timestamp < last[0]) return true;
    return ++this.#passed[stream] <= last[1];
  }
}

export function formatPlace(place: ContainerPlace): string {
  return JSON.stringify(Object.entries(place).map(([stream, [time, lines]]) => [stream, String(time), lines]));
}

/** An unreadable text is the beginning. */
export function parsePlace(text: string | undefined): ContainerPlace {
  try {
    const entries = JSON.parse(text ?? '[]') as [Stream, string, number][];
    return Object.fromEntries(entries.map(([stream, time, lines]) => [stream, [BigInt(time), lines]]));
  } catch {
    return {};
  }
}
