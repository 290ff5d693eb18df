/** Turns pino's JSON lines into lines for people: time, level, message, then the details as key=value. */

import { Writable } from 'node:stream';

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info ', 40: 'WARN ', 50: 'ERROR' };

/** One log line as text. */
export function formatLogLine(json: string): string {
  const { time, level, msg, ...details } = JSON.parse(json) as { time: number; level: number; msg: string } & Record<string, unknown>;
  const pairs = Object.entries(details).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}`,
  );
  return [new Date(time).toISOString().slice(11, 23), LEVELS[level] ?? String(level), msg, ...pairs].join(' ');
}

function quoted(text: string): string {
  return /[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : text;
}

/** A stream for pino that writes readable lines to `out`. */
export function textStream(out: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n')) if (line !== '') out.write(`${formatLogLine(line)}\n`);
      done();
    },
  });
}
