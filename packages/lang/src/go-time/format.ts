/** Writes a time by Go's reference layout, with the meaning of `time.Format`. */

import { cutLayout, type LayoutPart } from './layout.ts';
import { MONTHS, WEEKDAYS } from './names.ts';
import { utcMilliseconds, zoneAt, type ZoneState } from './zone.ts';

const SECOND = 1_000_000_000n;

/**
 * An instant, nanoseconds since the epoch, written by a layout. `zone` is an IANA name; `Local` is this machine's.
 * @throws RangeError for an unknown zone.
 */
export function formatGoTime(nanoseconds: bigint, layout: string, zone = 'UTC'): string {
  const nanosecond = ((nanoseconds % SECOND) + SECOND) % SECOND;
  const milliseconds = Number((nanoseconds - nanosecond) / 1_000_000n);
  const state = zoneAt(zone, milliseconds);
  const wall = new Date(milliseconds + state.offset * 1000);
  let text = '';
  for (const part of cutLayout(layout)) text += element(part, wall, Number(nanosecond), state);
  return text;
}

const two = (value: number): string => String(value).padStart(2, '0');

function element(part: LayoutPart, wall: Date, nanosecond: number, state: ZoneState): string {
  const hour = wall.getUTCHours();
  const month = MONTHS[wall.getUTCMonth()] as string;
  const weekday = WEEKDAYS[wall.getUTCDay()] as string;
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'January':
      return month;
    case 'Jan':
      return month.slice(0, 3);
    case '1':
      return String(wall.getUTCMonth() + 1);
    case '01':
      return two(wall.getUTCMonth() + 1);
    case 'Monday':
      return weekday;
    case 'Mon':
      return weekday.slice(0, 3);
    case '2':
      return String(wall.getUTCDate());
    case '_2':
      return String(wall.getUTCDate()).padStart(2, ' ');
    case '02':
      return two(wall.getUTCDate());
    case '__2':
      return String(yearDay(wall)).padStart(3, ' ');
    case '002':
      return String(yearDay(wall)).padStart(3, '0');
    case '15':
      return two(hour);
    case '3':
      return String(hour % 12 || 12);
    case '03':
      return two(hour % 12 || 12);
    case '4':
      return String(wall.getUTCMinutes());
    case '04':
      return two(wall.getUTCMinutes());
    case '5':
      return String(wall.getUTCSeconds());
    case '05':
      return two(wall.getUTCSeconds());
    case '2006': {
      const year = wall.getUTCFullYear();
      return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`;
    }
    case '06':
      return two(Math.abs(wall.getUTCFullYear()) % 100);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return state.name;
    case 'zone':
      return zoneText(part, state.offset);
    case 'fraction': {
      const digits = String(nanosecond).padStart(9, '0').slice(0, part.digits);
      const kept = part.trimmed ? digits.replace(/0+$/, '') : digits.padEnd(part.digits, '0');
      return kept === '' ? '' : `${part.text[0]}${kept}`;
    }
  }
}

function zoneText({ z, colon, fields }: LayoutPart & { kind: 'zone' }, offset: number): string {
  if (z && offset === 0) return 'Z';
  const size = Math.abs(offset);
  const values = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].slice(0, fields);
  return `${offset < 0 ? '-' : '+'}${values.map(two).join(colon ? ':' : '')}`;
}

function yearDay(wall: Date): number {
  return Math.floor((wall.getTime() - utcMilliseconds(wall.getUTCFullYear(), 1, 1)) / 86_400_000) + 1;
}
