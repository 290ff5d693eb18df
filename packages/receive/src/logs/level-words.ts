/** Words that stand for levels, in any case of letters. */

import { LOG_LEVELS } from '@atalaya/journal';
import type { LogLevel } from '@atalaya/model';

const WORDS: Readonly<Record<Exclude<LogLevel, 'unknown'>, readonly string[]>> = {
  trace: ['trace', 'trc', 'verbose', 'finest', 'finer'],
  debug: ['debug', 'dbg', 'fine'],
  info: ['info', 'inf', 'information', 'informational', 'notice'],
  warn: ['warn', 'wrn', 'warning'],
  error: ['error', 'err', 'eror', 'severe'],
  critical: ['critical', 'crit', 'alert'],
  fatal: ['fatal', 'panic', 'emerg', 'emergency'],
};

/** The place in LOG_LEVELS of a level. */
export const levelNumber = (level: LogLevel): number => LOG_LEVELS.indexOf(level);

/** The number of a level's word, in lower case. */
export const LEVEL_WORDS: ReadonlyMap<string, number> = new Map(
  Object.entries(WORDS).flatMap(([level, words]) => words.map((word) => [word, levelNumber(level as LogLevel)])),
);

/** Names of labels, attributes and fields that hold a level, in lower case with dots and dashes as underscores. */
export const LEVEL_NAMES: ReadonlySet<string> = new Set([
  'level',
  'lvl',
  'severity',
  'severity_text',
  'severitytext',
  'log_level',
  'loglevel',
]);

/** pino's and bunyan's numbers. */
const NUMBERS: ReadonlyMap<string, LogLevel> = new Map([
  ['10', 'trace'],
  ['20', 'debug'],
  ['30', 'info'],
  ['40', 'warn'],
  ['50', 'error'],
  ['60', 'fatal'],
]);

/** The level that the value of such a field names; 0 for none. */
export function levelOfValue(value: string): number {
  const word = LEVEL_WORDS.get(value.trim().toLowerCase());
  if (word !== undefined) return word;
  const number = NUMBERS.get(value.trim());
  return number === undefined ? 0 : levelNumber(number);
}

/** The level of OTLP's severity number, 1 to 24; 0 for none. */
export function levelOfSeverity(severity: number): number {
  if (severity < 1 || severity > 24) return 0;
  const level = (['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)[Math.floor((severity - 1) / 4)];
  return levelNumber(level ?? 'unknown');
}
