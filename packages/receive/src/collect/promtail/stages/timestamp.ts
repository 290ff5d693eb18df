/** Stage `timestamp`: the time of an entry from an extracted value. */

import { formatGoTime, GO_LAYOUTS, GoTimeError, isTimeZone, parseGoTime } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import { streamKey } from './stream-key.ts';
import { type Stage, type StageReader, textOf } from './stage.ts';

/** Nanoseconds since the epoch; `undefined` when the text is no such time. */
type TimeReader = (text: string) => bigint | undefined;

/** Names that are no layouts: numbers since the epoch, with the nanoseconds of their unit. */
const UNITS: Readonly<Record<string, bigint>> = { Unix: 1_000_000_000n, UnixMs: 1_000_000n, UnixUs: 1000n, UnixNs: 1n };
/** Layouts that Promtail knows by name. All of them name their zone, so that `location` says nothing. */
const NAMED = ['ANSIC', 'UnixDate', 'RubyDate', 'RFC822', 'RFC822Z', 'RFC850', 'RFC1123', 'RFC1123Z', 'RFC3339', 'RFC3339Nano'];

/** How many streams are remembered with their last time. */
const STREAMS = 10_000;

export const readTimestampStage: StageReader = (config, { clock }) => {
  const fields = config.section({ known: ['source', 'format', 'fallback_formats', 'location', 'action_on_failure'] });
  const source = fields.get('source')?.requiredText() ?? config.fail('source is missing');
  const format = fields.get('format')?.requiredText() ?? config.fail('format is missing');
  const location = fields.get('location')?.text();
  if (location !== undefined && !isTimeZone(location)) {
    fields.get('location')?.fail(`"${location}" is not a time zone; write it like Europe/Berlin or UTC`);
  }
  const fudges = (fields.get('action_on_failure')?.choice(['fudge', 'skip']) ?? 'fudge') === 'fudge';
  const readers = [format, ...(fields.get('fallback_formats')?.texts() ?? [])].map((layout) => timeReader(layout, location, clock));
  const read = (text: string): bigint | undefined => {
    for (const reader of readers) {
      const time = reader(text);
      if (time !== undefined) return time;
    }
    return undefined;
  };

  return (): Stage => {
    /** The last time of each stream: the next entry whose time cannot be read is one nanosecond later. */
    const last = new Map<string, bigint>();
    const remember = (key: string, time: bigint): void => {
      last.delete(key);
      if (last.size >= STREAMS) last.delete(last.keys().next().value as string);
      last.set(key, time);
    };
    return {
      process(entry, emit) {
        const text = textOf(entry.extracted.get(source));
        const time = text === undefined ? undefined : read(text);
        if (time !== undefined) {
          entry.timestamp = time;
          if (fudges) remember(streamKey(entry.labels), time);
        } else if (fudges) {
          const key = streamKey(entry.labels);
          const former = last.get(key);
          if (former !== undefined) {
            entry.timestamp = former + 1n;
            remember(key, entry.timestamp);
          }
        }
        emit(entry);
      },
    };
  };
};

function timeReader(format: string, location: string | undefined, clock: Clock): TimeReader {
  const unit = UNITS[format];
  if (unit !== undefined) return (text) => readUnix(text, unit);
  const named = NAMED.includes(format) ? GO_LAYOUTS[format] : undefined;
  const layout = named ?? format;
  // Without a location times are UTC, but abbreviations of zones are this machine's, as in Go.
  const zone = named === undefined ? location : undefined;
  const options = { zone: zone ?? 'UTC', abbreviations: zone ?? 'Local' };
  if (layout.includes('06')) return (text) => attempt(() => parseGoTime(layout, text, options));
  return (text) =>
    attempt(() => {
      const year = Number(formatGoTime(BigInt(clock.now()) * 1_000_000n, '2006', options.zone));
      return nearest(
        [year - 1, year, year + 1].map((each) => parseGoTime(layout, text, { ...options, year: each })),
        clock.now(),
      );
    });
}

/** Of times without a year: this year's, but around New Year's Eve that of the month next to now. */
function nearest(years: readonly bigint[], now: number): bigint {
  const [before, current, after] = years as [bigint, bigint, bigint];
  const month = (time: bigint): number => new Date(Number(time / 1_000_000n)).getUTCMonth();
  const nowMonth = new Date(now).getUTCMonth();
  if (month(current) === 11 && nowMonth === 0) return before;
  return month(current) === 0 && nowMonth === 11 ? after : current;
}

function attempt(read: () => bigint): bigint | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof GoTimeError) return undefined;
    throw error;
  }
}

const LONGEST_INTEGER = 19;

/** A whole number of units; seconds may have a fraction. */
function readUnix(text: string, unit: bigint): bigint | undefined {
  const [, sign, whole = '', fraction = ''] = /^([-+]?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (sign === undefined || whole.length > LONGEST_INTEGER || (fraction !== '' && unit !== 1_000_000_000n)) return undefined;
  // The fraction counts upwards from the whole seconds, also before 1970, as in Promtail.
  return BigInt(`${sign === '-' ? '-' : ''}${whole}`) * unit + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}
