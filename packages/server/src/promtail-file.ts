/** `promtail-config.yml`: what is collected on this machine; reading it, and what of it may be shown. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AtalayaError, type Clock } from '@atalaya/model';
import { type CollectConfig, type ConfigWarning, parsePromtailConfig, redactConfig, type StageMetrics } from '@atalaya/receive';

/** A Promtail configuration that parsed. */
export interface PromtailFile {
  readonly config: CollectConfig;
  readonly warnings: readonly ConfigWarning[];
  /** Its text with secrets hidden. */
  readonly shown: string;
}

/** What pipelines need. */
export interface PipelineParts {
  readonly clock: Clock;
  /** Takes what pipelines count. */
  readonly metrics: StageMetrics;
}

/** Reads the configuration; without a file there are no jobs. @throws AtalayaError BAD_CONFIG with file and line. */
export async function readPromtailFile(file: string | undefined, { clock, metrics }: PipelineParts): Promise<PromtailFile> {
  if (file === undefined) return { config: { jobs: [] }, warnings: [], shown: '' };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new AtalayaError('BAD_CONFIG', { file, reason: (error as Error).message }, { cause: error });
  }
  const directory = path.resolve(path.dirname(file));
  const { config, warnings } = parsePromtailConfig(text, { file, directory, environment: process.env, clock, metrics });
  return { config, warnings, shown: redactConfig(text) };
}
