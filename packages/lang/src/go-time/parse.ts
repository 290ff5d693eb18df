/** Reads a time by Go's reference layout, with the meaning of `time.Parse` and `time.ParseInLocation`. */

import { cutLayout, type LayoutPart } from './layout.ts';
import { MONTHS, WEEKDAYS } from './names.ts';
import { offsetOfAbbreviation, offsetOfWallTime, utcMilliseconds } from './zone.ts';

/** How a time is read. */
export interface GoTimeOptions {
  /** IANA zone of times that name none; UTC unless given. `Local` is this machine's. */
  readonly zone?: string;
  /** IANA zone whose abbreviations (`CET`) are known; `zone` unless given. Others count as UTC, as in Go. */
  readonly abbreviations?: string;
  /** Year of a time without one; 0 unless given, as in Go. */
  readonly year?: number;
}

/** A text that is no time of the layout; the message reads like Go's. */
export class GoTimeError extends Error {
  constructor(layout: string, text: string, part: string, rest: string, reason = '') {
    const quote = (value: string): string => JSON.stringify(value);
    const what = reason === '' ? `: cannot parse ${quote(rest)} as ${quote(part)}` : reason;
    super(reason === '' ? `parsing time ${quote(text)} as ${quote(layout)}${what}` : `parsing time ${quote(text)}: ${what}`);
    this.name = 'GoTimeError';
  }
}

/**
 * The instant that a text names, nanoseconds since the epoch. The layout must be Go's text, not the name of one (`RFC3339`).
 * @throws GoTimeError when the text does not fit; RangeError for an unknown zone.
 */
export function parseGoTime(layout: string, text: string, options: GoTimeOptions = {}): bigint {
  return new TimeReader(layout, text).read(options);
}

/** Thrown where an element does not fit, and turned into a GoTimeError that names the element. One for all: stacks cost. */
const MISFIT = new Error('does not fit');

class TimeReader {
  readonly #layout: string;
  readonly #text: string;
  #at = 0;
  #year: number | undefined;
  #month: number | undefined;
  #day: number | undefined;
  #yearDay: number | undefined;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanosecond = 0;
  #afternoon: boolean | undefined;
  #offset: number | undefined;
  #zoneName: string | undefined;
  #outOfRange: string | undefined;

  constructor(layout: string, text: string) {
    this.#layout = layout;
    this.#text = text;
  }

  read(options: GoTimeOptions): bigint {
    const parts = cutLayout(this.#layout);
    for (const [index, part] of parts.entries()) {
      const start = this.#at;
      try {
        this.#part(part, parts[index + 1]);
      } catch (error) {
        if (error !== MISFIT) throw error;
        throw new GoTimeError(this.#layout, this.#text, part.text, this.#text.slice(part.kind === 'text' ? this.#at : start));
      }
      if (this.#outOfRange !== undefined) throw this.#refuse(`${this.#outOfRange} out of range`);
    }
    if (this.#at < this.#text.length) throw this.#refuse(`extra text: ${JSON.stringify(this.#text.slice(this.#at))}`);
    return this.#instant(options);
  }

  #refuse(reason: string): GoTimeError {
    return new GoTimeError(this.#layout, this.#text, '', '', reason);
  }

  #part(part: LayoutPart, next: LayoutPart | undefined): void {
    switch (part.kind) {
      case 'text':
        return this.#literal(part.text);
      case '2006':
        this.#year = Number(this.#take(/\d{4}/y));
        return;
      case '06': {
        const year = Number(this.#take(/\d\d/y));
        this.#year = year + (year >= 69 ? 1900 : 2000);
        return;
      }
      case 'January':
      case 'Jan':
        this.#month = this.#name(MONTHS, part.kind === 'Jan') + 1;
        return;
      case '1':
      case '01':
        this.#month = this.#number(part.kind === '01');
        if (this.#month < 1 || this.#month > 12) this.#outOfRange = 'month';
        return;
      case 'Monday':
      case 'Mon':
        this.#name(WEEKDAYS, part.kind === 'Mon');
        return;
      case '2':
      case '_2':
      case '02':
        if (part.kind === '_2' && this.#text[this.#at] === ' ') this.#at++;
        this.#day = this.#number(part.kind === '02');
        return;
      case '__2':
      case '002':
        if (part.kind === '__2') this.#take(/ {0,2}/y);
        this.#yearDay = Number(this.#take(part.kind === '002' ? /\d{3}/y : /\d{1,3}/y));
        return;
      case '15':
        this.#hour = this.#below(24, 'hour', false);
        return;
      case '3':
      case '03':
        this.#hour = this.#below(13, 'hour', part.kind === '03');
        return;
      case '4':
      case '04':
        this.#minute = this.#below(60, 'minute', part.kind === '04');
        return;
      case '5':
      case '05':
        this.#second = this.#below(60, 'second', part.kind === '05');
        // A fraction may follow the seconds even where the layout has none.
        if (next?.kind !== 'fraction') this.#fraction(/(?:[.,]\d+)?/y);
        return;
      case 'PM':
        this.#afternoon = this.#take(/AM|PM/y) === 'PM';
        return;
      case 'pm':
        this.#afternoon = this.#take(/am|pm/y) === 'pm';
        return;
      case 'fraction':
        return this.#fraction(part.trimmed ? /(?:[.,]\d+)?/y : new RegExp(`[.,]\\d{${part.digits}}`, 'y'));
      case 'zone':
        return this.#numericZone(part);
      case 'MST':
        return this.#abbreviation();
    }
  }

  /** A run of spaces stands for any number of them, also none. */
  #literal(text: string): void {
    let at = 0;
    while (at < text.length) {
      const here = this.#text[this.#at];
      if (text[at] === ' ') {
        if (here !== undefined && here !== ' ') throw MISFIT;
        while (text[at] === ' ') at++;
        while (this.#text[this.#at] === ' ') this.#at++;
      } else {
        if (here !== text[at]) throw MISFIT;
        at++;
        this.#at++;
      }
    }
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw MISFIT;
    this.#at += found.length;
    return found;
  }

  #number(twoDigits: boolean): number {
    return Number(this.#take(twoDigits ? /\d\d/y : /\d{1,2}/y));
  }

  #below(limit: number, what: string, twoDigits: boolean): number {
    const value = this.#number(twoDigits);
    if (value >= limit) this.#outOfRange = what;
    return value;
  }

  #name(names: readonly string[], short: boolean): number {
    const rest = this.#text.slice(this.#at, this.#at + 9).toLowerCase();
    const index = names.findIndex((name) => rest.startsWith((short ? name.slice(0, 3) : name).toLowerCase()));
    const name = names[index];
    if (name === undefined) throw MISFIT;
    this.#at += short ? 3 : name.length;
    return index;
  }

  #fraction(pattern: RegExp): void {
    const digits = this.#take(pattern).slice(1, 10);
    if (digits !== '') this.#nanosecond = Number(digits.padEnd(9, '0'));
  }

  #numericZone({ z, colon, fields }: LayoutPart & { kind: 'zone' }): void {
    if (z && this.#text[this.#at] === 'Z') {
      this.#at++;
      this.#offset = 0;
      return;
    }
    const separator = colon ? ':' : '';
    const text = this.#take(new RegExp(`[-+]\\d\\d(?:${separator}\\d\\d){${fields - 1}}`, 'y'));
    const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d\d/g) ?? []).map(Number);
    if (hours > 24) this.#outOfRange = 'time zone offset hour';
    if (minutes >= 60) this.#outOfRange = 'time zone offset minute';
    if (seconds >= 60) this.#outOfRange = 'time zone offset second';
    this.#offset = (text.startsWith('-') ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds);
  }

