/** Functions of templates that make, read and write times. */

import type { Clock } from '@atalaya/model';
import { formatGoTime } from '../../go-time/format.ts';
import { parseGoTime } from '../../go-time/parse.ts';
import { isTimeZone } from '../../go-time/zone.ts';
import type { TemplateFunction } from '../built-in.ts';
import type { TemplateObject, TemplateValue } from '../value.ts';
import { of } from './signature.ts';

const MICROSECOND = 1_000n;
const MILLISECOND = 1_000_000n;
const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;

/** How Go prints a time that is not told how. */
const PRINTED = '2006-01-02 15:04:05.999999999 -0700 MST';

/** Go's zero time, 1 January of the year 1: what texts that are no times are read as. */
const ZERO = -62_135_596_800n * SECOND;

/** Rounded down, also before the epoch. */
function floorDivide(value: bigint, unit: bigint): bigint {
  return (value - (((value % unit) + unit) % unit)) / unit;
}

/** An instant, as templates pass it on. */
export class TemplateTime implements TemplateObject {
  readonly typeName = 'time.Time';
  readonly nanoseconds: bigint;
  readonly #zone: string;

  constructor(nanoseconds: bigint, zone: string) {
    this.nanoseconds = nanoseconds;
    this.#zone = zone;
  }

  toString(): string {
    return formatGoTime(this.nanoseconds, PRINTED, this.#zone);
  }

  /** Methods of Go's `time.Time` that take nothing. */
  field(name: string): TemplateValue | undefined {
    const part = (layout: string): bigint => BigInt(formatGoTime(this.nanoseconds, layout, this.#zone));
    switch (name) {
      case 'Unix':
        return floorDivide(this.nanoseconds, SECOND);
      case 'UnixMilli':
        return floorDivide(this.nanoseconds, MILLISECOND);
      case 'UnixMicro':
        return floorDivide(this.nanoseconds, MICROSECOND);
      case 'UnixNano':
        return this.nanoseconds;
      case 'Year':
        return part('2006');
      case 'Month':
        return formatGoTime(this.nanoseconds, 'January', this.#zone);
      case 'Day':
        return part('2');
      case 'Weekday':
        return formatGoTime(this.nanoseconds, 'Monday', this.#zone);
      case 'YearDay':
        return part('002');
      case 'Hour':
        return part('15');
      case 'Minute':
        return part('4');
      case 'Second':
        return part('5');
      case 'Nanosecond':
        return this.nanoseconds - floorDivide(this.nanoseconds, SECOND) * SECOND;
      case 'UTC':
        return new TemplateTime(this.nanoseconds, 'UTC');
      case 'Local':
        return new TemplateTime(this.nanoseconds, 'Local');
      case 'String':
        return this.toString();
      default:
        return undefined;
    }
  }
}

function instantOf(value: TemplateValue): bigint {
  if (value instanceof TemplateTime) return value.nanoseconds;
  throw new RangeError('wrong type for value; expected time.Time');
}

function read(layout: string, text: string, zone: string): TemplateTime {
  const known = isTimeZone(zone) ? zone : 'UTC';
  try {
    return new TemplateTime(parseGoTime(layout, text, { zone: known }), known);
  } catch {
    return new TemplateTime(ZERO, 'UTC');
  }
}

/** Units of times in digits, by how many there are. */
const EPOCHS: ReadonlyMap<number, bigint> = new Map([
  [5, DAY],
  [10, SECOND],
  [13, MILLISECOND],
  [16, MICROSECOND],
  [19, 1n],
]);

function unixToTime(text: string): TemplateTime {
  if (!/^[-+]?\d+$/.test(text)) {
    throw new RangeError(`unable to parse time '${text}': strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const unit = EPOCHS.get(text.length);
  if (unit === undefined) throw new RangeError(`unable to parse time '${text}': %!w(<nil>)`);
  return new TemplateTime(BigInt(text.replace('+', '')) * unit, 'Local');
}

/** The functions; `now` is what the clock says. */
export function timeFunctions(clock: Clock): Readonly<Record<string, TemplateFunction>> {
  const now = (): bigint => BigInt(Math.trunc(clock.now() * 1000)) * MICROSECOND;
  return {
    now: of([], () => new TemplateTime(now(), 'Local')),
    /** A time or seconds; anything else is taken for now. */
    date: of(['text', 'any'], (layout, time) => {
      const instant = time instanceof TemplateTime ? time.nanoseconds : typeof time === 'bigint' ? time * SECOND : now();
      return formatGoTime(instant, layout, 'Local');
    }),
    toDate: of(['text', 'text'], (layout, text) => read(layout, text, 'Local')),
    toDateInZone: of(['text', 'text', 'text'], (layout, zone, text) => read(layout, text, zone)),
    unixToTime: of(['text'], unixToTime),
    unixEpoch: of(['any'], (time) => String(floorDivide(instantOf(time), SECOND))),
    unixEpochMillis: of(['any'], (time) => String(floorDivide(instantOf(time), MILLISECOND))),
    unixEpochNanos: of(['any'], (time) => String(instantOf(time))),
  };
}
