import { describe, expect, test } from 'vitest';

import { type LogLine, readStreams } from './line.ts';
import { LineList, type LinesQuestion, PAGE } from './line-list.ts';
import type { LinePage, PageRequest } from './loki.ts';

const COST = { bytes: 0, lines: 0, duration: 0 };
// From the epoch on, so that lines can be numbered by their nanoseconds.
const RANGE = { from: '1970-01-01T00:00:00Z', to: 'now' };
const QUESTION: LinesQuestion = { query: '{a="b"}', range: RANGE, order: 'newest' };
/** Milliseconds. */
const now = () => 1000;

/** A server with these lines: `[time, text]`. */
function serving(all: readonly (readonly [bigint, string])[]) {
  const asked: PageRequest[] = [];
  const read = async (request: PageRequest): Promise<LinePage> => {
    asked.push(request);
    const { start, end, limit, direction } = request;
    const inside = all.filter(([time]) => time >= start && time < end);
    const ordered = direction === 'forward' ? inside : inside.toReversed();
    const values = ordered.slice(0, limit).map(([time, text]) => [String(time), text] as const);
    return { lines: readStreams([{ stream: { a: 'b' }, values }], direction), cost: COST };
  };
  return { read, asked };
}

const texts = (lines: readonly LogLine[]) => lines.map(({ text }) => text);
const numbered = (count: number, time: (i: number) => bigint = (i) => BigInt(i)) =>
  Array.from({ length: count }, (_, i) => [time(i), `line ${i}`] as const);

async function readAll(list: LineList): Promise<void> {
  await list.begin();
  while (list.state.bottom === 'more') await list.more('bottom');
}

describe('a list of lines', () => {
  test('reads on by the time of its last line, newest first', async () => {
    const { read, asked } = serving(numbered(2 * PAGE + 10));
    const list = new LineList(QUESTION, read, now);
    await readAll(list);
    expect(list.state.lines).toHaveLength(2 * PAGE + 10);
    expect(list.state.lines[0]?.text).toBe(`line ${2 * PAGE + 9}`);
    expect(list.state.lines.at(-1)?.text).toBe('line 0');
    expect(asked).toHaveLength(3);
    expect(asked[1]?.end).toBe(BigInt(PAGE + 10) + 1n);
    expect(list.state.bottom).toBe('end');
  });

  test('or oldest first', async () => {
    const { read } = serving(numbered(PAGE + 5));
    const list = new LineList({ ...QUESTION, order: 'oldest' }, read, now);
    await readAll(list);
    expect(texts(list.state.lines)).toEqual(numbered(PAGE + 5).map(([, text]) => text));
  });

  test.each(['newest', 'oldest'] as const)('loses and doubles nothing where a page ends within one moment (%s first)', async (order) => {
    const { read } = serving(numbered(3 * PAGE, (i) => BigInt(Math.floor(i / 700))));
    const list = new LineList({ ...QUESTION, order }, read, now);
    await readAll(list);
    expect(list.state.lines).toHaveLength(3 * PAGE);
    expect(new Set(texts(list.state.lines)).size).toBe(3 * PAGE);
  });

  test('keeps lines that were sent twice', async () => {
    const all = [...numbered(PAGE - 1, () => 5n), [5n, 'twice'], [5n, 'twice'], [4n, 'older']] as [bigint, string][];
    const { read } = serving(all.sort(([a], [b]) => Number(a - b)));
    const list = new LineList(QUESTION, read, now);
    await readAll(list);
    expect(texts(list.state.lines).filter((text) => text === 'twice')).toHaveLength(2);
    expect(list.state.lines).toHaveLength(PAGE + 2);
  });

  test('gets past a moment that has more lines than a page', async () => {
    const all = [...numbered(10), ...Array.from({ length: 6000 }, (_, i) => [100n, `burst ${i}`] as const)];
    const { read } = serving(all);
    const list = new LineList(QUESTION, read, now);
    await readAll(list);
    expect(list.state.bottom).toBe('end');
    expect(texts(list.state.lines).slice(-10)).toEqual(Array.from({ length: 10 }, (_, i) => `line ${9 - i}`));
  });

  test('begins around a moment and reads both ways', async () => {
    const { read } = serving(numbered(3 * PAGE));
    const list = new LineList({ ...QUESTION, around: BigInt(1500) }, read, now);
    await list.begin();
    expect(list.state.lines).toHaveLength(PAGE);
    expect(list.state.top).toBe('more');
    await list.more('top');
    expect(list.state.lines[0]?.text).toBe(`line ${3 * PAGE - 1}`);
    await list.more('top');
    expect(list.state.top).toBe('end');
    const times = list.state.lines.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => Number(b - a)));
  });

  test('shows new lines when asked to, without doubling those of the newest moment', async () => {
    const all: [bigint, string][] = [
      [10n, 'a'],
      [20n, 'b'],
    ];
    const { read } = serving(all);
    const list = new LineList(QUESTION, read, now);
    await list.begin();
    all.push([20n, 'c'], [30n, 'd']);
    await list.poll();
    expect([list.state.fresh, texts(list.state.lines)]).toEqual([2, ['b', 'a']]);
    await list.poll();
    expect(list.state.fresh).toBe(2);
    list.showFresh();
    expect([list.state.fresh, texts(list.state.lines)]).toEqual([0, ['d', 'c', 'b', 'a']]);
  });

  test('begins anew where more lines came in than a page: no gap is hidden', async () => {
    const all = numbered(5);
    const grown: (readonly [bigint, string])[] = [...all];
    const { read } = serving(grown);
    const list = new LineList(QUESTION, read, now);
    await list.begin();
    grown.push(...Array.from({ length: 2500 }, (_, i) => [BigInt(100 + i), `new ${i}`] as const));
    await list.poll();
    list.showFresh();
    expect(list.state.lines).toHaveLength(PAGE);
    expect(list.state.bottom).toBe('more');
    while (list.state.bottom === 'more') await list.more('bottom');
    expect(list.state.lines).toHaveLength(2505);
  });

  test('tells failures, and goes on after them', async () => {
    const { read } = serving(numbered(PAGE + 5));
    let broken = true;
    const list = new LineList(QUESTION, (request) => (broken ? Promise.reject(new Error('gone')) : read(request)), now);
    await list.begin();
    expect([list.state.phase, list.state.error?.message]).toEqual(['failed', 'gone']);
    broken = false;
    await list.begin();
    broken = true;
    await list.more('bottom');
    expect(list.state.bottom).toBe('failed');
    broken = false;
    await list.more('bottom');
    expect(list.state.lines).toHaveLength(PAGE + 5);
  });

  test('says nothing any more once it is closed', async () => {
    const { read } = serving(numbered(5));
    const list = new LineList(QUESTION, read, now);
    let told = 0;
    list.subscribe(() => (told += 1));
    const begun = list.begin();
    list.close();
    await begun;
    expect([told, list.state.phase]).toEqual([1, 'loading']);
    await list.begin();
    expect(list.state.lines).toHaveLength(5);
  });
});
