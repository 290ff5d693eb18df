/** Numbers for the names of labels, so that a line's labels are kept in arrays. */

/** Names are data: hostile lines may bring new ones without end. */
const LIMIT = 20_000;

/** The numbers of one pipeline's label names. */
export class LabelNames {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];
  /** Number of the name with the suffix for duplicates, -1 where nobody has asked yet. */
  readonly #extracted: number[] = [];
  #fixed = 0;
  /** Changes when numbers that were given out lose their meaning; those from before `fix` never do. */
  generation = 0;

  /** `first` get the numbers from 0 on. */
  constructor(first: readonly string[] = []) {
    for (const name of first) this.idOf(name);
  }

  /** The number of a name, which gets one where it has none. */
  idOf(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#names.length;
      this.#ids.set(name, id);
      this.#names.push(name);
      this.#extracted.push(-1);
    }
    return id;
  }

  /** The number of a name, where it has one. */
  find(name: string): number | undefined {
    return this.#ids.get(name);
  }

  name(id: number): string {
    return this.#names[id] as string;
  }

  /** The number of a name with `_extracted` behind it. */
  extractedOf(id: number): number {
    let other = this.#extracted[id] as number;
    if (other < 0) this.#extracted[id] = other = this.idOf(`${this.name(id)}_extracted`);
    return other;
  }

  /** Makes the numbers given so far permanent: stages keep those of the names they mention. */
  fix(): void {
    this.#fixed = this.#names.length;
  }

  /** Forgets what is not permanent when there is too much of it. To be called between lines. */
  trim(): void {
    if (this.#names.length < LIMIT + this.#fixed) return;
    for (const name of this.#names.splice(this.#fixed)) this.#ids.delete(name);
    this.#extracted.length = this.#fixed;
    this.#extracted.fill(-1);
    this.generation++;
  }
}
