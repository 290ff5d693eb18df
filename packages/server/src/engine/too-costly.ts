/** How a thread says that a query is not for it. */

/** Thrown for a query that is expected to cost more than may be spent on one here and now. */
export class TooCostly extends Error {
  /** Samples to read and points to compute, together; what else there is to do in terms of these. */
  readonly cost: number;

  constructor(cost: number) {
    super('the query is too costly for this thread');
    this.cost = cost;
  }
}
