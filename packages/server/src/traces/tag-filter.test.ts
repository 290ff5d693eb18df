import { printTraceqlField } from '@atalaya/lang';
import { expect, test } from 'vitest';
import { readableConditions } from './tag-filter.ts';

test.each([
  ['', []],
  ['{ }', []],
  ['{ .a = 1 && status = error }', ['.a = 1 && status = error']],
  ['{ .a = 1 || .b = 2 }', ['.a = 1 || .b = 2']],
  ['{ resource.service.name = "shop" && span.http.method = }', ['resource.service.name = "shop"']],
  ['{ span.http.method = && resource.service.name = "shop" && . }', ['resource.service.name = "shop"']],
  ['{ .a = "x && y" && .b = }', []],
  ['{ .a = 1 } && { .b = 2 }', []],
  ['{ .a = 1', []],
  ['nonsense', []],
])('%s', (text, conditions) => {
  expect(readableConditions(text).map((condition) => printTraceqlField(condition))).toEqual(conditions);
});
