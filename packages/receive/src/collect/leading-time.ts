/** A pipeline for files of the system whose lines begin with a time: it becomes the entry's. */

import type { Clock } from '@atalaya/model';
import type { EntryPipeline } from './entry.ts';
import { readClassicTime } from './syslog/rfc3164.ts';

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?/;
/** Where no line tells otherwise lines are of now; behind one that has told they are of its time, for so long. */
const DAY_NS = 86_400_000_000_000n;

/** Times without a zone are local. A time in the future is none: it belongs to the text. */
export function leadingTime(clock: Clock): EntryPipeline {
  let last: bigint | undefined;
  return {
    held: 0,
    holdMs: 0,
    flush: () => undefined,
    process(entry, emit) {
      const time = readIso(entry.line) ?? readClassicTime(entry.line, clock.now())?.timestamp;
      if (time !== undefined && time < entry.timestamp + DAY_NS) last = time;
      emit(last === undefined ? entry : { ...entry, timestamp: last });
    },
  };
}

function readIso(line: string): bigint | undefined {
  const match = ISO.exec(line);
  if (match === null) return undefined;
  const milliseconds = Date.parse(`${match[1]}T${match[2]}${match[4] ?? ''}`);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1_000_000n + BigInt((match[3] ?? '').padEnd(9, '0'));
}
