/** Every relabelling action. */

import { describe, expect, it } from 'vitest';
import { openYaml } from '../scrape-config/cursor.ts';
import { readRelabelRules } from '../scrape-config/relabel-rule.ts';
import { relabel } from './relabel.ts';

function run(labels: Record<string, string>, yaml: string): Record<string, string> | 'dropped' {
  const map = new Map(Object.entries(labels));
  const kept = relabel(map, readRelabelRules(openYaml(yaml, 'rules', [])));
  return kept ? Object.fromEntries(map) : 'dropped';
}

describe('relabelling', () => {
  const labels = { a: 'foo', b: 'bar', c: 'baz', long_name: 'X-1' };

  it.each([
    [
      'replace joins source labels',
      '[{source_labels: [a, b], regex: "f(.*);(.*)r", target_label: d, replacement: "ch${1}-${2}"}]',
      { ...labels, d: 'choo-ba' },
    ],
    ['replace does nothing without a match', '[{source_labels: [a], regex: "x", target_label: d}]', labels],
    ['replace matches the whole value only', '[{source_labels: [a], regex: "fo", target_label: d}]', labels],
    [
      'replace with an empty result removes the label',
      '[{source_labels: [nope], target_label: a}]',
      { b: 'bar', c: 'baz', long_name: 'X-1' },
    ],
    ['replace sets a constant', '[{target_label: d, replacement: const}]', { ...labels, d: 'const' }],
    [
      'replace may take the target from the match',
      '[{source_labels: [a, b], separator: "-", regex: "(.*)-(.*)", target_label: "x_${2}", replacement: "$1"}]',
      { ...labels, x_bar: 'foo' },
    ],
    ['keep keeps a match', '[{action: keep, source_labels: [a], regex: "fo+"}]', labels],
    ['keep drops the others', '[{action: keep, source_labels: [a], regex: "x"}]', 'dropped'],
    ['drop drops a match', '[{action: drop, source_labels: [a, b], regex: "foo;bar"}]', 'dropped'],
    ['drop keeps the others', '[{action: drop, source_labels: [a], regex: "fo"}]', labels],
    ['keepequal keeps equal values', '[{action: keepequal, source_labels: [a], target_label: a}]', labels],
    ['keepequal drops others', '[{action: keepequal, source_labels: [a], target_label: b}]', 'dropped'],
    ['dropequal drops equal values', '[{action: dropequal, source_labels: [a], target_label: a}]', 'dropped'],
    ['dropequal keeps others', '[{action: dropequal, source_labels: [a], target_label: b}]', labels],
    [
      'hashmod takes the last eight bytes of the MD5',
      '[{action: hashmod, source_labels: [c], modulus: 1000, target_label: d}]',
      { ...labels, d: '976' },
    ],
    ['labelmap copies by name', '[{action: labelmap, regex: "(l)ong_(.*)", replacement: "${1}_$2"}]', { ...labels, l_name: 'X-1' }],
    ['labelmap does not look at what it adds', '[{action: labelmap, regex: "(a+)", replacement: "a$1"}]', { ...labels, aa: 'foo' }],
    ['labeldrop removes by name', '[{action: labeldrop, regex: "[ab]"}]', { c: 'baz', long_name: 'X-1' }],
    ['labelkeep removes the others', '[{action: labelkeep, regex: "[ab]"}]', { a: 'foo', b: 'bar' }],
    ['lowercase', '[{action: lowercase, source_labels: [long_name], target_label: d}]', { ...labels, d: 'x-1' }],
    ['uppercase', '[{action: Uppercase, source_labels: [a], target_label: a}]', { ...labels, a: 'FOO' }],
    [
      'rules see what the rules before them did',
      '[{target_label: d, replacement: x}, {action: drop, source_labels: [d], regex: x}]',
      'dropped',
    ],
  ])('%s', (_title, yaml, expected) => {
    expect(run(labels, yaml)).toEqual(expected);
  });

  it('spreads values over the shards of a hashmod', () => {
    const shards = new Set<string>();
    for (let i = 0; i < 50; i++) {
      const result = run({ x: `host-${i}` }, '[{action: hashmod, source_labels: [x], modulus: 4, target_label: s}]');
      if (result !== 'dropped') shards.add(result.s ?? '');
    }
    expect([...shards].sort()).toEqual(['0', '1', '2', '3']);
  });
});
