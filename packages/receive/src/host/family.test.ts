import { expect, test } from 'vitest';
import { Families, Family } from './family.ts';

test('a family renders its help, its type and its samples', () => {
  const family = new Family('node_load1', 'gauge', '1m load average.').add(0.25);
  expect(family.render()).toBe('# HELP node_load1 1m load average.\n# TYPE node_load1 gauge\nnode_load1 0.25\n');
});

test('labels and help are escaped as the exposition format wants it', () => {
  const family = new Family('m', 'untyped', 'a "b" \\ c\nd').info({ path: 'C:\\x "y"\nz' });
  expect(family.render()).toBe('# HELP m a "b" \\\\ c\\nd\n# TYPE m untyped\nm{path="C:\\\\x \\"y\\"\\nz"} 1\n');
});

test('values that are not finite have the names of the format', () => {
  const family = new Family('m', 'gauge', '').add(Infinity).add(-Infinity).add(NaN).add(1.8446744073709552e19);
  expect(family.render().split('\n').slice(2, -1)).toEqual(['m +Inf', 'm -Inf', 'm NaN', 'm 18446744073709552000']);
});

test('a family named twice is one family; without samples it does not appear', () => {
  const families = new Families();
  families.counter('a', 'A').add(1, 'x', '1');
  families.gauge('b', 'B');
  families.counter('a', 'A').add(2, 'x', '2');
  expect(families.render()).toBe('# HELP a A\n# TYPE a counter\na{x="1"} 1\na{x="2"} 2\n');
});
