/**
 * How fast records are acknowledged: `node packages/journal/bench/append.ts [directory]`.
 * Records of 2000 samples (48 KB), 1, 4 and 64 in flight, each acknowledged after its fsync; CPU time is that of the whole process,
 * threads and kernel included. The last lines read everything back.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { silentLogger, systemClock } from '@atalaya/model';
import { openJournal, openJournalReader, SIGNAL } from '../src/index.ts';

const ROWS = 2000;
const RECORD = ROWS * 24;

const directory = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'journal-bench-'));

async function round(inFlight: number, bytes: number, rows: number, seconds: number): Promise<void> {
  const payload = crypto.getRandomValues(new Uint8Array(Math.min(65_536, bytes)));
  const journal = await openJournal({ directory, clock: systemClock, log: silentLogger, limitBytes: 1e12 });
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1000;
  const write = async (): Promise<void> => {
    for (let from = performance.now(); from < end; from = performance.now()) {
      await journal.append(SIGNAL.metrics, rows, payload);
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, write));
  const elapsed = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  const cpuSeconds = (used.user + used.system) / 1e6;
  latencies.sort((a, b) => a - b);
  const quantile = (q: number): string => (latencies[Math.floor(latencies.length * q)] ?? 0).toFixed(2);
  const { commits, fsyncMeanMs } = journal.stats();
  const count = latencies.length;
  console.log(
    `${String(inFlight).padStart(4)} in flight × ${bytes} B: ${(count / elapsed).toFixed(0)} appends/s, ${((count * bytes) / 1e6 / elapsed).toFixed(0)} MB/s, ` +
      `p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, ${(count / commits).toFixed(1)} per fsync of ${fsyncMeanMs.toFixed(2)} ms, ` +
      `${((cpuSeconds / count) * 1e6).toFixed(0)} CPU-µs per record, ${(cpuSeconds / ((count * rows) / 1e6)).toFixed(3)} CPU-s per million rows`,
  );
  await journal.close();
}

async function readBack(): Promise<void> {
  const journal = await openJournal({ directory, clock: systemClock, log: silentLogger, limitBytes: 1e12 });
  const reader = await openJournalReader({ directory, log: silentLogger, from: undefined });
  const cpu = process.cpuUsage();
  const start = performance.now();
  let records = 0;
  let bytes = 0;
  for (let some = await reader.read(journal.durable, 4e6); some.length > 0; some = await reader.read(journal.durable, 4e6)) {
    records += some.length;
    for (const record of some) bytes += record.payload.length;
  }
  const elapsed = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  console.log(
    `read back: ${records} records, ${(bytes / 1e6 / elapsed).toFixed(0)} MB/s, ${((used.user + used.system) / records).toFixed(0)} CPU-µs per record`,
  );
  await reader.close();
  await journal.close();
}

try {
  await round(4, RECORD, ROWS, 0.5); // warms up
  for (const inFlight of [1, 4, 64]) await round(inFlight, RECORD, ROWS, 3);
  await round(64, 300, 1, 3); // single events
  await readBack();
} finally {
  await rm(directory, { recursive: true });
}
