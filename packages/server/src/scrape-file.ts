/** `prometheus.yml`: reading it, and what of it may be shown. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AtalayaError } from '@atalaya/model';
import { type ConfigWarning, parsePrometheusConfig, type PrometheusConfig, redactConfig } from '@atalaya/receive';

/** A scrape configuration that parsed. */
export interface ScrapeFile {
  readonly config: PrometheusConfig;
  readonly warnings: readonly ConfigWarning[];
  /** Its text with secrets hidden. */
  readonly shown: string;
}

/**
 * Reads the scrape configuration; without a file there is nothing to scrape. `${ATALAYA_LISTEN}` in it stands for the
 * address in force, so that the shipped file scrapes this very server whatever port it got.
 * @throws AtalayaError BAD_CONFIG with file and line.
 */
export async function readScrapeFile(file: string | undefined, address: string): Promise<ScrapeFile> {
  const text = file === undefined ? '' : await readText(file);
  const { config, warnings } = parsePrometheusConfig(text.replaceAll('${ATALAYA_LISTEN}', address), {
    file: file ?? 'prometheus.yml',
    directory: path.resolve(file === undefined ? '.' : path.dirname(file)),
    environment: process.env,
  });
  return { config, warnings, shown: text === '' ? '' : redactConfig(text) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AtalayaError('BAD_CONFIG', { file, reason: (error as Error).message }, { cause: error });
  }
}
