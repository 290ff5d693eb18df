/** The program's log: pino, JSON lines or readable text, with secrets taken out. */

import type { Logger } from '@atalaya/model';
import { destination, type Level, pino } from 'pino';
import { textStream } from './log-text.ts';

/** Names of fields whose values are never written. */
const SECRET_PATHS = [
  'password',
  'token',
  'secret',
  'authorization',
  'credentials',
  '*.password',
  '*.token',
  '*.authorization',
  '*.credentials',
];

/** A logger of the given level; `format` is json or text. It writes to standard error, so that standard output stays for answers. */
export function createLog(level: string, format: 'json' | 'text'): Logger {
  const options = { level: level as Level, redact: { paths: SECRET_PATHS, censor: '<secret>' }, base: null };
  return pino(options, format === 'text' ? textStream(process.stderr) : destination({ dest: 2, sync: true })) as Logger;
}
