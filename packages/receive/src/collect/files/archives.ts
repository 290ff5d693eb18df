/** The compressed files that a group's glob names: read once, or passed over. */

import type { EntryPipeline } from '../entry.ts';
import type { LogTarget, SourceContext } from '../log-source.ts';
import { ArchiveRead } from './archive-read.ts';
import { canDecompress } from './compressed.ts';
import { archiveTarget } from './file-target.ts';
import type { FileId } from './find-files.ts';
import type { LineEncoding } from './line-splitter.ts';

export interface ArchivesOptions {
  /** Whether they are read. */
  readonly decompress: boolean;
  readonly glob: string;
  readonly encoding: LineEncoding;
  readonly pipeline: () => EntryPipeline;
  readonly context: SourceContext;
}

export class Archives {
  readonly #options: ArchivesOptions;
  readonly #reading = new Map<FileId, ArchiveRead>();
  #saidSo = false;

  constructor(options: ArchivesOptions) {
    this.#options = options;
  }

  /** Begins to read a file, unless it was begun before. Without labels it is dropped. */
  consider(id: FileId, path: string, key: string, labels: ReadonlyMap<string, string> | undefined): void {
    const { decompress, glob, encoding, pipeline, context } = this.#options;
    if (this.#reading.has(id) || labels === undefined) return;
    if (decompress && canDecompress(path)) {
      this.#reading.set(id, new ArchiveRead({ key, path, labels, pipeline: pipeline(), encoding, context }));
      return;
    }
    if (!this.#saidSo) context.log.info({ path, glob }, 'compressed log files are passed over');
    this.#saidSo = true;
  }

  targets(job: string): LogTarget[] {
    return [...this.#reading.values()].map((archive) => archiveTarget(job, archive));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#reading.values()].map((archive) => archive.stop()));
  }
}
