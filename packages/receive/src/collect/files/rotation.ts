/** Finds again what was rotated: the file under another name, copies of it, and the generations in between. */

import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { isCompressed } from './compressed.ts';
import { type FileId, type FoundFile, statFile } from './find-files.ts';
import { type Fingerprint, fits } from './fingerprint.ts';
import { OpenFile } from './open-file.ts';

/** A file that goes on where another one was read up to. */
export interface Continuation {
  readonly id: FileId;
  readonly path: string;
  readonly file: OpenFile;
}

/** Files of a folder that are looked at at most. */
const MAX_SIBLINGS = 2000;

/** The regular, uncompressed files beside a path whose names begin as its name does without extension, in the order of their last change. */
export async function siblings(path: string): Promise<FoundFile[]> {
  const folder = dirname(path);
  const stem = basename(path, extname(path));
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  const found: FoundFile[] = [];
  const names = entries.filter((entry) => entry.isFile() && entry.name.startsWith(stem) && !isCompressed(entry.name));
  for (const { name } of names.slice(0, MAX_SIBLINGS)) {
    const file = await statFile(join(folder, name));
    if (file !== undefined) found.push(file);
  }
  return found.sort((a, b) => a.modifiedMs - b.modifiedMs);
}

/** Whether `name` is how programs call a rotated `base`: `app.log.1`, `app.log-20260102`, `app-20260102.log`. */
export function isRotationOf(name: string, base: string): boolean {
  const extension = extname(base);
  const stem = basename(base, extension);
  return (
    (name.startsWith(base) && /^[.\-_]/.test(name.slice(base.length))) ||
    (extension !== '' && name.startsWith(stem) && name.endsWith(extension) && /^[.\-_]\d/.test(name.slice(stem.length)))
  );
}

/** The file with this identity beside its former path, if what was read of it is still there. */
export async function findRenamed(path: string, id: FileId, fingerprint: Fingerprint): Promise<Continuation | undefined> {
  for (const sibling of await siblings(path)) {
    if (sibling.id !== id) continue;
    const file = await openFitting(sibling, fingerprint);
    if (file !== undefined) return { id, path: sibling.path, file };
  }
  return undefined;
}

/** A copy of what a file was, beside it; `taken` are files that are being read for their own sake. */
export async function findCopy(path: string, fingerprint: Fingerprint, taken: (id: FileId) => boolean): Promise<Continuation | undefined> {
  if (fingerprint.offset === 0) return undefined;
  // The newest first: that is the copy of the last rotation.
  for (const sibling of (await siblings(path)).toReversed()) {
    if (sibling.size < fingerprint.offset || taken(sibling.id) || !isRotationOf(basename(sibling.path), basename(path))) continue;
    const file = await openFitting(sibling, fingerprint);
    if (file !== undefined) return { id: sibling.id, path: sibling.path, file };
  }
  return undefined;
}

/** Rotated generations that were last written after `modifiedMs`, the oldest first. */
export async function generationsSince(path: string, modifiedMs: number): Promise<FoundFile[]> {
  const base = basename(path);
  return (await siblings(path)).filter(
    (sibling) => sibling.path !== path && sibling.modifiedMs > modifiedMs && isRotationOf(basename(sibling.path), base),
  );
}

async function openFitting(found: FoundFile, fingerprint: Fingerprint): Promise<OpenFile | undefined> {
  try {
    const file = await OpenFile.open(found.path);
    if ((await file.id()) === found.id && (await fits(file, fingerprint))) return file;
    file.close();
  } catch {
    // It went away meanwhile.
  }
  return undefined;
}
