import { silentLogger } from '@atalaya/model';
import { expect, test } from 'vitest';
import type { LoadedEvent } from './engine/contract.ts';
import { redefineWhenNeeded } from './redefinition.ts';

const loaded = (offset: number, undefinedSamples: number): LoadedEvent => ({
  // How far the journal is let go of does not matter.
  position: { segment: 1, offset: 0 },
  end: { segment: 1, offset },
  rows: 1,
  batches: 1,
  undefinedSamples,
  roundMs: 1,
  insertMs: 1,
});

test('series are defined again once for all samples that were written before that, and again for later ones', () => {
  let asked = 0;
  const journal = { durable: { segment: 1, offset: 500 } };
  const writer = { redefineSeries: () => void asked++ };
  const listen = redefineWhenNeeded({ journal, writer, log: silentLogger });
  listen(loaded(100, 0));
  expect(asked).toBe(0);
  listen(loaded(200, 3));
  expect(asked).toBe(1);
  // The backlog up to where the journal was then cannot know of it yet.
  journal.durable = { segment: 1, offset: 900 };
  listen(loaded(400, 3));
  listen(loaded(500, 3));
  expect(asked).toBe(1);
  listen(loaded(600, 1));
  expect(asked).toBe(2);
  listen(loaded(900, 1));
  expect(asked).toBe(2);
});