  /** `UTC`, `CET`, `GMT+3`, or a bare sign and hours. */
  #abbreviation(): void {
    const name = this.#take(
      /UTC|ChST|MeST|GMT(?:[-+]\d{1,2})?|[-+]\d{1,2}(?!\d)|[A-Z]{4}T(?![A-Z])|(?:[A-Z]{3}T|WITA)(?![A-Z])|[A-Z]{3}(?![A-Z])/y,
    );
    if (name === 'UTC') this.#offset = 0;
    else this.#zoneName = name;
  }

  #instant({ zone = 'UTC', abbreviations = zone, year: missing = 0 }: GoTimeOptions): bigint {
    const year = this.#year ?? missing;
    const [month, day] = this.#date(year);
    if (this.#afternoon === true && this.#hour < 12) this.#hour += 12;
    if (this.#afternoon === false && this.#hour === 12) this.#hour = 0;
    const wall = utcMilliseconds(year, month, day) + ((this.#hour * 60 + this.#minute) * 60 + this.#second) * 1000;
    const offset = this.#offset ?? this.#namedOffset(abbreviations, wall) ?? offsetOfWallTime(zone, wall);
    return BigInt(wall - offset * 1000) * 1_000_000n + BigInt(this.#nanosecond);
  }

  #namedOffset(zone: string, wall: number): number | undefined {
    const name = this.#zoneName;
    if (name === undefined) return undefined;
    const relative = /^(?:GMT)?([-+]\d{1,2})$/.exec(name)?.[1];
    return relative === undefined ? (offsetOfAbbreviation(zone, name, wall) ?? 0) : Number(relative) * 3600;
  }

  /** Month and day, from 1. */
  #date(year: number): [month: number, day: number] {
    // Without a year every 29 February is possible, as in Go, whose year 0 is a leap year.
    const leap = this.#year === undefined || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
    const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if (this.#yearDay !== undefined) {
      if (this.#yearDay < 1 || this.#yearDay > (leap ? 366 : 365)) throw this.#refuse('day-of-year out of range');
      let month = 0;
      let day = this.#yearDay;
      while (day > (lengths[month] as number)) day -= lengths[month++] as number;
      if (this.#month !== undefined && this.#month !== month + 1) throw this.#refuse('day-of-year does not match month');
      if (this.#day !== undefined && this.#day !== day) throw this.#refuse('day-of-year does not match day');
      return [month + 1, day];
    }
    const month = this.#month ?? 1;
    const day = this.#day ?? 1;
    if (day < 1 || day > (lengths[month - 1] as number)) throw this.#refuse('day out of range');
    return [month, day];
  }
}
