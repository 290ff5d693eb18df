/** Finds again what was rotated: the file under another name, copies of it, and the generations in between. */

import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { isCompressed } from './compressed.ts';
import { type FileId, type FoundFile, statFile } from './find-files.ts';
import { type Fingerprint, fits } from './fingerprint.ts';
import { OpenFile } from './open-file.ts';

/** A file that goes on where another one was read up to. */
export interface Continuation {
  readonly id: FileId;
  readonly modifiedMs: number;
  readonly file: OpenFile;
}

/** Files of a folder that are looked at at most. */
const MAX_SIBLINGS = 2000;

/** How often something is looked for again, because the folder changed meanwhile. */
const ATTEMPTS = 5;

/** Looks for something in a path's folder again while files are renamed there: in the midst of a rotation one may be missed. */
async function whileUnchanged<Found>(path: string, look: () => Promise<Found | undefined>): Promise<Found | undefined> {
  const folder = dirname(path);
  const changedAt = async (): Promise<bigint> => (await stat(folder, { bigint: true }).catch(() => undefined))?.mtimeNs ?? 0n;
  for (let attempt = 1; ; attempt++) {
    const before = await changedAt();
    const found = await look();
    if (found !== undefined || attempt === ATTEMPTS || (await changedAt()) === before) return found;
  }
}

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
  // By identity: while they are looked at, files may be renamed and be met twice.
  const found = new Map<FileId, FoundFile>();
  const names = entries.filter((entry) => entry.isFile() && entry.name.startsWith(stem) && !isCompressed(entry.name));
  for (const { name } of names.slice(0, MAX_SIBLINGS)) {
    const file = await statFile(join(folder, name));
    if (file !== undefined) found.set(file.id, file);
  }
  return [...found.values()].sort((a, b) => a.modifiedMs - b.modifiedMs);
}

/** Whether a copy of `base` may have this name: `app.log.copy`, `app-20260102.log`. */
export function isCopyName(name: string, base: string): boolean {
  return (name.startsWith(base) && /^[.\-_~]/.test(name.slice(base.length))) || isGenerationName(name, base);
}

/** Whether `name` is how programs call a rotated `base`, and not a log of its own: `app.log.1`, `app.log-20260102`, `app-20260102.log`. */
export function isGenerationName(name: string, base: string): boolean {
  const extension = extname(base);
  const stem = basename(base, extension);
  if (name.startsWith(base) && /^[.\-_](?:\d[\d.\-_:TZ]*|old|bak|prev|save)$/i.test(name.slice(base.length))) return true;
  const middle = name.slice(stem.length, name.length - extension.length);
  return extension !== '' && name.startsWith(stem) && name.endsWith(extension) && /^[.\-_]\d[\d.\-_:TZ]*$/.test(middle);
}

/** The file with this identity beside its former path, if what was read of it is still there. */
export function findRenamed(path: string, id: FileId, fingerprint: Fingerprint): Promise<Continuation | undefined> {
  return findBeside(
    path,
    (sibling) => sibling.id === id,
    async (file, found) => found === id && fits(file, fingerprint),
  );
}

/** A copy of what a file was, beside it; `taken` are files that are being read for their own sake. */
export async function findCopy(path: string, fingerprint: Fingerprint, taken: (id: FileId) => boolean): Promise<Continuation | undefined> {
  if (fingerprint.offset === 0) return undefined;
  return findBeside(
    path,
    (sibling) => isCopyName(basename(sibling.path), basename(path)),
    async (file, id) => !taken(id) && fits(file, fingerprint),
  );
}

/**
 * Opens files beside a path until one is the right one, the newest first: should a rotation be under way that is the direction in which files
 * move from name to name, so that none is missed. What matters is what a name leads to when it is opened.
 */
function findBeside(
  path: string,
  isCandidate: (sibling: FoundFile) => boolean,
  isRight: (file: OpenFile, id: FileId) => Promise<boolean>,
): Promise<Continuation | undefined> {
  return whileUnchanged(path, async () => {
    for (const sibling of (await siblings(path)).toReversed()) {
      if (!isCandidate(sibling)) continue;
      let file: OpenFile | undefined;
      try {
        file = await OpenFile.open(sibling.path);
        const id = await file.id();
        if (await isRight(file, id)) return { id, modifiedMs: (await file.state()).modifiedMs, file };
      } catch {
        // It went away meanwhile, or may not be read: it is not the one.
      }
      file?.close();
    }
    return undefined;
  });
}

/** Rotated generations that were last written since `modifiedMs`, the oldest first. */
export async function generationsSince(path: string, modifiedMs: number): Promise<FoundFile[]> {
  const base = basename(path);
  const found = await whileUnchanged(path, async () => {
    const all = await siblings(path);
    const since = all.filter((one) => one.path !== path && one.modifiedMs >= modifiedMs && isGenerationName(basename(one.path), base));
    return since.length === 0 ? undefined : since;
  });
  return found ?? [];
}

/** Opens a file that was found, under another name if it got one meanwhile. */
export async function openFound(found: FoundFile): Promise<OpenFile | undefined> {
  let { path } = found;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    let file: OpenFile | undefined;
    try {
      file = await OpenFile.open(path);
      if ((await file.id()) === found.id) return file;
    } catch {
      // It went away meanwhile, or may not be read.
    }
    file?.close();
    const moved = (await siblings(found.path)).find(({ id }) => id === found.id);
    if (moved === undefined) return undefined;
    ({ path } = moved);
  }
  return undefined;
}
