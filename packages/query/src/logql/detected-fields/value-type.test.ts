import { expect, test } from 'vitest';
import { commonType, typeOfValue } from './value-type.ts';

test.each([
  ['17', 'int'],
  ['-3', 'int'],
  ['1', 'int'],
  ['1.5', 'float'],
  ['1e9', 'float'],
  ['true', 'boolean'],
  ['f', 'boolean'],
  ['1h30m', 'duration'],
  ['1.5ms', 'duration'],
  ['20µs', 'duration'],
  ['10MB', 'bytes'],
  ['1.5 KiB', 'bytes'],
  ['3GiB', 'bytes'],
  ['alice', 'string'],
  ['', 'string'],
  ['10.0.0.1', 'string'],
])('%j is of type %s', (text, type) => expect(typeOfValue(text)).toBe(type));

test('values of different types are texts, numbers stay numbers', () => {
  expect([commonType('int', 'float'), commonType('int', 'duration'), commonType('bytes', 'bytes')]).toEqual(['float', 'string', 'bytes']);
});
