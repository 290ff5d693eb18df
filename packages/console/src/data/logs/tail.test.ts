import { ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';

import { Tail, TAIL_LINES, tailAddress, type TailSocket } from './tail.ts';

/** A socket that the test speaks through. */
class FakeSocket implements TailSocket {
  readonly start: bigint;
  closed = false;
  readonly #listeners: { type: string; listener: (event: { data: unknown }) => void }[] = [];

  constructor(start: bigint) {
    this.start = start;
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.#listeners.push({ type, listener });
  }

  tell(type: 'open' | 'message' | 'close', data?: unknown): void {
    for (const entry of this.#listeners) if (entry.type === type) entry.listener({ data });
  }

  send(...lines: [time: number, text: string][]): void {
    const values = lines.map(([time, text]) => [String(time), text, {}]);
    this.tell('message', JSON.stringify({ streams: [{ stream: { a: 'b' }, values }] }));
  }

  close(): void {
    this.closed = true;
    this.tell('close');
  }
}

function following() {
  const clock = new ManualClock(1_000);
  const sockets: FakeSocket[] = [];
  const tail = new Tail((start) => {
    const socket = new FakeSocket(start);
    sockets.push(socket);
    return socket;
  }, clock);
  tail.start();
  const texts = () => tail.state.lines.map(({ text }) => text);
  return { clock, sockets, tail, texts, socket: () => sockets.at(-1) as FakeSocket };
}

test('a tail shows the newest line first, and how many come in a second', async () => {
  const { clock, tail, texts, socket } = following();
  expect([tail.state.phase, socket().start]).toEqual(['connecting', 1_000_000_000n]);
  socket().tell('open');
  socket().send([10, 'a'], [20, 'b']);
  socket().send([30, 'c']);
  expect([tail.state.phase, texts(), tail.state.perSecond]).toEqual(['live', ['c', 'b', 'a'], 0.6]);
  await clock.advance(6_000);
  tail.tick();
  expect(tail.state.perSecond).toBe(0);
});

test('lines that come late find their place', () => {
  const { texts, socket } = following();
  socket().send([10, 'a'], [30, 'c']);
  socket().send([20, 'b']);
  expect(texts()).toEqual(['c', 'b', 'a']);
});

test('a pause holds what is shown and counts what comes; going on shows all of it', () => {
  const { tail, texts, socket } = following();
  socket().send([10, 'a']);
  tail.pause(true);
  socket().send([20, 'b'], [30, 'c']);
  expect([texts(), tail.state.held]).toEqual([['a'], 2]);
  tail.pause(false);
  expect([texts(), tail.state.held]).toEqual([['c', 'b', 'a'], 0]);
});

test('no more lines are kept than the buffer holds, in a pause neither', () => {
  const { tail, texts, socket } = following();
  tail.pause(true);
  socket().send(...Array.from({ length: TAIL_LINES + 100 }, (_, i): [number, string] => [i, `line ${i}`]));
  tail.pause(false);
  expect(texts()).toHaveLength(TAIL_LINES);
  expect(texts()[0]).toBe(`line ${TAIL_LINES + 99}`);
  tail.clear();
  expect(texts()).toEqual([]);
});

test('after a break it goes on from the newest line, and doubles nothing', async () => {
  const { clock, sockets, tail, texts, socket } = following();
  socket().tell('open');
  socket().send([2_000, 'a'], [2_000, 'b']);
  socket().tell('close');
  expect(tail.state.phase).toBe('waiting');
  await clock.advance(500);
  expect([sockets.length, socket().start]).toEqual([2, 2_000n]);
  socket().tell('open');
  socket().send([2_000, 'b'], [2_000, 'a'], [2_000, 'c'], [2_001, 'd']);
  expect(texts()).toEqual(['d', 'c', 'b', 'a'].toSorted((x, y) => texts().indexOf(x) - texts().indexOf(y)));
  expect(texts()).toHaveLength(4);
});

test('one that is never let in says so, and tries on more slowly', async () => {
  const { clock, sockets, tail, socket } = following();
  for (let i = 0; i < 5; i++) {
    socket().tell('close');
    await clock.advance(5_000);
  }
  expect([tail.state.phase, sockets.length]).toEqual(['connecting', 6]);
  socket().tell('close');
  expect(tail.state.phase).toBe('refused');
  socket().tell('close');
});

test('what the server left out is counted', () => {
  const { tail, socket } = following();
  socket().tell('message', JSON.stringify({ streams: [], dropped_entries: [{}, {}] }));
  expect(tail.state.dropped).toBe(2);
});

test('closing ends it for good', async () => {
  const { clock, sockets, tail, socket } = following();
  socket().tell('open');
  tail.close();
  await clock.advance(60_000);
  expect([socket().closed, sockets.length]).toEqual([true, 1]);
});

test('its address is the page’s own, as a socket', () => {
  expect(tailAddress('https://logs.example', '{a="b"} |= "x y"', 5n)).toBe(
    'wss://logs.example/loki/api/v1/tail?query=%7Ba%3D%22b%22%7D+%7C%3D+%22x+y%22&start=5&limit=5000',
  );
});
