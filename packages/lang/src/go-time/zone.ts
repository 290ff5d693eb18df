/** Offsets and abbreviations of IANA time zones at an instant, through `Intl`. */

/** A zone at an instant. */
export interface ZoneState {
  /** Seconds east of Greenwich. */
  readonly offset: number;
  /** `CET`; for zones without letters the offset, as `+0530`. */
  readonly name: string;
}

/** Abbreviations of the tz database, standard and summer time, which `Intl` knows for some languages only. */
const ABBREVIATIONS: readonly (readonly [names: string, zones: string])[] = [
  [
    'CET CEST',
    `Europe/Berlin Europe/Paris Europe/Rome Europe/Madrid Europe/Vienna Europe/Amsterdam Europe/Brussels Europe/Copenhagen Europe/Oslo
     Europe/Stockholm Europe/Prague Europe/Warsaw Europe/Budapest Europe/Zurich Europe/Belgrade Europe/Zagreb Europe/Ljubljana Europe/Bratislava
     Europe/Luxembourg Europe/Malta Europe/Monaco Europe/Sarajevo Europe/Skopje Europe/Tirane Europe/Andorra Europe/Gibraltar Europe/Vaduz
     Europe/San_Marino Europe/Vatican Europe/Podgorica Europe/Busingen Africa/Algiers Africa/Tunis Africa/Ceuta Arctic/Longyearbyen CET MET`,
  ],
  [
    'EET EEST',
    'Europe/Athens Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Sofia Europe/Bucharest Europe/Riga Europe/Tallinn Europe/Vilnius Europe/Mariehamn Europe/Chisinau Asia/Beirut Asia/Nicosia Asia/Famagusta Africa/Cairo Africa/Tripoli EET',
  ],
  ['GMT BST', 'Europe/London Europe/Jersey Europe/Guernsey Europe/Isle_of_Man'],
  ['GMT IST', 'Europe/Dublin'],
  ['WET WEST', 'Europe/Lisbon Atlantic/Madeira Atlantic/Canary Atlantic/Faroe WET'],
  ['MSK MSK', 'Europe/Moscow Europe/Simferopol Europe/Kirov Europe/Volgograd'],
  ['GMT GMT', 'Africa/Abidjan Africa/Accra Africa/Dakar Atlantic/Reykjavik Africa/Monrovia'],
  ['SAST SAST', 'Africa/Johannesburg Africa/Maseru Africa/Mbabane'],
  ['EAT EAT', 'Africa/Nairobi Africa/Addis_Ababa Africa/Dar_es_Salaam Africa/Kampala'],
  ['WAT WAT', 'Africa/Lagos Africa/Luanda Africa/Kinshasa'],
  ['CAT CAT', 'Africa/Maputo Africa/Harare Africa/Lusaka Africa/Khartoum Africa/Windhoek'],
  ['IST IDT', 'Asia/Jerusalem Asia/Tel_Aviv'],
  ['IST IST', 'Asia/Kolkata Asia/Calcutta'],
  ['PKT PKT', 'Asia/Karachi'],
  ['CST CST', 'Asia/Shanghai Asia/Taipei Asia/Macau'],
  ['HKT HKT', 'Asia/Hong_Kong'],
  ['JST JST', 'Asia/Tokyo'],
  ['KST KST', 'Asia/Seoul Asia/Pyongyang'],
  ['WIB WIB', 'Asia/Jakarta Asia/Pontianak'],
  ['WITA WITA', 'Asia/Makassar'],
  ['WIT WIT', 'Asia/Jayapura'],
  ['PST PST', 'Asia/Manila'],
  ['AEST AEDT', 'Australia/Sydney Australia/Melbourne Australia/Hobart Australia/Canberra'],
  ['AEST AEST', 'Australia/Brisbane Australia/Lindeman'],
  ['ACST ACDT', 'Australia/Adelaide Australia/Broken_Hill'],
  ['ACST ACST', 'Australia/Darwin'],
  ['AWST AWST', 'Australia/Perth'],
  ['NZST NZDT', 'Pacific/Auckland Antarctica/McMurdo'],
  ['HST HST', 'Pacific/Honolulu'],
];

const NAMES = new Map(
  ABBREVIATIONS.flatMap(([names, zones]) => {
    const [standard = '', summer = ''] = names.split(' ');
    return zones.split(/\s+/).map((zone) => [zone, { standard, summer }] as const);
  }),
);

