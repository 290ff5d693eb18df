/** Runs something again and again, never twice at the same time. */

export class OneAtATime {
  readonly #run: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #again = false;

  /** @param failed told what a run rejects with; the next one is not affected */
  constructor(run: () => Promise<void>, failed: (error: unknown) => void) {
    this.#run = run;
    this.#failed = failed;
  }

  /** Begins a run, or has another one follow the one under way. */
  start(): void {
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.#repeat().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when the run that is under way has ended. */
  get ended(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  async #repeat(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#run();
      } catch (error) {
        this.#failed(error);
      }
    } while (this.#again);
  }
}
