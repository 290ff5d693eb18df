/** Annotations: what the reader of an answer should know about it, as Prometheus words it. */

import { lineAndColumn, type Span } from '@atalaya/lang';

/** Collects the warnings and infos of one query, each once. */
export class Annotations {
  readonly #text: string;
  readonly #warnings = new Set<string>();
  readonly #infos = new Set<string>();

  /** @param text the query, to which positions refer */
  constructor(text: string) {
    this.#text = text;
  }

  warn(message: string, place: Span): void {
    this.#warnings.add(`PromQL warning: ${message} (${lineAndColumn(this.#text, place.start)})`);
  }

  inform(message: string, place: Span): void {
    this.#infos.add(`PromQL info: ${message} (${lineAndColumn(this.#text, place.start)})`);
  }

  /** A warning about the answer as a whole, without a place in the query. */
  note(message: string): void {
    this.#warnings.add(message);
  }

  get warnings(): string[] {
    return [...this.#warnings];
  }

  get infos(): string[] {
    return [...this.#infos];
  }
}
