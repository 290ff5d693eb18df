/** Labels of series by slot, as a reader keeps them: each text once, however many series carry it. */

import { LABEL_SEPARATOR, type Labels } from '@atalaya/model';
import { Symbols } from '../series-index/symbols.ts';
import type { LabelDelivery } from './protocol.ts';

export class LabelCache {
  #symbols = new Symbols();
  #texts: string[] = [];
  #labels: (Labels | undefined)[] = [];

  take({ reset, slots, ends, bytes }: LabelDelivery): void {
    if (reset) {
      this.#symbols = new Symbols();
      this.#texts = [];
      this.#labels = [];
    }
    let start = 0;
    for (let i = 0; i < slots.length; i++) {
      const end = ends[i] as number;
      const slot = slots[i] as number;
      // Without holes, so that it stays an array inside too.
      while (this.#labels.length <= slot) this.#labels.push(undefined);
      this.#labels[slot] = this.#read(bytes, start, end);
      start = end;
    }
  }

  get(slot: number): Labels {
    const labels = this.#labels[slot];
    if (labels === undefined) throw new RangeError(`the labels of series ${slot} were never delivered`);
    return labels;
  }

  #read(bytes: Uint8Array, start: number, end: number): Labels {
    const labels: string[] = [];
    for (let at = start; at < end;) {
      const separator = bytes.indexOf(LABEL_SEPARATOR, at);
      labels.push(this.#text(bytes, at, separator));
      at = separator + 1;
    }
    return labels;
  }

  #text(bytes: Uint8Array, start: number, end: number): string {
    const symbol = this.#symbols.intern(bytes, start, end);
    return (this.#texts[symbol] ??= this.#symbols.text(symbol));
  }
}
