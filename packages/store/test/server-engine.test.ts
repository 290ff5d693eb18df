import { systemClock } from '@atalaya/model';
import { afterAll, describe, expect, it } from 'vitest';
import { engineSuite } from '../src/engine/engine.suite.ts';
import { openServerEngine } from '../src/engine/server.ts';
import { sql } from '../src/sql.ts';
import { type HttpFront, startHttpFront } from './http-front.ts';

const fronts: HttpFront[] = [];
afterAll(() => Promise.all(fronts.map((front) => front.close())));

engineSuite('server, through an HTTP front', async () => {
  const front = await startHttpFront();
  fronts.push(front);
  return openServerEngine({ url: front.url, clock: systemClock });
});

describe('engine: server that is not there', () => {
  it('rejects with ENGINE_UNAVAILABLE', async () => {
    const engine = openServerEngine({ url: 'http://127.0.0.1:1', clock: systemClock });
    await expect(engine.ping()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE', retry: true });
    await expect(engine.query(sql`SELECT 1`)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await expect(engine.execute(sql`SELECT 1`)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await engine.close();
  });
});
