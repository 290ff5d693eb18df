/** Messages as BSD's syslog sends them (RFC 3164): `<PRI>Mmm dd hh:mm:ss host tag[pid]: text`, and the variations that are about. */

import { readTime } from './rfc5424.ts';
import { readPriority, type SyslogMessage } from './syslog-message.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const CLASSIC = /^([A-Z][a-z]{2}) {1,2}(\d{1,2})(?: (\d{4}))? (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?:? /;
const TAG = /^([^\s:[\]]{1,64})(?:\[([^\]]{0,128})\])?: ?/;
const DAY_MS = 86_400_000;

/**
 * Reads a message. Nothing in one is certain but the priority: what cannot be read as time, host or tag is text.
 * @param now milliseconds since the epoch: classic times have no year, and are in local time
 */
export function parseRfc3164(text: string, now: number): SyslogMessage {
  const priority = readPriority(text);
  // Without a priority a message is from user, notice (RFC 3164, 4.3.3).
  const { facility, severity, length } = priority ?? { facility: 1, severity: 5, length: 0 };
  let rest = text.slice(length);
  const classic = readClassicTime(rest, now);
  const time = classic ?? readIsoTime(rest);
  let hostname = '';
  if (time !== undefined) {
    rest = rest.slice(time.length);
    const host = /^(\S+) +/.exec(rest);
    // A tag ends with a colon, a host does not (but may have colons inside: IPv6): some senders leave the host out.
    if (host !== null && !host[1]?.endsWith(':')) {
      hostname = host[1] as string;
      rest = rest.slice(host[0].length);
    }
  }
  const tag = TAG.exec(rest);
  if (tag !== null) rest = rest.slice(tag[0].length);
  return {
    facility,
    severity,
    timestamp: time?.timestamp,
    zoned: classic === undefined,
    hostname,
    appName: tag?.[1] ?? '',
    procId: tag?.[2] ?? '',
    msgId: '',
    data: [],
    text: rest,
  };
}

/** A time as BSD's syslog writes it at the beginning of `text`, local; the year is the one that is closest to now (milliseconds). */
export function readClassicTime(text: string, now: number): { readonly timestamp: bigint; readonly length: number } | undefined {
  const match = CLASSIC.exec(text);
  if (match === null) return undefined;
  const month = MONTHS.indexOf(match[1] as string);
  if (month === -1) return undefined;
  const at = (year: number): number =>
    new Date(year, month, Number(match[2]), Number(match[4]), Number(match[5]), Number(match[6])).getTime();
  const thisYear = new Date(now).getFullYear();
  let milliseconds = at(match[3] === undefined ? thisYear : Number(match[3]));
  // December's last messages may come in January, and clocks may be ahead: the year is the one that brings it closest to now.
  if (match[3] === undefined && milliseconds > now + 2 * DAY_MS) milliseconds = at(thisYear - 1);
  else if (match[3] === undefined && milliseconds < now - 363 * DAY_MS) milliseconds = at(thisYear + 1);
  const nanoseconds = BigInt((match[7] ?? '').padEnd(9, '0'));
  return { timestamp: BigInt(milliseconds) * 1_000_000n + nanoseconds, length: match[0].length };
}

function readIsoTime(text: string): { readonly timestamp: bigint; readonly length: number } | undefined {
  const word = /^(\S+) +/.exec(text);
  const timestamp = word === null ? undefined : readTime(word[1] as string);
  return word === null || timestamp === undefined ? undefined : { timestamp, length: word[0].length };
}
