/** The program's log: pino, JSON lines or readable text, with secrets taken out; each line goes into the own log stream as well. */

import type { Clock, Logger } from '@atalaya/model';
import { destination, type Level, pino } from 'pino';
import { textStream } from './log-text.ts';
import type { OwnLogs } from './own-logs.ts';
import type { OwnTrace } from './own-traces/own-trace.ts';
import type { OwnTraces } from './own-traces/own-traces.ts';

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

/** As pino counts levels. */
const INFO = 30;

/** What a log is made of. */
export interface LogOptions {
  readonly level: string;
  /** How lines are written to standard error. */
  readonly format: 'json' | 'text';
  readonly clock: Clock;
  /** Tells for which request a line is written. */
  readonly traces?: Pick<OwnTraces, 'current'>;
  /** Gets each line as JSON. */
  readonly own: OwnLogs;
  /** Writes a line, JSON with its line feed; without it lines go to standard error, so that standard output stays for answers. */
  readonly write?: (line: string) => void;
}

/** Makes the logger. */
export function createLog({ level, format, clock, own, traces, write }: LogOptions): Logger {
  const options = {
    level: level as Level,
    redact: { paths: SECRET_PATHS, censor: '<secret>' },
    base: null,
    mixin: (_details: object, numericLevel: number) => traceFields(traces?.current, numericLevel),
    timestamp: () => `,"time":${clock.now()}`,
  };
  const print = write ?? printer(format);
  return pino(options, {
    write(line: string) {
      print(line);
      own.take(line);
    },
  }) as Logger;
}

/** What leads from a line to the request that it was written for. Whoever sees the line shall find the trace. */
function traceFields(trace: OwnTrace | undefined, level: number): object {
  if (trace === undefined) return {};
  if (level >= INFO) trace.wanted = true;
  return { trace_id: trace.traceId, span_id: trace.spanId };
}

function printer(format: 'json' | 'text'): (line: string) => void {
  if (format === 'text') {
    const text = textStream(process.stderr);
    return (line) => void text.write(line);
  }
  const out = destination({ dest: 2, sync: true });
  return (line) => void out.write(line);
}
