/** The levels that lines are told apart by: their order, what the server calls them, and how grave they are. */

/** The levels of the console, the gravest first. Loki's `fatal` counts as critical. */
export const LEVELS = ['critical', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'] as const;

/** A line's level. */
export type Level = (typeof LEVELS)[number];

/** The label that the server gives the detected level in. */
export const LEVEL_LABEL = 'detected_level';

const ALIASES: Readonly<Record<string, Level>> = {
  fatal: 'critical',
  emerg: 'critical',
  emergency: 'critical',
  alert: 'critical',
  crit: 'critical',
  err: 'error',
  eror: 'error',
  warning: 'warn',
  information: 'info',
  informational: 'info',
  notice: 'info',
  dbug: 'debug',
};

/** The level that a word means; `unknown` for words that mean none. */
export function levelOf(word: string | undefined): Level {
  const lower = (word ?? '').toLowerCase();
  return LEVELS.find((level) => level === lower) ?? ALIASES[lower] ?? 'unknown';
}

/** The values of {@link LEVEL_LABEL} that a level stands for. */
export function levelValues(level: Level): readonly string[] {
  return level === 'critical' ? ['critical', 'fatal'] : [level];
}
