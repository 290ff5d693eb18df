/** Stages one behind the other, as one stage. */

import type { Emit, Holding, Stage } from './stage.ts';

/** Every entry goes through all stages before the next one is taken, so that their order is kept. */
export function chainStages(stages: readonly Stage[]): Stage {
  const emitters = new WeakMap<Emit, Emit[]>();

  /** What each stage emits to: the next one; `emit` for the last. */
  const emittersTo = (emit: Emit): Emit[] => {
    let found = emitters.get(emit);
    if (found === undefined) {
      found = [];
      let next = emit;
      for (const stage of stages.toReversed()) {
        const target = next;
        found.unshift(target);
        next = (entry) => stage.process(entry, target);
      }
      emitters.set(emit, found);
    }
    return found;
  };

  const [first] = stages;
  const holders = stages.flatMap((stage, index) => (stage.holding === undefined ? [] : [{ holding: stage.holding, index }]));
  const process = (entry: Parameters<Stage['process']>[0], emit: Emit): void => {
    if (first === undefined) emit(entry);
    else first.process(entry, emittersTo(emit)[0] as Emit);
  };
  if (holders.length === 0) return { process };
  return { process, holding: joinHoldings(holders, emittersTo) };
}

function joinHoldings(holders: readonly { holding: Holding; index: number }[], emittersTo: (emit: Emit) => Emit[]): Holding {
  return {
    oldest() {
      const sequences = holders.flatMap(({ holding }) => holding.oldest() ?? []);
      return sequences.length === 0 ? undefined : Math.min(...sequences);
    },
    /** Of those that hold something now; of all when none does. */
    get waitMs() {
      const busy = holders.filter(({ holding }) => holding.oldest() !== undefined);
      return Math.max(...(busy.length === 0 ? holders : busy).map(({ holding }) => holding.waitMs));
    },
    flush(emit) {
      // In order: what a stage lets go may be held by one behind it, which is asked next.
      for (const { holding, index } of holders) holding.flush(emittersTo(emit)[index] as Emit);
    },
  };
}
