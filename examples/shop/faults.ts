/** What can be made to go wrong in the shop. */

/** Each fault, and what it does. */
export const FAULTS = {
  'slow-query': 'the catalogue searches its products without an index: 0.8 to 1.5 s a query',
  'failing-dependency': 'the bank answers six of ten payments with 503',
  'retry-storm': 'payments fail seven times of ten, and the checkout tries again at once, up to eight times',
} as const;

/** Name of a fault. */
export type Fault = keyof typeof FAULTS;

/** Which faults are on. */
export class Faults {
  readonly #on: Set<Fault>;

  constructor(on: readonly Fault[] = []) {
    this.#on = new Set(on);
  }

  isOn(fault: Fault): boolean {
    return this.#on.has(fault);
  }

  switch(fault: Fault, on: boolean): void {
    if (on) this.#on.add(fault);
    else this.#on.delete(fault);
  }

  /** Every fault with whether it is on. */
  all(): Record<string, boolean> {
    return Object.fromEntries(Object.keys(FAULTS).map((fault) => [fault, this.#on.has(fault as Fault)]));
  }
}

/** Whether a text names a fault. */
export function isFault(text: string): text is Fault {
  return Object.hasOwn(FAULTS, text);
}
