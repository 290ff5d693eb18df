/** The pretended log streams. Each moment's lines can be made again, so that a day needs no memory. */

import { type Level, levelOf } from '../../../src/data/logs/levels.ts';

/** A line of the pretended world. */
export interface MockLine {
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly text: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly level: Level;
}

/** What a line is made of: a source of numbers that is the same each time, and the moment. */
interface Maker {
  (random: () => number, time: number): { text: string; level: string; metadata?: Readonly<Record<string, string>> };
}

/** A pretended stream: a line about every `every` milliseconds. */
export interface MockStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly every: number;
  readonly make: Maker;
  /** Only asked for by name, else it would bury the others. */
  readonly hidden?: true;
}

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const hex = (random: () => number, digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
const between = (random: () => number, low: number, high: number) => Math.floor(low + random() * (high - low));

/** More goes wrong for ten minutes of each half hour. */
const troubled = (time: number) => Math.floor(time / 600_000) % 3 === 1;

const nginx: Maker = (random, time) => {
  const path = pick(random, ['/', '/cart', '/api/orders', '/api/products?page=2', '/static/app.js', '/login', '/health']);
  const bad = random() < (troubled(time) ? 0.14 : 0.01);
  const status = bad ? pick(random, [500, 502, 502, 504]) : pick(random, [200, 200, 200, 200, 304, 301, 404]);
  const stamp = new Date(time).toISOString().replace('T', ':').slice(0, 19);
  return {
    text: `10.0.${between(random, 0, 4)}.${between(random, 2, 250)} - - [${stamp} +0000] "${pick(random, ['GET', 'GET', 'GET', 'POST'])} ${path} HTTP/1.1" ${status} ${between(random, 180, 48_000)} "-" "Mozilla/5.0 (X11; Linux x86_64)" ${(random() * (bad ? 9 : 0.4)).toFixed(3)}`,
    level: bad ? 'error' : status === 404 ? 'warn' : 'info',
  };
};

const checkout: Maker = (random, time) => {
  const bad = random() < (troubled(time) ? 0.25 : 0.02);
  const slow = !bad && random() < 0.08;
  const trace = hex(random, 32);
  const level = bad ? 'error' : slow ? 'warn' : random() < 0.3 ? 'debug' : 'info';
  const msg = bad
    ? 'payment declined by upstream: connection refused'
    : slow
      ? `order stored slowly`
      : level === 'debug'
        ? 'cache miss for basket'
        : 'order stored';
  const fields = {
    level,
    msg,
    order: `A-${between(random, 10_000, 99_999)}`,
    customer: { id: between(random, 1, 900), country: pick(random, ['ES', 'DE', 'FR', 'MX']) },
    duration_ms: bad ? between(random, 2000, 9000) : slow ? between(random, 600, 1900) : between(random, 8, 90),
    ...(bad ? { upstream: 'payments:8443', attempt: between(random, 1, 4) } : {}),
  };
  return { text: JSON.stringify(fields), level, metadata: { trace_id: trace, span_id: hex(random, 16) } };
};

const payments: Maker = (random, time) => {
  const bad = random() < (troubled(time) ? 0.3 : 0.01);
  const bank = pick(random, ['santander', 'bbva', 'revolut']);
  return bad
    ? {
        text: `level=error msg="cannot reach bank" bank=${bank} err="dial tcp 10.0.8.${between(random, 2, 40)}:443: i/o timeout" took=5.0s attempt=${between(random, 1, 4)}`,
        level: 'error',
        metadata: { trace_id: hex(random, 32) },
      }
    : {
        text: `level=info msg="payment settled" bank=${bank} amount=${(random() * 200).toFixed(2)} took=${between(random, 20, 400)}ms`,
        level: 'info',
      };
};

const postgres: Maker = (random, time) => {
  const stamp = new Date(time).toISOString().replace('T', ' ').slice(0, 23);
  const what = random();
  const head = `${stamp} UTC [${between(random, 800, 9000)}] shop@orders`;
  if (what < 0.06)
    return {
      text: `${head} ERROR:  deadlock detected\n\tDETAIL:  Process 812 waits for ShareLock on transaction 88213; blocked by process 844.\n\tHINT:  See server log for query details.`,
      level: 'error',
    };
  if (what < 0.3)
    return {
      text: `${head} LOG:  duration: ${(100 + random() * 900).toFixed(3)} ms  statement: SELECT * FROM orders WHERE customer = ${between(random, 1, 900)} ORDER BY placed DESC LIMIT 50`,
      level: 'warn',
    };
  return {
    text: `${head} LOG:  checkpoint complete: wrote ${between(random, 10, 900)} buffers (${(random() * 5).toFixed(1)}%); write=${(random() * 20).toFixed(3)} s`,
    level: 'info',
  };
};

const journal: Maker = (random) => {
  const what = random();
  if (what < 0.12)
    return {
      text: `\u001B[1;31mFailed password\u001B[0m for invalid user \u001B[33mroot\u001B[0m from 203.0.113.${between(random, 2, 250)} port ${between(random, 20_000, 60_000)} ssh2`,
      level: 'warn',
      metadata: { unit: 'ssh.service', syslog_identifier: 'sshd' },
    };
  if (what < 0.16)
    return {
      text: `kernel: Out of memory: Killed process ${between(random, 900, 30_000)} (node) total-vm:4103244kB, anon-rss:2310004kB`,
      level: 'critical',
      metadata: { unit: 'kernel' },
    };
  return {
    text: pick(random, [
      'Started Session 4711 of User admin.',
      'Starting Daily apt upgrade and clean activities…',
      'Reloading.',
      'CRON[2211]: (root) CMD (command -v debian-sa1 > /dev/null)',
    ]),
    level: 'info',
    metadata: { unit: pick(random, ['systemd', 'cron.service']) },
  };
};

const java: Maker = (random) =>
  random() < 0.15
    ? {
        text: `WARN  [pool-3-thread-${between(random, 1, 9)}] c.example.search.Indexer - retrying batch ${between(random, 100, 999)}\njava.net.SocketTimeoutException: Read timed out\n\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)\n\tat com.example.search.Indexer.flush(Indexer.java:214)\n\tat com.example.search.Indexer.lambda$run$0(Indexer.java:97)`,
        level: 'warn',
      }
    : {
        text: `DEBUG [pool-3-thread-${between(random, 1, 9)}] c.example.search.Indexer - indexed ${between(random, 10, 400)} documents in ${between(random, 3, 80)} ms${random() < 0.1 ? ' <b>not bold</b>' : ''}`,
        level: 'debug',
      };

/** All streams. */
export const STREAMS: readonly MockStream[] = [
  { labels: { service_name: 'nginx', job: 'nginx', host: 'edge-1', filename: '/var/log/nginx/access.log' }, every: 900, make: nginx },
  { labels: { service_name: 'nginx', job: 'nginx', host: 'edge-2', filename: '/var/log/nginx/access.log' }, every: 1300, make: nginx },
  { labels: { service_name: 'checkout', job: 'shop', container: 'checkout-1', host: 'app-1' }, every: 1500, make: checkout },
  { labels: { service_name: 'payments', job: 'shop', container: 'payments-1', host: 'app-1' }, every: 4000, make: payments },
  {
    labels: { service_name: 'postgresql', job: 'postgresql', host: 'db-1', filename: '/var/log/postgresql/main.log' },
    every: 9000,
    make: postgres,
  },
  { labels: { service_name: 'journal', job: 'journal', host: 'vigia-01' }, every: 14_000, make: journal },
  { labels: { service_name: 'search', job: 'shop', container: 'search-1', host: 'app-2' }, every: 5000, make: java },
  { labels: { service_name: 'flood', job: 'flood', host: 'app-9' }, every: 10, make: nginx, hidden: true },
];

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The line of a stream's slot. Some slots are silent. */
function lineOf(stream: MockStream, index: number, slot: number): MockLine | undefined {
  const random = numbersFrom(Math.imul(slot, 2_654_435_761) ^ Math.imul(index + 1, 40_503));
  if (random() < 0.2) return undefined;
  const milliseconds = slot * stream.every + Math.floor(random() * stream.every);
  const made = stream.make(random, milliseconds);
  const time = BigInt(milliseconds) * 1_000_000n + BigInt(Math.floor(random() * 999_999));
  return { time, text: made.text, metadata: { ...made.metadata, detected_level: made.level }, level: levelOf(made.level) };
}

/** Lines of a stream in a range of nanoseconds (end exclusive), in one direction, made as they are taken. */
export function* linesOf(stream: MockStream, start: bigint, end: bigint, direction: 'forward' | 'backward'): Generator<MockLine> {
  const index = STREAMS.indexOf(stream);
  const first = Math.floor(Number(start / 1_000_000n) / stream.every);
  const last = Math.floor(Number(end / 1_000_000n) / stream.every);
  const count = last - first + 1;
  for (let i = 0; i < count; i++) {
    const line = lineOf(stream, index, direction === 'forward' ? first + i : last - i);
    if (line !== undefined && line.time >= start && line.time < end) yield line;
  }
}
