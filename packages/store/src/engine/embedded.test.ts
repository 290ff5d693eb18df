import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@atalaya/model';
import { afterAll } from 'vitest';
import { openEmbeddedEngine } from './embedded.ts';
import { engineSuite } from './engine.suite.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

engineSuite('embedded', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'atalaya-embedded-'));
  folders.push(dataDir);
  return openEmbeddedEngine({ dataDir, memoryBytes: 600_000_000, clock: systemClock });
});
