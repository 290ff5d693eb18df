/** Brings the tables to the newest schema that this program knows and refuses what a newer program made. */

import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { stringColumn } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { sql } from '../sql.ts';
import type { Migration } from './migration.ts';
import { MIGRATIONS } from './migrations.ts';

export interface MigrateOptions {
  /** That there must be tables already, because something was stored in them before. */
  readonly dataExpected?: boolean;
  readonly migrations?: readonly Migration[];
}

/**
 * Applies what is missing. Rejects with BAD_CONFIG when the tables are of a version above the newest that is known, or when there
 * are none although there should be: starting with empty ones would hide that data is gone.
 */
export async function migrate(
  engine: Engine,
  clock: Clock,
  log: Logger,
  { dataExpected = false, migrations = MIGRATIONS }: MigrateOptions = {},
): Promise<{ readonly version: number; readonly applied: number }> {
  await engine.execute(sql`CREATE TABLE IF NOT EXISTS schema_migrations (
    version UInt32,
    name String,
    applied_at Int64 COMMENT 'milliseconds since the epoch'
  ) ENGINE = MergeTree ORDER BY version SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`);
  const present = await schemaVersion(engine);
  const newest = migrations.at(-1)?.version ?? 0;
  if (present > newest) {
    throw new AtalayaError('BAD_CONFIG', {
      file: 'the data directory',
      reason: `its tables have schema version ${present}, written by a newer Atalaya; this one knows versions up to ${newest}. Start the newer program, or restore a backup that fits`,
    });
  }
  if (present === 0 && dataExpected) {
    throw new AtalayaError('BAD_CONFIG', {
      file: 'the data directory',
      reason:
        'data was loaded into the store before (journal/checkpoint says so), but the store is empty: the folder engine was deleted or replaced, or engine.url leads to another server. Stop the program and bring it back, or restore a backup; to go on without, delete journal/checkpoint: what the journal still holds is then loaded',
    });
  }
  let applied = 0;
  for (const migration of migrations.filter(({ version }) => version > present)) {
    log.info({ version: migration.version, name: migration.name }, 'applying a schema migration');
    for (const statement of migration.statements) await engine.execute(statement);
    await engine.insert('schema_migrations', {
      rows: 1,
      columns: {
        version: { kind: 'UInt32', values: Uint32Array.of(migration.version) },
        name: stringColumn([migration.name]),
        applied_at: { kind: 'Int64', words: new Uint32Array(BigInt64Array.of(BigInt(Math.trunc(clock.now()))).buffer) },
      },
    });
    applied++;
  }
  return { version: Math.max(present, newest), applied };
}

/** The version of the tables; 0 where none was applied. */
async function schemaVersion(engine: Engine): Promise<number> {
  const { bytes } = await engine.query(sql`SELECT max(version) AS version FROM schema_migrations`);
  const [block] = readNative(bytes);
  return block === undefined || block.rows === 0 ? 0 : (column(block, 'version', 'UInt32').values[0] as number);
}
