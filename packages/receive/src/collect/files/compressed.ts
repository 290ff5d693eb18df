/** Compressed log files: known by their names and first bytes, and read where that was asked for. */

import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

const SUFFIXES: ReadonlySet<string> = new Set(['.gz', '.tgz', '.bz2', '.xz', '.zst', '.z', '.lz4', '.lzma', '.zip', '.br']);

/** Whether a file is compressed, as its name says. */
export function isCompressed(path: string): boolean {
  return SUFFIXES.has(extname(path).toLowerCase());
}

const DECOMPRESSORS: Readonly<Record<string, () => Transform>> = {
  '.gz': createGunzip,
  '.z': createInflate,
  '.zst': createZstdDecompress,
};

/** Whether such a file can be decompressed here. */
export function canDecompress(path: string): boolean {
  return Object.hasOwn(DECOMPRESSORS, extname(path).toLowerCase());
}

/** The decompressed bytes. Errors come as the stream's. */
export function decompressed(path: string): Readable {
  const transform = (DECOMPRESSORS[extname(path).toLowerCase()] as () => Transform)();
  const file = createReadStream(path);
  file.on('error', (error) => transform.destroy(error));
  transform.on('close', () => file.destroy());
  return file.pipe(transform);
}
