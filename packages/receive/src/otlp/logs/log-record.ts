/** A log record as either decoder reads it, before it becomes a line. */

import { FlatAttributes } from '../flat-attributes.ts';

/** A time in whole seconds and nanoseconds within; both 0 mean that there is none. */
export class RecordTime {
  seconds = 0;
  nanoseconds = 0;

  get given(): boolean {
    return this.seconds !== 0 || this.nanoseconds !== 0;
  }

  clear(): void {
    this.seconds = 0;
    this.nanoseconds = 0;
  }

  /** From the two halves of a 64-bit number of nanoseconds: a long division by 10^9, sixteen bits at a time, as float64 has no room for all of them. */
  setWords(low: number, high: number): void {
    let seconds = 0;
    let rest = 0;
    for (const word of [high, low]) {
      for (const digit of [word >>> 16, word & 0xffff]) {
        const current = rest * 65_536 + digit;
        const quotient = Math.floor(current / 1e9);
        seconds = seconds * 65_536 + quotient;
        rest = current - quotient * 1e9;
      }
    }
    this.seconds = seconds;
    this.nanoseconds = rest;
  }

  /** Nanoseconds since the epoch, decimal. */
  toString(): string {
    return this.seconds === 0 ? String(this.nanoseconds) : `${this.seconds}${String(this.nanoseconds).padStart(9, '0')}`;
  }
}

/** One record; filled anew for each. */
export class LogRecord {
  readonly time = new RecordTime();
  readonly observed = new RecordTime();
  readonly attributes = new FlatAttributes();
  body: string | Uint8Array = '';
  /** As sent; 1 to 24 mean something. */
  severityNumber = 0;
  severityText = '';
  /** Lower-case hexadecimal digits, or empty. */
  traceId = '';
  spanId = '';
  flags = 0;
  droppedAttributes = 0;
  eventName = '';

  clear(): void {
    this.time.clear();
    this.observed.clear();
    this.attributes.clear();
    this.body = '';
    this.severityNumber = 0;
    this.severityText = '';
    this.traceId = '';
    this.spanId = '';
    this.flags = 0;
    this.droppedAttributes = 0;
    this.eventName = '';
  }
}
