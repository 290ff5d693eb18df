/** Units of OTLP (UCUM's case-sensitive symbols) as the words that Prometheus has for them. */

/** Words as Prometheus 3 has them, those included that are not quite right (`TiBy`): names of stored series must not change. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
]);

/** What a rate is counted by: in the singular, and `m` is a minute here. */
const PER_WORDS: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

/** A unit in words: `By/s` is `bytes` and `per_second`. Either may be empty. */
export interface UnitWords {
  readonly main: string;
  readonly per: string;
}

/** Takes a unit apart. An annotation in braces, such as `{request}`, is no unit. */
export function unitWords(unit: string): UnitWords {
  const slash = unit.indexOf('/');
  const main = wordOf(slash < 0 ? unit : unit.slice(0, slash), WORDS);
  const per = slash < 0 ? '' : wordOf(unit.slice(slash + 1), PER_WORDS);
  return { main, per: per === '' ? '' : `per_${per}` };
}

function wordOf(part: string, words: ReadonlyMap<string, string>): string {
  const symbol = part.trim();
  return /[{}]/.test(symbol) ? '' : (words.get(symbol) ?? symbol);
}

/** A word as part of an escaped metric name. */
export function escapeUnit(word: string): string {
  return word.replaceAll(/[^a-zA-Z0-9:]+/gu, '_').replace(/^_/, '');
}

/** A unit for the metadata of a metric: `seconds`, `bytes_per_second`. */
export function unitName(unit: string, escape: boolean): string {
  const { main, per } = unitWords(unit);
  const words = [main, per].map((word) => (escape ? escapeUnit(word) : word)).filter((word) => word !== '');
  return words.join('_').replace(/^_/, '').replace(/_$/, '');
}
