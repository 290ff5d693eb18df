/**
 * A copy of the embedded engine's folder as it is at one moment, made of hard links: parts are never written to once they are
 * there, so the copy costs no space until merges replace them.
 */

import { copyFile, link, mkdir, open, readdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import { AtalayaError } from '@atalaya/model';
import { stringAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { identifier, sql } from '../sql.ts';
import type { Engine } from './engine.ts';

/** Folders that belong to the running process, or to nobody any more. */
const LEFT_OUT: ReadonlySet<string> = new Set(['tmp', 'detached']);
const PART = /^.+_-?\d+_\d+_\d+(?:_\d+)?$/;

/**
 * Copies the folder of an embedded engine to `target`, which must not be there yet and lie on the same file system. Whoever calls
 * keeps inserts and deletions back meanwhile; merges are held up here. Rejects with NOT_SUPPORTED for an engine elsewhere.
 */
export async function snapshotEngine(engine: Engine, source: string, target: string): Promise<void> {
  if (engine.kind !== 'embedded') {
    throw new AtalayaError('NOT_SUPPORTED', { what: 'a snapshot of a ClickHouse server', reason: 'back it up with its own means' });
  }
  const tables = await tableNames(engine);
  try {
    for (const table of tables) await engine.execute(sql`SYSTEM STOP MERGES ${identifier(table)}`);
    await copyFolder(source, target, await activeParts(engine));
  } finally {
    for (const table of tables) await engine.execute(sql`SYSTEM START MERGES ${identifier(table)}`);
  }
}

async function tableNames(engine: Engine): Promise<string[]> {
  return names(engine, sql`SELECT name FROM system.tables WHERE database = currentDatabase()`);
}

/** The folders of the parts that count. */
async function activeParts(engine: Engine): Promise<ReadonlySet<string>> {
  const paths = await names(engine, sql`SELECT path AS name FROM system.parts WHERE active AND database = currentDatabase()`);
  return new Set(paths.map((folder) => path.resolve(folder)));
}

async function names(engine: Engine, statement: Parameters<Engine['query']>[0]): Promise<string[]> {
  const { bytes } = await engine.query(statement);
  return readNative(bytes).flatMap((block) => {
    const texts = column(block, 'name', 'String');
    return Array.from({ length: block.rows }, (_, row) => stringAt(texts, row));
  });
}

async function copyFolder(source: string, target: string, active: ReadonlySet<string>): Promise<void> {
  await mkdir(target, { mode: 0o700 });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = path.join(source, entry.name);
    const to = path.join(target, entry.name);
    if (entry.isSymbolicLink()) await symlink(await readlink(from), to);
    else if (!entry.isDirectory()) await copyDurably(from, to);
    else if (PART.test(entry.name)) {
      if (active.has(path.resolve(from))) await linkPart(from, to);
    } else if (!LEFT_OUT.has(entry.name)) await copyFolder(from, to, active);
  }
  await syncPath(target);
}

/** The files of a part, and of parts within it. */
async function linkPart(source: string, target: string): Promise<void> {
  await mkdir(target, { mode: 0o700 });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [path.join(source, entry.name), path.join(target, entry.name)];
    await (entry.isDirectory() ? linkPart(from, to) : link(from, to));
  }
  await syncPath(target);
}

/** Files that are still written to get a life of their own. */
async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await syncPath(to);
}

async function syncPath(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
