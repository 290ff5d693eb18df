/** Notes on which days streams have lines. */

import type { LogBatch } from '@atalaya/journal';
import { REFUSED_STREAM, type Streams } from './streams.ts';

/** Tells the streams on which days they have lines. */
export function noteDays(batch: LogBatch, slots: Uint32Array, streams: Streams): void {
  const words = new Int32Array(batch.timestamps.buffer, batch.timestamps.byteOffset, batch.rows * 2);
  const earliest = new Float64Array(batch.origins.count).fill(Number.POSITIVE_INFINITY);
  const latest = new Float64Array(batch.origins.count).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < batch.rows; row++) {
    // Exact to some hundred nanoseconds, which is made up for below.
    const time = (words[row * 2 + 1] as number) * 0x1_0000_0000 + ((words[row * 2] as number) >>> 0);
    const origin = batch.rowOrigins[row] as number;
    if (time < (earliest[origin] as number)) earliest[origin] = time;
    if (time > (latest[origin] as number)) latest[origin] = time;
  }
  slots.forEach((slot, origin) => {
    if (slot === REFUSED_STREAM || earliest[origin] === Number.POSITIVE_INFINITY) return;
    streams.touch(slot, Math.floor(((earliest[origin] as number) - ROUNDING) / DAY));
    streams.touch(slot, Math.floor(((latest[origin] as number) + ROUNDING) / DAY));
  });
}

const DAY = 86_400e9;
const ROUNDING = 1024;