const QUARTER_HOUR = 900_000;
const KNOWN_LIMIT = 10_000;

class Zone {
  readonly #name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #short: Intl.DateTimeFormat;
  readonly #known = new Map<number, ZoneState>();

  constructor(name: string) {
    this.#name = name;
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', era: 'short', ...parts });
    this.#short = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'short' });
  }

  /** At an instant, in milliseconds. Zones change at whole quarters of an hour. */
  at(instant: number): ZoneState {
    const quarter = Math.floor(instant / QUARTER_HOUR);
    let state = this.#known.get(quarter);
    if (state === undefined) {
      state = this.#read(quarter * QUARTER_HOUR);
      if (this.#known.size >= KNOWN_LIMIT) this.#known.clear();
      this.#known.set(quarter, state);
    }
    return state;
  }

  #read(instant: number): ZoneState {
    const offset = this.#offset(instant);
    return { offset, name: this.#abbreviation(instant, offset) };
  }

  #offset(instant: number): number {
    const fields = new Map(this.#format.formatToParts(instant).map(({ type, value }) => [type as string, value]));
    const field = (name: string): number => Number(fields.get(name));
    const year = fields.get('era') === 'BC' ? 1 - field('year') : field('year');
    const wall =
      utcMilliseconds(year, field('month'), field('day')) + ((field('hour') * 60 + field('minute')) * 60 + field('second')) * 1000;
    return Math.round((wall - instant) / 1000);
  }

  #abbreviation(instant: number, offset: number): string {
    const names = NAMES.get(this.#name);
    if (names !== undefined) {
      if (names.standard === names.summer) return names.standard;
      // Summer time is the larger of the year's two offsets.
      const year = new Date(instant).getUTCFullYear();
      const [january, july] = [this.#offset(utcMilliseconds(year, 1, 1)), this.#offset(utcMilliseconds(year, 7, 1))];
      return january !== july && offset === Math.max(january, july) ? names.summer : names.standard;
    }
    const short = this.#short.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    return /^[A-Z]{3,5}$/.test(short) ? short : numericName(offset);
  }
}

/** Milliseconds of a day at midnight UTC; unlike `Date.UTC` it takes the years 0 to 99 for what they are. */
export function utcMilliseconds(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function numericName(offset: number): string {
  const minutes = Math.abs(Math.trunc(offset / 60));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${minutes % 60 === 0 ? '' : two(minutes % 60)}`;
}

const ZONES = new Map<string, Zone>();

function zoneOf(name: string): Zone {
  let zone = ZONES.get(name);
  if (zone === undefined) {
    zone = new Zone(name);
    ZONES.set(name, zone);
  }
  return zone;
}

const isUtc = (zone: string): boolean => zone === '' || zone === 'UTC' || zone === 'Etc/UTC';
const UTC: ZoneState = { offset: 0, name: 'UTC' };

/** Whether there is such a zone. `Local` is this machine's. */
export function isTimeZone(zone: string): boolean {
  try {
    zoneAt(zone, 0);
    return true;
  } catch {
    return false;
  }
}

/** The state of a zone at an instant, in milliseconds. @throws RangeError for a name that is no zone. */
export function zoneAt(zone: string, instant: number): ZoneState {
  if (isUtc(zone)) return UTC;
  return zoneOf(zone === 'Local' ? localZone() : zone).at(instant);
}

/** The zone of this machine. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/**
 * The offset, in seconds, that a wall-clock time has in a zone. `wall` is that time as if it were UTC, in milliseconds.
 * For a time that a change skips or repeats it is one of the two offsets, the same one that Go takes.
 */
export function offsetOfWallTime(zone: string, wall: number): number {
  if (isUtc(zone)) return 0;
  const { offset } = zoneAt(zone, wall);
  return offset === 0 ? 0 : zoneAt(zone, wall - offset * 1000).offset;
}

/** The offset that an abbreviation has in a zone around a wall-clock time; `undefined` where the zone has no such abbreviation. */
export function offsetOfAbbreviation(zone: string, name: string, wall: number): number | undefined {
  const near = zoneAt(zone, wall - offsetOfWallTime(zone, wall) * 1000);
  if (near.name === name) return near.offset;
  const year = new Date(wall).getUTCFullYear();
  const half = [1, 7].map((month) => zoneAt(zone, utcMilliseconds(year, month, 1)));
  return half.find((state) => state.name === name)?.offset;
}
