/** Levels of log lines, as they are detected and shown. */

/** `detected_level` of a line, in Loki's words. */
export type LogLevel = 'unknown' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'critical' | 'fatal';
