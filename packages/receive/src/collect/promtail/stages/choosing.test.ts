/** Stages that choose entries: match, drop, sampling, limit. */

import { describe, expect, it } from 'vitest';
import { makePipeline, runLine, START } from '../pipeline-for-tests.ts';

describe('match', () => {
  it.each([
    ['{job="test"}', true],
    ['{job!="test"}', false],
    ['{job=~"t.*", other=""}', true],
    ['{}', true],
    ['{job="test"} |= "panic"', true],
    ['{job="test"} |= "panic" != "core"', false],
    ['{job="test"} |~ "p[a-z]+c:"', true],
    ['{job="test"} !~ "^panic"', false],
    ['{job="test"} |= "no" or "panic"', true],
    ['{missing="x"}', false],
  ])('%s', (selector, matches) => {
    const stages = `- match: {selector: '${selector}', stages: [{static_labels: {found: yes}}]}`;
    expect(runLine(stages, 'panic: core dumped')?.labels['found']).toBe(matches ? 'yes' : undefined);
  });

  it('drops what it matches, and counts it by reason', () => {
    const run = makePipeline(`- match: {selector: '{job="test"} |= "noise"', action: drop, drop_counter_reason: noisy}`);
    run.send('noise', 'signal', 'more noise');
    expect(run.out.map(({ line }) => line)).toEqual(['signal']);
    expect(run.metrics.render()).toContain('logentry_dropped_lines_total{reason="noisy"} 2\n');
  });

  it('knows labels that stages before it set, as extracted values too', () => {
    const stages = `- static_labels: {app: web}
- match:
    pipeline_name: app1
    selector: '{app="web"}'
    stages:
    - labels: {copy: app}
    - match: {selector: '{copy="web"} |= "inner"', stages: [{static_labels: {nested: yes}}]}`;
    expect(runLine(stages, 'inner')?.labels).toEqual({ job: 'test', app: 'web', copy: 'web', nested: 'yes' });
    expect(runLine(stages, 'other')?.labels).toEqual({ job: 'test', app: 'web', copy: 'web' });
  });

  it('holds back what a stage in it holds back', () => {
    const run = makePipeline(`- match: {selector: '{s="a"}', stages: [{multiline: {firstline: '^x'}}]}`);
    run.send({ line: 'x', labels: { s: 'a' } }, { line: 'y', labels: { s: 'b' } });
    expect([run.pipeline.held, run.out.map(({ line }) => line)]).toEqual([2, ['y']]);
    run.flush();
    expect([run.pipeline.held, run.out.map(({ line }) => line)]).toEqual([0, ['y', 'x']]);
  });
});

describe('drop', () => {
  const lines = [
    '{"level":"debug","code":200}',
    '{"level":"info","code":500,"note":null}',
    'short',
    'a line that is quite long, longer than others are',
  ];
  const kept = (options: string): number[] => {
    const run = makePipeline(`- json: {expressions: {level: , code: , note: }}\n- drop: ${options}`);
    run.send(...lines);
    return run.out.map(({ line }) => lines.indexOf(line));
  };

  it.each([
    ['{expression: ".*debug.*"}', [1, 2, 3]],
    ['{source: level}', [2, 3]],
    ['{source: level, value: debug}', [1, 2, 3]],
    ['{source: level, expression: "^(debug|info)$"}', [2, 3]],
    ['{source: [level, code], separator: "-", value: info-500}', [0, 2, 3]],
    ['{source: [level, code], expression: "^debug;2"}', [1, 2, 3]],
    ['{longer_than: 40b}', [0, 1, 2]],
    ['{longer_than: 40b, expression: note}', [0, 1, 2, 3]],
    ['{source: missing}', [0, 1, 2, 3]],
  ])('%s keeps %j', (options, expected) => {
    expect(kept(options)).toEqual(expected);
  });

  it('drops what is old, and counts', () => {
    const run = makePipeline('- drop: {older_than: 24h, drop_counter_reason: too_old}');
    const hours = (count: number): bigint => BigInt(START - count * 3_600_000) * 1_000_000n;
    run.send({ line: 'old', timestamp: hours(25) }, { line: 'new', timestamp: hours(23) });
    expect(run.out.map(({ line }) => line)).toEqual(['new']);
    expect(run.metrics.dropped.get('too_old')).toBe(1);
  });

  it('counts sizes in bytes, 1 kB being 1024', () => {
    const run = makePipeline('- drop: {longer_than: 1kb}');
    run.send('x'.repeat(1024), 'x'.repeat(1025), 'ä'.repeat(512), 'ä'.repeat(513));
    expect(run.out.map(({ line }) => line.length)).toEqual([1024, 512]);
    expect(run.metrics.dropped.get('drop_stage')).toBe(2);
  });
});

describe('sampling', () => {
  it('lets a share through and counts the rest', () => {
    let turn = 0;
    const run = makePipeline('- sampling: {rate: 0.25}', () => (turn++ % 4) / 4);
    run.send(...Array.from({ length: 8 }, (_, index) => String(index)));
    expect(run.out.map(({ line }) => line)).toEqual(['0', '4']);
    expect(run.metrics.dropped.get('sampling_stage')).toBe(6);
  });
});

describe('limit', () => {
  it('lets a burst through, then so many in a second', async () => {
    const run = makePipeline('- limit: {rate: 2, burst: 3, drop: true}');
    run.send('1', '2', '3', '4', '5');
    await run.clock.advance(1000);
    run.send('6', '7', '8');
    expect(run.out.map(({ line }) => line)).toEqual(['1', '2', '3', '6', '7']);
    expect(run.metrics.dropped.get('ratelimit_drop_stage')).toBe(3);
  });

  it('may count each value of a label', () => {
    const run = makePipeline('- limit: {rate: 1, burst: 1, drop: true, by_label_name: s}');
    const line = (s: string): { line: string; labels: Record<string, string> } => ({ line: s, labels: { s } });
    run.send(line('a'), line('a'), line('b'), 'without', 'without');
    expect(run.out.map(({ line: text }) => text)).toEqual(['a', 'b', 'without', 'without']);
    expect(run.metrics.render()).toContain('logentry_dropped_lines_by_label_total{label_name="s",label_value="a"} 1\n');
  });

  it('says that it does not slow down reading', () => {
    const run = makePipeline('- limit: {rate: 1, burst: 1}');
    run.send('1', '2');
    expect([run.out.length, run.warnings[0]?.message]).toEqual([2, expect.stringContaining('the stage changes nothing')]);
  });
});
