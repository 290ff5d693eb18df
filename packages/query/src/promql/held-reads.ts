/** Keeps what a query reads for as long as it is looked at: columns may be lent, and are given back however the query ends. */

import type { SampleReader, SeriesSet } from '../reader.ts';

/** A reader whose answers are all released together. */
export class HeldReads {
  readonly reader: SampleReader;
  readonly #held: SeriesSet[] = [];
  #ended = false;

  constructor(reader: SampleReader) {
    this.reader = {
      ...reader,
      select: async (request, limits, signal) => {
        const set = await reader.select(request, limits, signal);
        // Another read may have failed meanwhile, and then nobody waits for this one.
        if (this.#ended) set.release?.();
        else this.#held.push(set);
        return set;
      },
    };
  }

  /** Releases what was read, and what is still being read as soon as it comes. */
  release(): void {
    this.#ended = true;
    for (const set of this.#held.splice(0)) set.release?.();
  }
}
