/** Lines of container runtimes. */

import { describe, expect, it } from 'vitest';
import { makePipeline, runLine } from '../pipeline-for-tests.ts';

describe('docker', () => {
  it('takes text, stream and time', () => {
    const line = '{"log":"level=info msg=\\"hi\\"\\n","stream":"stderr","time":"2019-04-30T02:12:41.8443515Z"}';
    expect(runLine('- docker: {}', line)).toEqual({
      line: 'level=info msg="hi"\n',
      labels: { job: 'test', stream: 'stderr' },
      attributes: {},
      time: '2019-04-30T02:12:41.844351500Z',
    });
  });

  it.each(['plain text', '{"log":5}', '{"log": "unfinished', '[]', '{}'])('leaves %s as it is', (line) => {
    expect(runLine('- docker:', line)).toMatchObject({ line, labels: { job: 'test' } });
  });
});

describe('cri', () => {
  it('takes text, stream and time', () => {
    expect(runLine('- cri: {}', '2019-04-30T02:12:41.8443515Z stdout F message of\tseveral words')).toEqual({
      line: 'message of\tseveral words',
      labels: { job: 'test', stream: 'stdout' },
      attributes: {},
      time: '2019-04-30T02:12:41.844351500Z',
    });
    expect(runLine('- cri: {}', 'not such a line')?.line).toBe('not such a line');
    expect(runLine('- cri: {}', '2019-04-30T02:12:41Z stdout F ')?.line).toBe('');
  });

  it('joins the parts of a line, each stream on its own', () => {
    const run = makePipeline('- cri: {}');
    run.send(
      '2019-04-30T02:12:41.1Z stdout P one ',
      '2019-04-30T02:12:41.2Z stderr P other ',
      '2019-04-30T02:12:41.3Z stdout P two ',
      '2019-04-30T02:12:41.4Z stderr F line',
      '2019-04-30T02:12:41.5Z stdout F three',
      '2019-04-30T02:12:41.6Z stdout F next',
    );
    expect(run.out.map(({ line, time }) => [line, time.slice(19, 21)])).toEqual([
      ['other line', '.4'],
      ['one two three', '.5'],
      ['next', '.6'],
    ]);
    expect(run.pipeline.held).toBe(0);
  });

  it('counts what it holds back, from the oldest part on', () => {
    const run = makePipeline('- cri: {}');
    run.send('2019-04-30T02:12:41Z stdout P a', '2019-04-30T02:12:41Z stderr F whole', '2019-04-30T02:12:41Z stdout P b');
    expect([run.pipeline.held, run.out.length]).toEqual([3, 1]);
    run.flush();
    expect([run.pipeline.held, run.out[1]?.line]).toEqual([0, 'ab']);
  });

  it('does not hold parts of more streams than it may', () => {
    const run = makePipeline('- cri: {max_partial_lines: 1}');
    run.send('2019-04-30T02:12:41Z stdout P first', '2019-04-30T02:12:41Z stderr P second');
    expect(run.out.map(({ line }) => line)).toEqual(['first']);
  });

  it('lets a part go whose rest does not come', async () => {
    const run = makePipeline('- cri: {}');
    run.send('2019-04-30T02:12:41Z stdout P unfinished');
    await run.clock.advance(10_000);
    run.send('2019-04-30T02:12:51Z stderr F other');
    expect(run.out.map(({ line }) => line)).toEqual(['unfinished', 'other']);
    expect(run.pipeline.held).toBe(0);
  });

  it('does not join to more than a line may have', () => {
    const run = makePipeline('- cri: {}');
    const part = 'x'.repeat(400_000);
    run.send(...['P', 'P', 'P', 'F'].map((flag) => `2019-04-30T02:12:41Z stdout ${flag} ${part}`));
    expect(run.out.map(({ line }) => line.length)).toEqual([800_000, 800_000]);
  });

  it('cuts what is longer than it may be, never inside a character', () => {
    const run = makePipeline('- cri: {max_partial_line_size: 5B, max_partial_line_size_truncate: true}');
    run.send('2019-04-30T02:12:41Z stdout P abcd', '2019-04-30T02:12:41Z stdout P äö', '2019-04-30T02:12:41Z stdout F xyz');
    expect(run.out.map(({ line }) => line)).toEqual(['abcdx']);
  });
});
