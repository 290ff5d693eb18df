/** Metrics of lines. */

import { describe, expect, it } from 'vitest';
import { makePipeline, type PipelineForTests } from '../pipeline-for-tests.ts';

const extract = '- json: {expressions: {status: , took: , flag: }}\n';
const run = (metrics: string, ...lines: string[]): PipelineForTests => {
  const made = makePipeline(`${extract}- metrics: ${metrics}`);
  made.send(...lines);
  return made;
};
const samples = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('metrics', () => {
  // A value that JSON lacks is extracted as null, and that counts as seen, as in Promtail.
  it('counts lines, bytes and values', () => {
    const made = run(
      `{lines_total: {type: Counter, description: "all\\nlines", config: {match_all: true, action: inc}},
        bytes_total: {type: Counter, prefix: my_, config: {match_all: true, count_entry_bytes: true, action: add}},
        failed_total: {type: Counter, source: status, config: {value: "500", action: inc}},
        seen_total: {type: Counter, source: status, config: {action: inc}},
        took_total: {type: Counter, source: took, config: {action: add}}}`,
      '{"status":500,"took":"1.5s"}',
      '{"status":200,"took":2}',
      '{"took":"-3"}',
      'ä',
    );
    expect(made.metrics.render()).toContain('# HELP promtail_custom_lines_total all\\nlines\n# TYPE promtail_custom_lines_total counter\n');
    expect(samples(made.metrics.render())).toEqual([
      'promtail_custom_lines_total{job="test"} 4',
      'my_bytes_total{job="test"} 66',
      'promtail_custom_failed_total{job="test"} 1',
      'promtail_custom_seen_total{job="test"} 3',
      'promtail_custom_took_total{job="test"} 3.5',
    ]);
  });

  it('sets and moves gauges', () => {
    const lines = ['{"took":5}', '{"took":"2"}', '{"took":"250ms"}', '{"took":"long"}'];
    const gauge = (action: string): string | undefined =>
      samples(run(`{g: {type: gauge, source: took, config: {action: ${action}}}}`, ...lines).metrics.render())[0]?.split(' ')[1];
    expect(['set', 'inc', 'dec', 'add', 'sub'].map(gauge)).toEqual(['0.25', '4', '-4', '7.25', '-7.25']);
  });

  it('fills histograms', () => {
    const made = run(`{h: {type: histogram, source: took, config: {buckets: [1, 0.1]}}}`, '{"took":0.1}', '{"took":0.5}', '{"took":7}');
    expect(samples(made.metrics.render())).toEqual([
      'promtail_custom_h_bucket{job="test",le="0.1"} 1',
      'promtail_custom_h_bucket{job="test",le="1"} 2',
      'promtail_custom_h_bucket{job="test",le="+Inf"} 3',
      'promtail_custom_h_sum{job="test"} 7.6',
      'promtail_custom_h_count{job="test"} 3',
    ]);
  });

  it('forgets series that are idle', async () => {
    const made = run('{c: {type: counter, max_idle_duration: 1m, config: {match_all: true, action: inc}}}', 'x');
    await made.clock.advance(60_000);
    expect(samples(made.metrics.render())).toHaveLength(1);
    await made.clock.advance(1);
    expect(made.metrics.render()).toBe('');
  });
});
