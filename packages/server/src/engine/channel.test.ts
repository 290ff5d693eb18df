import { Duplex } from 'node:stream';
import { AtalayaError } from '@atalaya/model';
import { expect, test } from 'vitest';
import { Channel } from './channel.ts';
import { encodeFrame, FRAME, FrameDecoder } from './frames.ts';

/** Two streams joined back to back, delivering in small pieces as sockets may. */
function pair(): [Duplex, Duplex] {
  const make = (): Duplex =>
    new Duplex({
      read: () => undefined,
      write(chunk: Uint8Array, _encoding, done) {
        const middle = Math.floor(chunk.length / 2);
        other(this).push(chunk.subarray(0, middle));
        other(this).push(chunk.subarray(middle));
        done();
      },
      final(done) {
        other(this).push(null);
        done();
      },
    });
  const left = make();
  const right = make();
  const other = (one: Duplex): Duplex => (one === left ? right : left);
  return [left, right];
}

test('a request is answered with a value and bytes', async () => {
  const [left, right] = pair();
  const asker = new Channel(left);
  const server = new Channel(right);
  server.serve('double', async (params) => ({ value: (params as number) * 2, bytes: new Uint8Array([1, 2, 3]) }));
  const answers = await Promise.all([1, 2, 3].map((n) => asker.request('double', n)));
  expect(answers.map((answer) => answer.value)).toEqual([2, 4, 6]);
  expect([...(answers[0]?.bytes ?? [])]).toEqual([1, 2, 3]);
});

test('an error of the catalogue arrives as itself, anything else as INTERNAL', async () => {
  const [left, right] = pair();
  const asker = new Channel(left);
  const server = new Channel(right);
  server.serve('limit', () => Promise.reject(new AtalayaError('QUERY_FAILED', { reason: 'no' })));
  server.serve('bug', () => Promise.reject(new TypeError('oops')));
  await expect(asker.request('limit', null)).rejects.toMatchObject({ code: 'QUERY_FAILED', message: 'no' });
  await expect(asker.request('bug', null)).rejects.toMatchObject({ code: 'INTERNAL', message: 'internal error: oops' });
  await expect(asker.request('nothing', null)).rejects.toMatchObject({ code: 'INTERNAL' });
});

test('when the other end goes away every waiting request fails as unavailable', async () => {
  const [left, right] = pair();
  const asker = new Channel(left);
  const server = new Channel(right);
  server.serve('hang', () => new Promise(() => undefined));
  const waiting = asker.request('hang', null);
  left.destroy();
  await expect(waiting).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE', retry: true });
  await expect(asker.request('hang', null)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
});

test('a cancelled request aborts its handler', async () => {
  const [left, right] = pair();
  const asker = new Channel(left);
  const server = new Channel(right);
  const aborted = Promise.withResolvers<void>();
  server.serve('slow', (_params, signal) => {
    signal.addEventListener('abort', () => aborted.resolve());
    return new Promise(() => undefined);
  });
  const controller = new AbortController();
  const waiting = asker.request('slow', null, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
  await aborted.promise;
});

test('events arrive in order, whatever the pieces', async () => {
  const [left, right] = pair();
  const seen: unknown[] = [];
  new Channel(right).on('tick', (value) => seen.push(value));
  const teller = new Channel(left);
  for (let i = 0; i < 20; i++) teller.tell('tick', i);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test('frames are cut out of a stream fed byte by byte', () => {
  const decoder = new FrameDecoder();
  const bytes = Buffer.concat([...encodeFrame(FRAME.event, 7, { a: 'ñ' }, new Uint8Array([9])), ...encodeFrame(FRAME.cancel, 8, null)]);
  const frames = [...bytes].flatMap((byte) => [...decoder.push(new Uint8Array([byte]))]);
  expect(frames).toMatchObject([
    { kind: FRAME.event, id: 7, head: { a: 'ñ' } },
    { kind: FRAME.cancel, id: 8, head: null },
  ]);
});
