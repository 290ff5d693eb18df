/** Finds the files that a glob names at this moment. */

import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { Glob } from './glob.ts';

/** A file that was found. */
export interface FoundFile {
  readonly path: string;
  readonly id: FileId;
  readonly size: number;
  readonly modifiedMs: number;
}

/** Device and inode, as text: what stays the same when a file is renamed. */
export type FileId = string;

/** What a search came to. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** Folders in which files were looked for. */
  readonly folders: ReadonlySet<string>;
  /** Folders and files that could not be read, with the reason. */
  readonly failures: ReadonlyMap<string, string>;
}

/** Goes through folders once for all globs. Symbolic links to files are followed, those to folders only where the glob names them. */
export async function findFiles(globs: readonly Glob[], excluded: (path: string) => boolean): Promise<FoundFiles> {
  const paths = new Set<string>();
  const folders = new Set<string>();
  const failures = new Map<string, string>();
  const listings = new Map<string, readonly Dirent[]>();
  const list = async (folder: string): Promise<readonly Dirent[]> => {
    folders.add(folder);
    let entries = listings.get(folder);
    if (entries === undefined) {
      entries = await entriesOf(folder, failures);
      listings.set(folder, entries);
    }
    return entries;
  };
  for (const { parts } of globs) await walk(parts, 0, '', { list, paths });
  const files: FoundFile[] = [];
  for (const path of [...paths].sort()) {
    if (excluded(path)) continue;
    const found = await statFile(path, failures);
    if (found !== undefined) files.push(found);
  }
  return { files, folders, failures };
}

/** One path's file; undefined when there is no regular file. */
export async function statFile(path: string, failures?: Map<string, string>): Promise<FoundFile | undefined> {
  try {
    const stats = await stat(path, { bigint: true });
    if (!stats.isFile()) return undefined;
    return { path, id: `${stats.dev}:${stats.ino}`, size: Number(stats.size), modifiedMs: Number(stats.mtimeNs) / 1e6 };
  } catch (error) {
    const { code = String(error) } = error as { code?: string };
    if (code !== 'ENOENT' && code !== 'ENOTDIR') failures?.set(path, code);
    return undefined;
  }
}

interface Walk {
  readonly list: (folder: string) => Promise<readonly Dirent[]>;
  readonly paths: Set<string>;
}

/** `at` is the path so far: empty, or ending with a slash. */
async function walk(parts: Glob['parts'], index: number, at: string, context: Walk): Promise<void> {
  const part = parts[index];
  const last = index === parts.length - 1;
  if (part === undefined) return;
  if (typeof part === 'string') {
    if (!last) return walk(parts, index + 1, `${at}${part}/`, context);
    if (part === '') return;
    // Listed although the name is known: its folder is to be watched.
    const entries = await context.list(folderOf(at));
    if (entries.some(({ name }) => name === part)) context.paths.add(at + part);
    return;
  }
  const entries = await context.list(folderOf(at));
  for (const entry of entries) {
    if (part === null) {
      if (entry.isDirectory()) await walk(parts, index, `${at}${entry.name}/`, context);
      else if (last) context.paths.add(at + entry.name);
    } else if (part.test(entry.name)) {
      if (!last) {
        if (entry.isDirectory() || entry.isSymbolicLink()) await walk(parts, index + 1, `${at}${entry.name}/`, context);
      } else if (!entry.isDirectory()) context.paths.add(at + entry.name);
    }
  }
  // `**` stands for no folder at all, too.
  if (part === null && !last) await walk(parts, index + 1, at, context);
}

function folderOf(at: string): string {
  return at === '' ? '.' : at === '/' ? '/' : at.slice(0, -1);
}

async function entriesOf(folder: string, failures: Map<string, string>): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code = String(error) } = error as { code?: string };
    if (code !== 'ENOENT' && code !== 'ENOTDIR') failures.set(folder, code);
    return [];
  }
}
