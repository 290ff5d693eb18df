/** A pipeline of Promtail's stages, as a source on this host uses it. */

import type { CollectedEntry, EntryPipeline } from '../entry.ts';
import { chainStages } from './stages/chain.ts';
import type { Stage, StageEntry, StageMaker } from './stages/stage.ts';

/** A line is held no longer than this where no stage says how long. */
const DEFAULT_HOLD_MS = 3000;

/** Makes the pipeline of one file, container or connection. `extraLabels` are added at its end where an entry does not have them. */
export function createPipeline(makers: readonly StageMaker[], extraLabels: readonly (readonly [string, string])[]): EntryPipeline {
  return new PromtailPipeline(chainStages(makers.map((make) => make())), extraLabels);
}

class PromtailPipeline implements EntryPipeline {
  readonly #stages: Stage;
  readonly #extraLabels: readonly (readonly [string, string])[];
  #taken = 0;
  /** Where the entry that is being processed goes. */
  #emit: (entry: CollectedEntry) => void = () => undefined;

  constructor(stages: Stage, extraLabels: readonly (readonly [string, string])[]) {
    this.#stages = stages;
    this.#extraLabels = extraLabels;
  }

  process(entry: CollectedEntry, emit: (entry: CollectedEntry) => void): void {
    const { labels, attributes, timestamp, line } = entry;
    const item: StageEntry = { labels, attributes, timestamp, line, extracted: new Map(labels), sequence: this.#taken++ };
    this.#emit = emit;
    this.#stages.process(item, this.#finish);
  }

  /** Counted from the oldest that is held: what was taken behind it and is emitted already is read again after a crash, rather than lost. */
  get held(): number {
    const oldest = this.#stages.holding?.oldest();
    return oldest === undefined ? 0 : this.#taken - oldest;
  }

  get holdMs(): number {
    return this.#stages.holding?.waitMs ?? DEFAULT_HOLD_MS;
  }

  flush(emit: (entry: CollectedEntry) => void): void {
    this.#emit = emit;
    this.#stages.holding?.flush(this.#finish);
  }

  // One function for all entries: the chain of stages is wired to it once.
  readonly #finish = (entry: StageEntry): void => {
    for (const [name, value] of this.#extraLabels) if (!entry.labels.has(name)) entry.labels.set(name, value);
    const { labels, attributes, timestamp, line } = entry;
    this.#emit({ labels, attributes, timestamp, line });
  };
}
