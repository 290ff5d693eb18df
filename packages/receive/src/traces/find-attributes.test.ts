import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AttributeFinder } from './find-attributes.ts';

const span = (attributes: Record<string, string>): PlainSpan => ({
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  start: 1n,
  attributes,
});

function found(finder: AttributeFinder, spans: readonly PlainSpan[], names: number): (string | undefined)[][] {
  const { attributes, rows } = spanBatch(spans);
  finder.find(attributes);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: names }, (__, place) => {
      const start = finder.start(row, place);
      return start < 0 ? undefined : new TextDecoder().decode(attributes.values.subarray(start, finder.end(row, place)));
    }),
  );
}

test('wanted attributes are found in whatever order spans have them, however long names and values are', () => {
  const long = 'n'.repeat(300);
  const names = ['peer.service', 'http.route', long];
  const finder = new AttributeFinder(names);
  const spans = [
    span({ a: '1', 'http.route': '/cart', 'peer.service': 'x'.repeat(40_000) }),
    span({}),
    span({ [long]: 'long', 'peer.servicf': 'no', 'http.route': '' }),
  ];
  expect(found(finder, spans, 3)).toEqual([
    ['x'.repeat(40_000), '/cart', undefined],
    [undefined, undefined, undefined],
    [undefined, '', 'long'],
  ]);
  expect(found(finder, [span({ 'http.route': 'later' })], 3)).toEqual([[undefined, 'later', undefined]]);
});

test('it finds what looking into the plain attributes finds', () => {
  const names = ['a', 'bc', 'def'];
  const finder = new AttributeFinder(names);
  const attributes = fc.dictionary(fc.constantFrom('a', 'bc', 'def', 'b', 'abc', 'cd', ''), fc.string({ maxLength: 200 }), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(fc.array(attributes, { maxLength: 20 }), (all) => {
      expect(found(finder, all.map(span), 3)).toEqual(all.map((each) => names.map((name) => each[name])));
    }),
  );
});
