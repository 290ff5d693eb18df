/**
 * How fast LogQL is evaluated when its lines lie in memory: a million made-up lines over an hour, in 32 streams. Run with
 * `node bench/evaluate-logs.ts [rounds] [name part] [lines]`; prints the milliseconds of CPU time of each query, and lines looked at by second of it. What a
 * store would count is counted beforehand: of those queries only the engine's part is measured.
 */

import { compileMatcher, labelsOf, type LogLevel, matchesAll, systemClock } from '@atalaya/model';
import { createLogqlEngine, createMemoryLogReader, encodeLogAnswer, type LogReader, type MemoryLine } from '@atalaya/query';
import { LineMaker, NEEDLE, STREAMS } from './log-lines.ts';

const rounds = Number(process.argv[2] ?? 5);
const wanted = process.argv[3] ?? '';
const LINES = Number(process.argv[4] ?? 1_000_000);
const BLOCK_ROWS = 8192;
const START_MS = 1_700_000_000_000;
const SPAN_MS = 3_600_000;
const LEVELS: readonly (readonly [RegExp, LogLevel])[] = [
  [/level"?[=:]"?error|ERROR/, 'error'],
  [/level"?[=:]"?warn|WARN/, 'warn'],
  [/level"?[=:]"?info/, 'info'],
  [/level"?[=:]"?debug/, 'debug'],
];

const QUERIES = {
  'count, no stage, line by line': 'sum(count_over_time({job="bench"} |> "<_>" [1m]))',
  'count by status, json': 'sum by (status) (count_over_time({app=~"orders|payments|catalog"} | json | __error__="" [1m]))',
  'count of all labels, logfmt': 'count_over_time({app=~"search|mailer"} | logfmt | keep app, level [1m])',
  'count by level, overlapping 15 times': 'sum by (level) (count_over_time({app="orders"} | json | __error__="" [15m]))',
  'quantile of a number, json':
    'quantile_over_time(0.99, {app=~"orders|payments|catalog"} | json | __error__="" | unwrap duration_ms [1m]) by (app)',
  'quantile, overlapping 15 times': 'quantile_over_time(0.99, {app="orders"} | json | __error__="" | unwrap duration_ms [15m]) by (app)',
  'mean, overlapping 15 times': 'avg_over_time({app="orders"} | json | __error__="" | unwrap duration_ms [15m]) by (app)',
  'count by minute and level, by the store': 'sum by (detected_level) (count_over_time({job="bench"}[1m]))',
  'rate of all streams, by the store': 'rate({job="bench"} |= "timeout" [5m])',
  'lines, a word': `{job="bench"} |= "${NEEDLE.word}"`,
  'lines, the newest 1000 of a parser': '{app="orders"} | json | status >= 500',
} as const;

const flat = STREAMS.flat();
const streams = flat.map(({ labels }) => ({ labels: labelsOf(labels) }));
const maker = new LineMaker();
const texts: string[] = [];
const timestamps = new BigInt64Array(LINES);
const levels: LogLevel[] = [];
for (let i = 0; i < LINES; i++) {
  const timeMs = START_MS + Math.floor((i / LINES) * SPAN_MS);
  const text = maker.line(flat[i % flat.length]!, timeMs);
  texts.push(text);
  timestamps[i] = BigInt(timeMs) * 1_000_000n + BigInt(i % 1_000_000);
  levels.push(LEVELS.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown');
}
process.stderr.write(`${LINES} lines, ${(texts.reduce((sum, text) => sum + text.length, 0) / 1e6).toFixed(0)} MB\n`);

const NONE: readonly string[] = [];
const counted = new Map<string, ReturnType<LogReader['counts']>>();
let looked = 0;

/** Hands out blocks as a store does: of the streams that match, in order; of conditions it knows none. */
const reader: LogReader = {
  cost: { linesRead: 0, bytesRead: 0 },
  async *lines({ matchers, start, end, direction }) {
    const compiled = matchers.map(compileMatcher);
    const matching = streams.map(({ labels }) => matchesAll(labels, compiled));
    const forward = direction === 'forward';
    let chosen: number[] = [];
    for (let k = 0; k < LINES; k++) {
      const i = forward ? k : LINES - 1 - k;
      if (matching[i % flat.length] === true && timestamps[i]! >= start && timestamps[i]! < end) chosen.push(i);
      if (chosen.length === BLOCK_ROWS || (k === LINES - 1 && chosen.length > 0)) {
        looked += chosen.length;
        yield blockOf(chosen);
        chosen = [];
      }
    }
  },
  counts(request, limits, signal) {
    const key = JSON.stringify(request, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    let answer = counted.get(key);
    if (answer === undefined) counted.set(key, (answer = countingReader().counts(request, limits, signal)));
    return answer;
  },
};

function blockOf(rows: readonly number[]) {
  return {
    rows: rows.length,
    streams,
    streamOf: Uint32Array.from(rows, (i) => i % flat.length),
    timestamps: BigInt64Array.from(rows, (i) => timestamps[i]!),
    line: (row: number) => texts[rows[row]!]!,
    lineBytes: (row: number) => texts[rows[row]!]!.length,
    attributes: () => NONE,
    level: (row: number) => levels[rows[row]!]!,
  };
}

function countingReader(): LogReader {
  const lines: MemoryLine[][] = flat.map(() => []);
  for (let i = 0; i < LINES; i++) lines[i % flat.length]!.push({ timestamp: timestamps[i]!, text: texts[i]!, level: levels[i]! });
  return createMemoryLogReader(streams.map(({ labels }, stream) => ({ labels, lines: lines[stream]! })));
}

const engine = createLogqlEngine(reader, {
  clock: systemClock,
  limits: { series: 10_000, entries: 5000, lines: 1e9, points: 11_000, timeMs: 600_000 },
});
const { signal } = new AbortController();
const startNs = BigInt(START_MS) * 1_000_000n;
const range = { startNs, endNs: startNs + BigInt(SPAN_MS) * 1_000_000n, stepNs: 60_000_000_000n, limit: 1000 };
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

console.log('   CPU ms     least     lines  Mlines/s   query');
for (const [name, query] of Object.entries(QUERIES).filter(([key]) => key.includes(wanted))) {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    looked = 0;
    const before = process.cpuUsage();
    encodeLogAnswer(await engine.range({ ...range, query }, signal));
    // The first time warms up, and counts.
    const { user, system } = process.cpuUsage(before);
    if (round > 0) times.push((user + system) / 1000);
  }
  const columns = [median(times).toFixed(1), Math.min(...times).toFixed(1), String(looked), (looked / median(times) / 1000).toFixed(2)];
  console.log(`${columns.map((column) => column.padStart(9)).join(' ')}   ${name}`);
}
