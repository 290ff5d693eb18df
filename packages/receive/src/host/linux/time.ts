/** The system clock, its time zone and its source: `/sys/devices/system/clocksource`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf } from '../text.ts';

/** An offset of a POSIX time zone, `-5:30` for half past five east, in seconds east of Greenwich. */
function secondsEast(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  return (hours * 3600 + minutes * 60 + seconds) * (text.startsWith('-') ? 1 : -1);
}

/**
 * The abbreviation that is in force at an offset.
 * @param rule the last line of a time zone file: `CET-1CEST,M3.5.0,M10.5.0/3`, names and offsets (west is positive)
 * @param offset seconds east of Greenwich
 */
export function zoneName(rule: string, offset: number): string | undefined {
  const match = /^(<[^>]+>|[A-Za-z]+)([+-]?[\d:]+)(<[^>]+>|[A-Za-z]+)?([+-]?[\d:]+)?/.exec(rule);
  if (match === null) return undefined;
  const [, standard = '', standardOffset = '0', summer, summerOffset] = match;
  const east = secondsEast(standardOffset);
  const summerEast = summerOffset === undefined ? east + 3600 : secondsEast(summerOffset);
  const name = offset === east ? standard : offset === summerEast ? summer : undefined;
  return name?.replaceAll(/[<>]/g, '');
}

/** The rule of the machine's zone; without a zone file it is UTC. */
function readRule(host: Parameters<Part>[0]): string {
  const named = process.env['TZ']?.replace(/^:/, '');
  if (named === '') return 'UTC0';
  const file = named === undefined ? 'etc/localtime' : named.startsWith('/') ? named : `usr/share/zoneinfo/${named}`;
  // The name of a file that is not there may be a rule itself.
  return host.root.tryRead(file)?.split('\n').at(-1) ?? named ?? 'UTC0';
}

export const time: Part = (host) => {
  const rule = readRule(host);
  return () => {
    const families = new Families();
    const now = host.clock.now();
    families.gauge('node_time_seconds', 'System time in seconds since epoch (1970).').add(now / 1000);
    const offset = new Date(now).getTimezoneOffset() * -60;
    families
      .gauge('node_time_zone_offset_seconds', 'System time zone offset in seconds.')
      // Adding 0 makes the 0 of -0.
      .add(offset + 0, 'time_zone', zoneName(rule, offset + 0) ?? 'unknown');
    for (const source of host.sys.tryList('devices/system/clocksource').filter((name) => /^clocksource\d+$/.test(name))) {
      const folder = `devices/system/clocksource/${source}`;
      const device = ['device', source.slice('clocksource'.length)];
      for (const name of fieldsOf(host.sys.read(`${folder}/available_clocksource`))) {
        families
          .gauge('node_time_clocksource_available_info', "Available clocksources read from '/sys/devices/system/clocksource'.")
          .add(1, ...device, 'clocksource', name);
      }
      families
        .gauge('node_time_clocksource_current_info', "Current clocksource read from '/sys/devices/system/clocksource'.")
        .add(1, ...device, 'clocksource', host.sys.read(`${folder}/current_clocksource`));
    }
    return families;
  };
};
