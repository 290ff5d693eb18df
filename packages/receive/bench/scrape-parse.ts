/** Measures what a known line costs from scraped bytes to the appender, and what a target's cache weighs: `node packages/receive/bench/scrape-parse.ts`. */

import { systemClock } from '@atalaya/model';
import type { Journal } from '@atalaya/journal';
import { createMetricWriter } from '../src/metrics/create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS } from '../src/metrics/limits.ts';
import { DEFAULT_HISTOGRAM_SCRAPING } from '../src/scrape-config/config.ts';
import { FOUND } from '../src/scrape/exposition.ts';
import { ExpositionParser } from '../src/scrape/exposition-parser.ts';
import { MetadataRegistry } from '../src/scrape/metadata-registry.ts';
import { TargetSeries } from '../src/scrape/target-series.ts';

const LINES = 1000;
const TARGETS = 100;
const ROUNDS = 40;

/** Bodies like node_exporter's: some metadata, labels of middling length, whole and fractional values. */
function body(target: number, round: number): Buffer {
  const lines: string[] = [];
  for (let line = 0; line < LINES; line++) {
    if (line % 10 === 0)
      lines.push(
        `# HELP node_metric_${line / 10}_total What the metric number ${line / 10} counts.`,
        `# TYPE node_metric_${line / 10}_total counter`,
      );
    const value =
      line % 3 === 0
        ? 1_000_000 + line * round
        : line % 3 === 1
          ? (target * 1000 + line + round / 7).toFixed(2)
          : `${(1 + line / LINES).toFixed(9)}e+09`;
    lines.push(`node_metric_${Math.floor(line / 10)}_total{cpu="${line % 10}",device="nvme0n1p${line % 7}",mode="system"} ${value}`);
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const noJournal: Pick<Journal, 'append'> = { append: () => Promise.resolve() };
const writer = createMetricWriter({ journal: noJournal, clock: systemClock, limits: DEFAULT_METRIC_LIMITS });
const metadata = new MetadataRegistry();
const targets = Array.from(
  { length: TARGETS },
  (_, index) =>
    new TargetSeries(
      {
        targetLabels: ['instance', `host-${index}:9100`, 'job', 'node'],
        honorLabels: false,
        honorTimestamps: true,
        trackTimestampsStaleness: false,
        metricRelabel: [],
        limits: { samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0, targets: 0, bodyBytes: 0 },
        histograms: DEFAULT_HISTOGRAM_SCRAPING,
      },
      metadata,
    ),
);

let timestamp = Date.now() - ROUNDS * 1000;
let append = 0;
let commit = 0;
let lines = 0;
for (let round = 0; round < ROUNDS; round++) {
  timestamp += 1000;
  for (const [index, target] of targets.entries()) {
    const bytes = body(index, round);
    const appender = writer.appender();
    const start = cpuMicros();
    target.append(bytes, 'text', timestamp, appender);
    target.appendStale(appender, timestamp);
    const middle = cpuMicros();
    await appender.commit();
    target.settle(true, true);
    if (round === 0) continue;
    append += middle - start;
    commit += cpuMicros() - middle;
    lines += LINES;
  }
  if (round === 0) console.log(`first round done: ${writer.stats().activeSeries} series`);
}

// What finding the lines alone costs, without look-up and append.
const parser = new ExpositionParser();
const sample = body(1, 1);
const scanStart = cpuMicros();
for (let round = 0; round < 2000; round++) {
  parser.reset(sample, false);
  while (parser.next() !== FOUND.end);
}
const scan = cpuMicros() - scanStart;

const cached = targets.reduce((sum, target) => sum + target.size, 0);
const bytes = targets.reduce((sum, target) => sum + target.bytes, 0);
console.log(`bytes per line of text      ${(sample.length / LINES).toFixed(1)} (metadata lines included)`);
console.log(`scan alone                  ${(scan / 2000 / LINES).toFixed(3)} µs per line`);
console.log(`parse, look up and append   ${(append / lines).toFixed(3)} µs per known line`);
console.log(`commit, settle (no disk)    ${(commit / lines).toFixed(3)} µs per line`);
console.log(`cache                       ${(bytes / cached).toFixed(1)} bytes per line, ${cached} lines`);
