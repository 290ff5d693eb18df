/** Names of OTLP's metrics as names of series, by Prometheus' rules. */

import { addsSuffixes, escapes, type TranslationStrategy } from './translation.ts';
import { escapeUnit, unitWords } from './unit-words.ts';

/** What a metric is, as far as its name goes. */
export type MetricKind = 'gauge' | 'counter' | 'updown' | 'histogram' | 'exponential' | 'summary';

/** The name of a metric's series, without the suffixes of a histogram's parts; empty when nothing is left that could be a name. */
export function metricName(name: string, unit: string, kind: MetricKind, strategy: TranslationStrategy): string {
  if (!escapes(strategy)) return addsSuffixes(strategy) ? withSuffixes(name, unit, kind) : name;
  const escaped = strategy === 'UnderscoreEscapingWithSuffixes' ? escapedWithSuffixes(name, unit, kind) : escapedName(name);
  // Of a name of which nothing was left but what joined it there would be no way back to anything that was sent.
  return escaped !== name && /^_*$/.test(escaped) ? '' : escaped;
}

/** Runs of what no name may have become one underscore, except at either end; underscores that were there stay. */
function escapedName(name: string): string {
  return startsWell(tokens(name, /[^a-zA-Z0-9:_]+/u).join('_'));
}

/** The same with units and type behind, each of them once: parts that the name has anywhere are not said again. */
function escapedWithSuffixes(name: string, unit: string, kind: MetricKind): string {
  let parts = tokens(name, /[^a-zA-Z0-9:]+/u);
  const words = unitWords(unit);
  const perWord = escapeUnit(words.per).replace(/_$/, '');
  const per = perWord === 'per' || parts.includes(perWord) ? '' : perWord;
  const mainWord = escapeUnit(words.main);
  const main = parts.includes(mainWord) ? '' : per === '' ? mainWord : mainWord.replace(/_$/, '');
  parts.push(...[main, per].filter((part) => part !== ''));
  const last = typeSuffix(unit, kind);
  if (last !== '') parts = [...parts.filter((part) => part !== last), last];
  return startsWell(parts.join('_'));
}

/** Nothing is escaped; what the name ends with already is not said again. */
function withSuffixes(name: string, unit: string, kind: MetricKind): string {
  const last = typeSuffix(unit, kind);
  const { main, per } = unitWords(unit);
  let result = withoutEnd(withoutEnd(name, last), per);
  if (main !== '' && !result.endsWith(main)) result += `_${main}`;
  for (const suffix of [per, last]) if (suffix !== '') result += `_${suffix}`;
  return result;
}

/** A ratio is what has the unit 1; of counters it is the way in which things are counted. */
function typeSuffix(unit: string, kind: MetricKind): string {
  if (kind === 'counter') return 'total';
  return unit === '1' && kind === 'gauge' ? 'ratio' : '';
}

/** Without the suffix and the one character that joins it. */
function withoutEnd(name: string, suffix: string): string {
  return suffix !== '' && name.endsWith(suffix) && name.length > suffix.length + 1 ? name.slice(0, -(suffix.length + 1)) : name;
}

function tokens(name: string, separator: RegExp): string[] {
  return name.split(separator).filter((part) => part !== '');
}

function startsWell(name: string): string {
  return /^\d/.test(name) ? `_${name}` : name;
}
