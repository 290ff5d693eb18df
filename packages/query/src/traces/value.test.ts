import { expect, test } from 'vitest';
import { attributeValue, compareTexts } from './value.ts';

test('texts are ordered as their bytes are', () => {
  const texts = ['', 'a', 'ab', 'b', 'é', '\uE000', '\uFFFD', '😀', '😀a', '😁'];
  const byBytes = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(texts.toReversed().sort(compareTexts)).toEqual(byBytes);
});

test.each([
  [
    { type: 'int', value: '9223372036854775807' },
    { type: 'int', value: 9_223_372_036_854_775_807n },
  ],
  [
    { type: 'int', value: '-12' },
    { type: 'int', value: -12 },
  ],
  [
    { type: 'double', value: '-Inf' },
    { type: 'double', value: -Infinity },
  ],
  [
    { type: 'array', value: '[1,"a",null]' },
    { type: 'array', value: [{ value: 1 }, { value: 'a' }, { type: 'other' }] },
  ],
  [
    { type: 'array', value: 'broken' },
    { type: 'other', value: 'broken' },
  ],
  [
    { type: 'map', value: '{}' },
    { type: 'other', value: '{}' },
  ],
] as const)('%j is read', (written, value) => {
  expect(attributeValue(written)).toMatchObject(value);
});
