import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareLabels, decodeLabels, encodeLabels, formatLabels, labelsOf, labelsToRecord, labelValue } from './labels.ts';

test('a label set is sorted, without empty values, the last of equal names kept', () => {
  expect(
    labelsOf([
      ['b', '2'],
      ['a', '1'],
      ['c', ''],
      ['b', '3'],
    ]),
  ).toEqual(['a', '1', 'b', '3']);
  expect(labelValue(labelsOf({ job: 'node' }), 'job')).toBe('node');
  expect(labelValue(labelsOf({ job: 'node' }), 'instance')).toBe('');
});

test('hostile names are data', () => {
  const labels = labelsOf([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  expect(labelsToRecord(labels)['__proto__']).toBe('x');
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

test('printed as Prometheus prints it', () => {
  expect(formatLabels(labelsOf({ __name__: 'up', job: 'a"b\\c\n' }))).toBe('up{job="a\\"b\\\\c\\n"}');
  expect(formatLabels(labelsOf({ __name__: 'up' }))).toBe('up');
  expect(formatLabels([])).toBe('{}');
});

test('the canonical form reads back as what it was', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(fc.dictionary(text, text), (record) => {
      const labels = labelsOf(record);
      expect(decodeLabels(encodeLabels(labels))).toEqual(labels);
    }),
  );
  expect(decodeLabels(encodeLabels(['a', '\uFEFFb\0', 'é', 'c']))).toEqual(['a', '\uFEFFb\0', 'é', 'c']);
  expect(encodeLabels(['a', 'b'])).toEqual(Uint8Array.of(97, 0xff, 98, 0xff));
  expect(() => decodeLabels(new Uint8Array([97, 0xff]))).toThrow(RangeError);
});

test('order is pair by pair, a prefix first', () => {
  expect(compareLabels(['a', '1'], ['a', '1', 'b', '2'])).toBeLessThan(0);
  expect(compareLabels(['a', '2'], ['a', '1', 'b', '2'])).toBeGreaterThan(0);
  expect(compareLabels(['a', '1'], ['a', '1'])).toBe(0);
});
