/**
 * What the bare engine takes for log lines: `INSERT … FORMAT JSONEachRow` from a file into the very table that the store uses, without
 * journal or store. Arguments: the file, rows of one insert. Prints one JSON line. Run by `npm run bench -- logs`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Session } from 'chdb';
import { MIGRATIONS } from '../src/schema/migrations.ts';

const [file = '', rowsPerInsert = '100000'] = process.argv.slice(2);
const QUIET_FOR_MS = 5000;

const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bare-'));
const session = new Session(data);
await session.queryAsync('CREATE DATABASE IF NOT EXISTS logs');
await session.queryAsync('USE logs');
for (const { statements } of MIGRATIONS) {
  for (const statement of statements) if (statement.includes('otel_logs')) await session.queryAsync(statement);
}
const number = async (query: string): Promise<number> => Number((await session.queryAsync(query, { format: 'TSV' })).text());

const before = process.cpuUsage();
const begun = performance.now();
await session.queryAsync(
  `INSERT INTO otel_logs (Timestamp, ServiceName, Body, ResourceAttributes)
   SELECT fromUnixTimestamp64Nano(Timestamp), ServiceName, Body, ResourceAttributes
   FROM file('${file}', 'JSONEachRow', 'Timestamp Int64, ServiceName String, Body String, ResourceAttributes Map(String, String)')
   SETTINGS max_insert_threads = 1, max_threads = 1, input_format_parallel_parsing = 0, max_block_size = ${rowsPerInsert},
     max_insert_block_size = ${rowsPerInsert}, min_insert_block_size_rows = 0, min_insert_block_size_bytes = 0, max_partitions_per_insert_block = 0`,
);
const insertSeconds = (performance.now() - begun) / 1000;
for (let quietSince = performance.now(); performance.now() - quietSince < QUIET_FOR_MS;) {
  if ((await number('SELECT count() FROM system.merges')) > 0) quietSince = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 200));
}
const { user, system } = process.cpuUsage(before);
const rows = await number('SELECT count() FROM otel_logs');
const bytes = await number("SELECT sum(bytes_on_disk) FROM system.parts WHERE table = 'otel_logs' AND active");
session.close();
rmSync(data, { recursive: true });
process.stdout.write(`${JSON.stringify({ rows, cpuSeconds: (user + system) / 1e6, insertSeconds, bytes })}\n`);
process.exit(0);
