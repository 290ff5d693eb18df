/** Labels of series by slot, as a reader keeps them: each text once, however many series carry it. */

import { LABEL_SEPARATOR, type Labels } from '@atalaya/model';
import { Symbols } from '../series-index/symbols.ts';
import type { LabelDelivery } from './protocol.ts';

export class LabelCache {
  #symbols = new Symbols();
  #texts: string[] = [];
  #labels = new Map<number, Labels>();

  take({ reset, slots, ends, bytes }: LabelDelivery): void {
    if (reset) {
      this.#symbols = new Symbols();
      this.#texts = [];
      this.#labels = new Map();
    }
    let start = 0;
    for (let i = 0; i < slots.length; i++) {
      const end = ends[i] as number;
      this.#labels.set(slots[i] as number, this.#read(bytes, start, end));
      start = end;
    }
  }

  get(slot: number): Labels {
    const labels = this.#labels.get(slot);
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
