/** Deleting samples and taking snapshots: orders that wait until what was acknowledged before them is in the tables. */

import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { comparePositions, type JournalPosition } from '@atalaya/journal';
import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import type { Loader, MetricStore } from '@atalaya/store';
import type { DeletionRequest, SnapshotRequest } from './contract.ts';

/** How long an order waits for the loader, which loads at least once a second while all is well. */
const LOADED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;

export interface AdministrationOptions {
  readonly store: Pick<MetricStore, 'deleteSamples' | 'purgeDeleted' | 'snapshot'>;
  readonly loader: Pick<Loader, 'state'>;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Carries out an administrator's orders. */
export class Administration {
  readonly #options: AdministrationOptions;

  constructor(options: AdministrationOptions) {
    this.#options = options;
  }

  /** Deletes what was acknowledged before the request. Samples that come while it waits or works may stay. */
  async deleteSeries({ matcherSets, startMs, endMs, durable }: DeletionRequest): Promise<void> {
    const { store, log } = this.#options;
    await this.#loadedThrough(durable);
    const result = await store.deleteSamples({ matcherSets, start: startMs, end: endMs });
    log.info({ ...result, matcherSets: JSON.stringify(matcherSets), startMs, endMs }, 'samples were deleted');
  }

  cleanTombstones(): Promise<void> {
    return this.#options.store.purgeDeleted();
  }

  /**
   * Makes `<data>/snapshots/<name>`, a data directory that a server can be started on, and gives its name. With `durable` what was
   * acknowledged before is in it, without only what is loaded already.
   */
  async snapshot({ durable }: SnapshotRequest): Promise<string> {
    const { store, clock, dataDirectory, log } = this.#options;
    if (durable !== undefined) await this.#loadedThrough(durable);
    const time = new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const name = `${time}-${randomBytes(8).toString('hex')}`;
    const folder = path.join(dataDirectory, 'snapshots');
    const partial = path.join(folder, `.${name}.partial`);
    await mkdir(partial, { recursive: true, mode: 0o700 });
    try {
      await store.snapshot(path.join(dataDirectory, 'engine'), path.join(partial, 'engine'));
      await rename(partial, path.join(folder, name));
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
    log.info({ name }, 'a snapshot was made');
    return name;
  }

  async #loadedThrough(position: JournalPosition): Promise<void> {
    const { loader, clock } = this.#options;
    const deadline = clock.monotonic() + LOADED_WITHIN_MS;
    while (comparePositions(loader.state().loaded, position) < 0) {
      if (clock.monotonic() > deadline) {
        const why = loader.state().lastError ?? 'the loader is behind';
        const reason = `what was acknowledged is not in the tables yet: ${why}`;
        throw new AtalayaError('ENGINE_UNAVAILABLE', { reason }, { retryAfterSeconds: 10 });
      }
      await new Promise<void>((resolve) => void clock.after(LOOK_EVERY_MS, resolve));
    }
  }
}
