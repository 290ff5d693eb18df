/** The loader's checkpoint: up to where the journal is durably in the store, kept in the journal's directory. */

import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Logger, silentLogger } from '@atalaya/model';
import { errorCode, errorText, type JournalFiles, nodeFiles, readFully, writeFully } from './files.ts';
import type { JournalPosition } from './journal.ts';

const NAME = 'checkpoint';
/** A checkpoint takes about 50 bytes; anything much longer is not one. */
const MAX_BYTES = 256;

/**
 * The last written position. undefined when there is none, or when it is damaged (which is logged): then everything in
 * the journal is loaded again, which changes nothing in the store.
 */
export async function readCheckpoint(
  directory: string,
  log: Logger = silentLogger,
  files: JournalFiles = nodeFiles,
): Promise<JournalPosition | undefined> {
  const path = join(directory, NAME);
  try {
    const file = await files.open(path);
    try {
      const bytes = Buffer.alloc(MAX_BYTES);
      return parse(bytes.toString('utf8', 0, await readFully(file, bytes, 0)));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    log.error({ file: path, error: errorText(error) }, 'the checkpoint of the journal cannot be read: all segments are loaded again');
    return undefined;
  }
}

/** Replaces the checkpoint at once and durably. One call at a time. Rejects with the system's error; the old one then stays. */
export async function writeCheckpoint(directory: string, position: JournalPosition, files: JournalFiles = nodeFiles): Promise<void> {
  const temporary = join(directory, `${NAME}.new`);
  await files.remove(temporary).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  const file = await files.create(temporary);
  try {
    await writeFully(file, [Buffer.from(format(position))], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(temporary, join(directory, NAME));
  await files.syncDirectory(directory);
}

function format(position: JournalPosition): string {
  const text = `1 ${position.segment} ${position.offset}`;
  return `${text} ${crc32(text)}\n`;
}

function parse(text: string): JournalPosition {
  const match = /^(1 (\d{1,15}) (\d{1,15})) (\d{1,10})\n$/.exec(text);
  if (match === null || crc32(match[1] as string) !== Number(match[4])) throw new Error('it is damaged');
  return { segment: Number(match[2]), offset: Number(match[3]) };
}
