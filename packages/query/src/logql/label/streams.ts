/** What a pipeline knows about the streams whose lines go through it. */

import type { Labels } from '@atalaya/model';
import type { LabelNames } from './names.ts';

/** The labels of a stream by their names' numbers. */
export class StreamLabels {
  readonly labels: Labels;
  readonly #values = new Map<number, string>();
  /** The generation of the numbers. */
  readonly generation: number;

  constructor(labels: Labels, names: LabelNames) {
    this.labels = labels;
    this.generation = names.generation;
    for (let i = 0; i < labels.length; i += 2) this.#values.set(names.idOf(labels[i] as string), labels[i + 1] as string);
  }

  get(id: number): string | undefined {
    return this.#values.get(id);
  }

  has(id: number): boolean {
    return this.#values.has(id);
  }
}

/** Streams by their labels' object; a stream's lines mostly come one after another. */
export class Streams {
  readonly #names: LabelNames;
  readonly #known = new WeakMap<Labels, StreamLabels>();
  #last: StreamLabels | undefined;

  constructor(names: LabelNames) {
    this.#names = names;
  }

  of(labels: Labels): StreamLabels {
    const last = this.#last;
    if (last?.labels === labels && last.generation === this.#names.generation) return last;
    let stream = this.#known.get(labels);
    if (stream === undefined || stream.generation !== this.#names.generation) {
      stream = new StreamLabels(labels, this.#names);
      this.#known.set(labels, stream);
    }
    this.#last = stream;
    return stream;
  }
}
