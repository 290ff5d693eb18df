/** Loads numbered batches into a data directory until it is killed; says the number of each batch that is durable. */

import { encodeLabels, type Hash64, hashBytes, labelsOf, silentLogger, systemClock } from '@atalaya/model';
import { openEmbeddedEngine, openMetricStore } from '../../src/index.ts';

const [dataDir, first, start] = process.argv.slice(2) as [string, string, string];
const engine = await openEmbeddedEngine({ dataDir, memoryBytes: 400_000_000, clock: systemClock });
const store = await openMetricStore({ engine, clock: systemClock, log: silentLogger, retention: { ageMs: 0, bytes: 0 } });
const hash: Hash64 = { low: 0, high: 0 };
for (let number = Number(first); ; number++) {
  // Every batch brings a series of its own and a sample of one that all share.
  const sets = [labelsOf({ __name__: 'shared' }), labelsOf({ __name__: 'own', batch: String(number) })].map(encodeLabels);
  const fingerprints = Uint32Array.from(
    sets.flatMap((bytes) => {
      hashBytes(bytes, 0, bytes.length, 0, hash);
      return [hash.low, hash.high];
    }),
  );
  let end = 0;
  await store.load([
    {
      series: { count: 2, fingerprints, ends: Uint32Array.from(sets, ({ length }) => (end += length)), labels: Buffer.concat(sets) },
      samples: {
        count: 2,
        fingerprints,
        timestamps: Float64Array.of(Number(start) + number, Number(start) + number),
        values: Float64Array.of(number, number),
      },
      metadata: [],
    },
  ]);
  process.stdout.write(`${number}\n`);
}
