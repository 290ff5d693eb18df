/** Reads secrets and certificates where the configuration points to files. */

import { readFile } from 'node:fs/promises';
import type { SecretSource } from '../scrape-config/config.ts';

/** The text itself. A file is read each time, so that a changed secret counts at once; white space at its end is cut off. */
export async function readSecret(source: SecretSource): Promise<string> {
  if ('text' in source) return source.text;
  try {
    return (await readFile(source.file, 'utf8')).trimEnd();
  } catch (error) {
    throw new Error(`cannot read ${source.file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`, { cause: error });
  }
}
