/** Functions of templates that read and write times. */

import { formatGoTime, parseGoTime, type TemplateFunction, type TemplateObject, type TemplateValue } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import { of } from './signature.ts';

/** An instant as templates pass it on. */
class Time implements TemplateObject {
  readonly typeName = 'time.Time';
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }

  toString(): string {
    return formatGoTime(this.nanoseconds, '2006-01-02 15:04:05.999999999 -0700 MST');
  }

  field(name: string): TemplateValue | undefined {
    if (name === 'Unix') return this.nanoseconds / 1_000_000_000n;
    if (name === 'UnixMilli') return this.nanoseconds / 1_000_000n;
    return name === 'UnixNano' ? this.nanoseconds : undefined;
  }
}

/** A time, or seconds since the epoch. */
function nanosecondsOf(value: TemplateValue): bigint {
  if (value instanceof Time) return value.nanoseconds;
  if (typeof value === 'bigint') return value * 1_000_000_000n;
  if (typeof value === 'string' && /^-?\d{1,12}$/.test(value)) return BigInt(value) * 1_000_000_000n;
  throw new RangeError('wrong type for value; expected a time');
}

export function timeFunctions(clock: Clock): Readonly<Record<string, TemplateFunction>> {
  return {
    now: of([], () => new Time(BigInt(clock.now()) * 1_000_000n)),
    date: of(['text', 'any'], (layout, time) => formatGoTime(nanosecondsOf(time), layout, 'Local')),
    dateInZone: of(['text', 'any', 'text'], (layout, time, zone) => formatGoTime(nanosecondsOf(time), layout, zone)),
    date_in_zone: of(['text', 'any', 'text'], (layout, time, zone) => formatGoTime(nanosecondsOf(time), layout, zone)),
    toDate: of(['text', 'text'], (layout, text) => new Time(parseGoTime(layout, text, { zone: 'Local' }))),
    unixEpoch: of(['any'], (time) => String(nanosecondsOf(time) / 1_000_000_000n)),
  };
}
