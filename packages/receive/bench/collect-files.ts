/** Measures what following files costs: one large file from disk to the journal, and a thousand that nobody writes: `node packages/receive/bench/collect-files.ts`. */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal } from '@atalaya/journal';
import { silentLogger, systemClock } from '@atalaya/model';
import { Bookmarks } from '../src/collect/bookmarks.ts';
import { createLogCollector } from '../src/collect/log-collector.ts';
import { createLogWriter } from '../src/logs/create-log-writer.ts';

const LARGE_BYTES = 300e6;
const IDLE_FILES = 1000;
const IDLE_MS = 20_000;

const folder = mkdtempSync('/tmp/atalaya-bench-collect-');
const logs = join(folder, 'logs');
mkdirSync(logs);
const journalDirectory = join(folder, 'journal');
const bookmarks = await Bookmarks.open({ directory: join(folder, 'collect'), journalDirectory, log: silentLogger });
const journal = await openJournal({ directory: journalDirectory, clock: systemClock, log: silentLogger, limitBytes: 4e9 });
journal.onDurable((position) => bookmarks.durable(position));
const writer = createLogWriter({ journal, clock: systemClock });
const collector = createLogCollector({ writer, bookmarks, clock: systemClock, log: silentLogger });

const line = (i: number): string =>
  `10.0.${i % 256}.${(i * 7) % 256} - - [22/Nov/2026:09:00:${String(i % 60).padStart(2, '0')} +0000] "GET /api/items/${i} HTTP/1.1" 200 ${(i * 37) % 5000} "-" "Mozilla/5.0"\n`;
const text = Array.from({ length: 20_000 }, (_, i) => line(i)).join('');

function job(name: string, path: string): Parameters<typeof collector.apply>[0]['jobs'][number] {
  const pipeline = () => ({
    held: 0,
    holdMs: 0,
    process: (entry: never, emit: (entry: never) => void) => emit(entry),
    flush: () => undefined,
  });
  const groups = [{ path: join(logs, path), exclude: undefined, labels: { job: name } }];
  return {
    name,
    source: { kind: 'files', groups, encoding: undefined, decompress: false },
    relabelConfigs: [],
    pipeline,
    text: name,
  };
}

try {
  const large = join(logs, 'large.log');
  while ((statSync(large, { throwIfNoEntry: false })?.size ?? 0) < LARGE_BYTES) appendFileSync(large, text);
  const { size } = statSync(large);
  const begun = performance.now();
  const cpu = process.cpuUsage();
  await collector.apply({ jobs: [job('large', 'large.log')] });
  while (writer.stats().bytesWritten < size - writer.stats().linesWritten) await new Promise((resolve) => setTimeout(resolve, 5));
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  process.stdout.write(
    `one file of ${(size / 1e6).toFixed(0)} MB, ${writer.stats().linesWritten} lines: ${(size / 1e6 / seconds).toFixed(0)} MB/s, ` +
      `${(size / 1e6 / cpuSeconds).toFixed(0)} MB and ${Math.round(writer.stats().linesWritten / cpuSeconds)} lines per CPU-second, journal and fsync included\n`,
  );

  for (let i = 0; i < IDLE_FILES; i++) writeFileSync(join(logs, `idle-${i}.txt`), 'one line\n');
  const lines = writer.stats().linesWritten;
  await collector.apply({ jobs: [job('idle', '*.txt')] });
  while (writer.stats().linesWritten < lines + IDLE_FILES) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  const idle = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const spent = process.cpuUsage(idle);
  process.stdout.write(`${IDLE_FILES} files that nobody writes: ${((spent.user + spent.system) / 10 / IDLE_MS).toFixed(2)} % of a core\n`);
} finally {
  await collector.stop();
  await journal.close();
  rmSync(folder, { recursive: true });
}
