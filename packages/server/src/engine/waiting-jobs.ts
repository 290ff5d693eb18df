/** Queries that wait for a worker, in two lines: those of which nothing is known yet, each signal in its turn, and those that are costly. */

import { type QuerySignal, type QueryTask, signalOf } from './query-task.ts';

/** What waits. */
export interface WaitingJob {
  readonly task: QueryTask;
  /** Undefined until a worker has said that it is costly. */
  cost: number | undefined;
}

export class WaitingJobs<Job extends WaitingJob> {
  /** In the order in which they came. */
  #unknown: Job[] = [];
  /** The cheapest first. */
  #costly: Job[] = [];
  /** Whose turn it is: who was served last comes last. */
  #turns: readonly QuerySignal[] = ['metrics', 'logs', 'traces'];

  get all(): readonly Job[] {
    return [...this.#unknown, ...this.#costly];
  }

  add(job: Job): void {
    this.#unknown.push(job);
  }

  addCostly(job: Job, cost: number): void {
    job.cost = cost;
    const place = this.#costly.findIndex((other) => (other.cost ?? 0) > cost);
    this.#costly.splice(place < 0 ? this.#costly.length : place, 0, job);
  }

  remove(job: Job): void {
    this.#unknown = this.#unknown.filter((other) => other !== job);
    this.#costly = this.#costly.filter((other) => other !== job);
  }

  /** Takes a costly one out. */
  nextCostly(): Job | undefined {
    return this.#costly.shift();
  }

  /** Takes one out, each signal in its turn, so that many questions about one do not keep the others waiting. */
  next(): Job | undefined {
    for (const turn of this.#turns) {
      const place = this.#unknown.findIndex(({ task }) => signalOf(task) === turn);
      if (place < 0) continue;
      this.#turns = [...this.#turns.filter((other) => other !== turn), turn];
      return this.#unknown.splice(place, 1)[0];
    }
    return undefined;
  }
}
