/** Entries of several lines. */

import { describe, expect, it } from 'vitest';
import { makePipeline } from '../pipeline-for-tests.ts';

const TRACE = ['[1] ERROR boom', 'Traceback:', '', '  at a', '[2] INFO fine'];

describe('multiline', () => {
  const stages = String.raw`- multiline: {firstline: '^\[\d+\]'}`;

  it('joins lines up to the next beginning', () => {
    const run = makePipeline(stages);
    run.send(...TRACE);
    expect(run.out.map(({ line }) => line)).toEqual(['[1] ERROR boom\nTraceback:\n\n  at a']);
    expect(run.pipeline.held).toBe(1);
    run.flush();
    expect(run.out.map(({ line, time }) => [line, time])).toEqual([
      ['[1] ERROR boom\nTraceback:\n\n  at a', '2026-01-10T12:00:00.000000000Z'],
      ['[2] INFO fine', '2026-01-10T12:00:00.000000004Z'],
    ]);
    expect(run.pipeline.held).toBe(0);
  });

  it('lets lines through that come before any beginning', () => {
    const run = makePipeline(stages);
    run.send('rest of something', 'more', '[1] x');
    expect(run.out.map(({ line }) => line)).toEqual(['rest of something', 'more']);
  });

  it('bounds lines; what follows is of the same entry still', () => {
    const run = makePipeline(String.raw`- multiline: {firstline: '^\[', max_lines: 2}`);
    run.send('[1]', 'a', 'b', 'c', 'd');
    run.flush();
    expect(run.out.map(({ line, time }) => [line, time.slice(-3)])).toEqual([
      ['[1]\na', '00Z'],
      ['b\nc', '00Z'],
      ['d', '00Z'],
    ]);
  });

  it('keeps streams apart', () => {
    const run = makePipeline(stages);
    const [a, b] = [{ labels: { s: 'a' } }, { labels: { s: 'b' } }];
    run.send({ line: '[1] a', ...a }, { line: '[1] b', ...b }, { line: 'more a', ...a }, { line: 'more b', ...b });
    expect(run.pipeline.held).toBe(4);
    run.flush();
    expect(run.out.map(({ line, labels }) => [line, labels['s']])).toEqual([
      ['[1] a\nmore a', 'a'],
      ['[1] b\nmore b', 'b'],
    ]);
  });

  it('says how long it holds lines', () => {
    expect(makePipeline(stages).pipeline.holdMs).toBe(3000);
    expect(makePipeline(`- multiline: {firstline: x, max_wait_time: 1m30s}`).pipeline.holdMs).toBe(90_000);
    expect(makePipeline(`- cri: {}\n- multiline: {firstline: x, max_wait_time: 0.5s}`).pipeline.holdMs).toBe(10_000);
    const busy = makePipeline(`- cri: {}\n- multiline: {firstline: x, max_wait_time: 0.5s}`);
    busy.send('2019-04-30T02:12:41Z stdout F x');
    expect(busy.pipeline.holdMs).toBe(500);
  });

  it('goes on with the stages behind it, also when it is made to', () => {
    const run = makePipeline(`${stages}\n- regex: {expression: '(?s)(?P<first>\\w+)\\n(?P<rest>.*)'}\n- output: {source: rest}`);
    run.send(...TRACE);
    run.flush();
    expect(run.out.map(({ line }) => line)).toEqual(['Traceback:\n\n  at a', '[2] INFO fine']);
  });

  it('lets a stream go that is silent while others go on', async () => {
    const run = makePipeline(stages);
    const [a, b] = [{ labels: { s: 'a' } }, { labels: { s: 'b' } }];
    run.send({ line: '[1] a', ...a }, { line: '[1] b', ...b });
    await run.clock.advance(2000);
    run.send({ line: 'more b', ...b });
    await run.clock.advance(1000);
    run.send({ line: 'yet more b', ...b });
    expect(run.out.map(({ line }) => line)).toEqual(['[1] a']);
    // Only what b holds is held now: its first line was the second that came.
    expect(run.pipeline.held).toBe(3);
    run.flush();
    expect(run.out.at(-1)?.line).toBe('[1] b\nmore b\nyet more b');
  });

  it('does not join to more than a line may have', () => {
    const run = makePipeline(`- multiline: {firstline: '^x', max_lines: 1000}`);
    const long = 'ä'.repeat(200_000);
    run.send(`x${long}`, long, long, long);
    run.flush();
    expect(run.out.map(({ line }) => line.length)).toEqual([400_002, 400_001]);
  });
});
