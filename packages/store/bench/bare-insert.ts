/**
 * What the bare engine takes for log lines or spans: `INSERT … FORMAT JSONEachRow` from a file into the very table that the store uses,
 * without journal or store. Arguments: the table, the file, rows of one insert. Prints one JSON line. Run by `npm run bench -- logs traces`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Session } from 'chdb';
import { MIGRATIONS } from '../src/schema/migrations.ts';

/** Of each table the columns of the file with their types; the time is in nanoseconds. */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  otel_logs: { Timestamp: 'Int64', ServiceName: 'String', Body: 'String', ResourceAttributes: 'Map(String, String)' },
  otel_traces: {
    Timestamp: 'Int64',
    TraceId: 'String',
    SpanId: 'String',
    ParentSpanId: 'String',
    SpanName: 'String',
    SpanKind: 'String',
    ServiceName: 'String',
    ResourceAttributes: 'Map(String, String)',
    ScopeName: 'String',
    ScopeVersion: 'String',
    SpanAttributes: 'Map(String, String)',
    Duration: 'UInt64',
    StatusCode: 'String',
  },
};

const [table = '', file = '', rowsPerInsert = '100000'] = process.argv.slice(2);
const columns = COLUMNS[table];
if (columns === undefined) throw new Error(`there is no table "${table}" to insert into`);
const QUIET_FOR_MS = 5000;

const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bare-'));
const session = new Session(data);
await session.queryAsync('CREATE DATABASE IF NOT EXISTS bare');
await session.queryAsync('USE bare');
for (const { statements } of MIGRATIONS) {
  for (const statement of statements) if (statement.includes(`EXISTS ${table} `)) await session.queryAsync(statement);
}
const number = async (query: string): Promise<number> => Number((await session.queryAsync(query, { format: 'TSV' })).text());

const before = process.cpuUsage();
const begun = performance.now();
await session.queryAsync(
  `INSERT INTO ${table} (${Object.keys(columns).join(', ')})
   SELECT ${Object.keys(columns)
     .map((name) => (name === 'Timestamp' ? 'fromUnixTimestamp64Nano(Timestamp)' : name))
     .join(', ')}
   FROM file('${file}', 'JSONEachRow', '${Object.entries(columns)
     .map(([name, type]) => `${name} ${type}`)
     .join(', ')}')
   SETTINGS max_insert_threads = 1, max_threads = 1, input_format_parallel_parsing = 0, max_block_size = ${rowsPerInsert},
     max_insert_block_size = ${rowsPerInsert}, min_insert_block_size_rows = 0, min_insert_block_size_bytes = 0, max_partitions_per_insert_block = 0`,
);
const insertSeconds = (performance.now() - begun) / 1000;
for (let quietSince = performance.now(); performance.now() - quietSince < QUIET_FOR_MS;) {
  if ((await number('SELECT count() FROM system.merges')) > 0) quietSince = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 200));
}
const { user, system } = process.cpuUsage(before);
const rows = await number(`SELECT count() FROM ${table}`);
const bytes = await number(`SELECT sum(bytes_on_disk) FROM system.parts WHERE table = '${table}' AND active`);
session.close();
rmSync(data, { recursive: true });
process.stdout.write(`${JSON.stringify({ rows, cpuSeconds: (user + system) / 1e6, insertSeconds, bytes })}\n`);
process.exit(0);
