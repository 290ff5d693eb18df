/** Walks over a request without pausing, for tests and benchmarks. */

/** Goes through a walk to its end, and gives what it gives. */
export function runWalk<Result>(walk: Generator<undefined, Result>): Result {
  for (;;) {
    const step = walk.next();
    if (step.done === true) return step.value;
  }
}
