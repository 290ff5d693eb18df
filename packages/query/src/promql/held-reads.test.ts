import { AtalayaError, ManualClock } from '@atalaya/model';
import { expect, it } from 'vitest';
import { createMemoryReader } from '../memory-reader.ts';
import type { SampleReader } from '../reader.ts';
import { createPromqlEngine } from './engine.ts';

const never = new AbortController().signal;
const memory = createMemoryReader([{ labels: ['__name__', 'm'], timestamps: Float64Array.of(0, 1000), values: Float64Array.of(1, 2) }]);

/** An engine over a reader that counts what it lends and what comes back; reads of `late` end when told. */
function counting() {
  const counts = { lent: 0, released: 0 };
  const late = Promise.withResolvers<void>();
  const reader: SampleReader = {
    ...memory,
    async select(request, limits, signal) {
      const name = request.matchers[0]?.value;
      if (name === 'fails') throw new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'gone' });
      if (name === 'late') await late.promise;
      counts.lent++;
      return { ...(await memory.select(request, limits, signal)), release: () => counts.released++ };
    },
  };
  const limits = { series: 100, samples: 100, points: 100, timeMs: 1000, memoryBytes: 2 ** 30, answerBytes: 2 ** 30 };
  const engine = createPromqlEngine(reader, { lookbackMs: 300_000, clock: new ManualClock(), limits });
  return { counts, late, ask: (query: string) => engine.instant({ query, timeMs: 1000 }, never) };
}

it('gives back what was lent when the answer is there', async () => {
  const { counts, ask } = counting();
  await ask('m + on() m offset 1s');
  expect(counts).toEqual({ lent: 2, released: 2 });
});

it('gives back what was lent when the evaluation fails', async () => {
  const { counts, ask } = counting();
  await expect(ask('label_replace(m, "a", "x", "b", "(")')).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  expect(counts).toEqual({ lent: 1, released: 1 });
});

it('gives back what comes after another read has failed', async () => {
  const { counts, late, ask } = counting();
  await expect(ask('m + late + fails')).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  late.resolve();
  await expect.poll(() => counts).toEqual({ lent: 2, released: 2 });
});
