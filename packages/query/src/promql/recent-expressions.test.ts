import type { Expression } from '@atalaya/lang';
import { expect, test } from 'vitest';
import { RecentExpressions } from './recent-expressions.ts';

const tree = (value: number): Expression => ({ kind: 'number', value, start: 0, end: 1 }) as Expression;

test('the least recently used expression goes first, and long ones are not kept', () => {
  const recent = new RecentExpressions();
  for (let i = 0; i < 512; i++) recent.keep(String(i), tree(i));
  expect(recent.get('0')).toEqual(tree(0));
  recent.keep('one more', tree(-1));
  expect(recent.get('0')).toEqual(tree(0));
  expect(recent.get('1')).toBeUndefined();
  expect(recent.get('one more')).toEqual(tree(-1));
  const long = 'x'.repeat(5000);
  expect(recent.keep(long, tree(7))).toEqual(tree(7));
  expect(recent.get(long)).toBeUndefined();
});
