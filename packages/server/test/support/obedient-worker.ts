/** A query worker that does what its task's text says, for tests of the pool. */

import { parentPort, workerData } from 'node:worker_threads';
import { AtalayaError } from '@atalaya/model';
import type { TaskMessage, TaskResult, WorkerData } from '../../src/engine/query-task.ts';

const flag = new Int32Array((workerData as WorkerData).cancelled);

function answer({ task: { query }, mostCost }: TaskMessage): TaskResult | undefined {
  const [word, number] = query.split(' ');
  switch (word) {
    case 'cost': {
      const cost = Number(number);
      if (cost > mostCost) return { tooCostly: cost };
      break;
    }
    case 'costly-until-cancelled':
      if (mostCost < 1e9) return { tooCostly: 1e9 };
      while (Atomics.load(flag, 0) === 0);
      break;
    case 'most':
      return { bytes: new TextEncoder().encode(mostCost === Number.POSITIVE_INFINITY ? 'any' : 'cheap') };
    case 'until-cancelled':
      while (Atomics.load(flag, 0) === 0);
      return { error: new AtalayaError('QUERY_CANCELED', { phase: 'the test' }).toData() };
    case 'for-ever':
      return undefined;
    case 'much-memory': {
      const held: string[][] = [];
      for (;;) held.push(Array.from({ length: 10_000 }, (_, i) => `${held.length} ${i}`));
    }
    case 'crash':
      throw new Error('on purpose');
    case undefined:
    default:
  }
  return { bytes: new TextEncoder().encode(query) };
}

parentPort?.on('message', (message: TaskMessage) => {
  const result = answer(message);
  if (result !== undefined) parentPort?.postMessage(result);
});
