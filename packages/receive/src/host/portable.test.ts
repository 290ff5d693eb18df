import { machine, totalmem } from 'node:os';
import { ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createCollectorOf } from './collector.ts';
import { fixtureHost } from './fixture-tree.ts';
import { PORTABLE_PARTS } from './portable.ts';

test('a host whose kernel shows no files still gives CPU, memory, load, names, boot time and its file system', async () => {
  const size = { bsize: 4096n, blocks: 100n, bfree: 50n, bavail: 40n, files: 10n, ffree: 5n };
  const host = fixtureHost({}, { clock: new ManualClock(Date.now()), statfs: () => Promise.resolve(size) });
  const text = new TextDecoder().decode(await createCollectorOf(PORTABLE_PARTS, host).collect());
  expect(text).toMatch(/^node_cpu_seconds_total\{cpu="0",mode="idle"\} \d/m);
  expect(text).toMatch(/^node_load1 \d/m);
  expect(text).toContain(`\nnode_memory_MemTotal_bytes ${totalmem()}\n`);
  expect(text).toContain(`machine="${machine()}"`);
  expect(text).toMatch(/^node_boot_time_seconds \d{10}$/m);
  expect(text).toMatch(/^node_filesystem_avail_bytes\{.*\} 163840$/m);
  expect(text).not.toMatch(/^node_scrape_collector_success.* 0$/m);
});
