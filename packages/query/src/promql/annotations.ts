/** Annotations: what the reader of an answer should know about it, as Prometheus words it. */

import { formatPlace, type Span } from '@atalaya/lang';

/** Collects the warnings and infos of one query, each once. */
export class Annotations {
  readonly #text: string;
  readonly #warnings = new Set<string>();
  readonly #infos = new Set<string>();
  #summed = false;

  /** @param text the query, to which positions refer */
  constructor(text: string) {
    this.#text = text;
  }

  warn(message: string, place: Span): void {
    this.#warnings.add(`PromQL warning: ${message} (${formatPlace(this.#text, place.start)})`);
  }

  /** `summed` says that it is about several steps at once, so that it cannot be told of any of them. */
  inform(message: string, place: Span, summed = false): void {
    this.#summed ||= summed;
    this.#infos.add(`PromQL info: ${message} (${formatPlace(this.#text, place.start)})`);
  }

  /** A warning about the answer as a whole, without a place in the query. */
  note(message: string): void {
    this.#warnings.add(message);
  }

  /** Whether anything that was said is about several steps at once. */
  get summed(): boolean {
    return this.#summed;
  }

  get warnings(): string[] {
    return [...this.#warnings];
  }

  get infos(): string[] {
    return [...this.#infos];
  }
}
