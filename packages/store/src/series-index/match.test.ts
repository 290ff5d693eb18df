import { encodeLabels, type Hash64, hashBytes, type Labels, labelsOf, matchesAll, compileMatcher, type Matcher } from '@atalaya/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchSeries } from './match.ts';
import { SeriesIndex } from './series-index.ts';

function register(index: SeriesIndex, labels: Labels): void {
  const bytes = encodeLabels(labels);
  const hash: Hash64 = { low: 0, high: 0 };
  hashBytes(bytes, 0, bytes.length, 0, hash);
  index.begin();
  index.labelsOf(bytes, 0, bytes.length);
  index.commit(hash.low, hash.high);
  index.touch(index.lastSlot, 100);
}

function indexOf(sets: readonly Labels[]): SeriesIndex {
  const index = new SeriesIndex();
  for (const labels of sets) register(index, labels);
  return index;
}

const name = fc.constantFrom('__name__', 'job', 'instance', 'zone', 'ünï');
const value = fc.constantFrom('', 'a', 'b', 'ab', 'api', 'api-1', 'api-2', 'x\ny', 'ä😀', '.', 'a.b');
const labels = fc.dictionary(name, value).map((record) => labelsOf(record));
const pattern = fc.constantFrom(
  '',
  '.*',
  '.+',
  'a',
  'a|b',
  'a.*',
  '.*b',
  'api-[12]',
  '(a|)',
  'api.*1',
  '.*p.*',
  'a.b',
  'x.y',
  '[^a]+',
  '(?i)API',
  '.',
  'x.*y',
);
const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({ name, operator: fc.constantFrom('=' as const, '!=' as const), value }),
  fc.record({ name: fc.oneof(name, fc.constant('nowhere')), operator: fc.constantFrom('=~' as const, '!~' as const), value: pattern }),
);

describe('matching series', () => {
  it('finds exactly the series that a look at every one finds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(labels, { maxLength: 200, selector: String }), fc.array(matcher, { maxLength: 4 }), (sets, matchers) => {
        const compiled = matchers.map(compileMatcher);
        const wanted = sets.flatMap((set, slot) => (matchesAll(set, compiled) ? [slot] : []));
        expect([...matchSeries(indexOf(sets), matchers, 0, 1000)]).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it('finds them among many, too, where sets are worked on one by one', () => {
    const sets = Array.from({ length: 5000 }, (_, i) =>
      labelsOf({ __name__: `m${i % 7}`, instance: `host-${i}`, ...(i % 3 === 0 ? { zone: `z${i % 5}` } : {}) }),
    );
    const index = indexOf(sets);
    const cases: Matcher[][] = [
      [{ name: 'instance', operator: '=', value: 'host-42' }],
      [
        { name: 'instance', operator: '=', value: 'host-42' },
        { name: 'zone', operator: '=', value: '' },
      ],
      [
        { name: 'instance', operator: '=~', value: 'host-4.*' },
        { name: 'zone', operator: '!=', value: '' },
      ],
      [
        { name: 'instance', operator: '=~', value: 'host-(1|2)[0-9]' },
        { name: '__name__', operator: '!~', value: 'm[0-3]' },
      ],
      [
        { name: 'zone', operator: '!~', value: 'z.' },
        { name: '__name__', operator: '=', value: 'm1' },
      ],
    ];
    for (const matchers of cases) {
      const compiled = matchers.map(compileMatcher);
      expect([...matchSeries(index, matchers, 0, 1000)]).toEqual(sets.flatMap((set, slot) => (matchesAll(set, compiled) ? [slot] : [])));
    }
  });

  it('leaves out series without samples in the range of days', () => {
    const index = indexOf([labelsOf({ a: '1' }), labelsOf({ a: '2' })]);
    index.touch(1, 200);
    expect([...matchSeries(index, [], 150, 300)]).toEqual([1]);
    expect([...matchSeries(index, [], 100, 100)]).toEqual([0, 1]);
    index.remove(0);
    expect([...matchSeries(index, [], 0, 300)]).toEqual([1]);
  });

  it('calls an invalid expression BAD_QUERY', () => {
    expect(() => matchSeries(indexOf([]), [{ name: 'a', operator: '=~', value: '(' }], 0, 1)).toThrow(
      expect.objectContaining({ code: 'BAD_QUERY' }),
    );
  });
});

describe('registering series', () => {
  it('gives back the labels it was given', () => {
    fc.assert(
      fc.property(fc.uniqueArray(labels, { selector: String }), (sets) => {
        const index = indexOf(sets);
        expect(sets.map((_, slot) => index.labels(slot))).toEqual(sets);
      }),
    );
  });

  it('tells a new series from a known one, a removed one and a collision', () => {
    const index = new SeriesIndex();
    const commit = (set: Labels, low: number, high: number): string => {
      const bytes = encodeLabels(set);
      index.begin();
      index.labelsOf(bytes, 0, bytes.length);
      return index.commit(low, high);
    };
    expect(commit(['__name__', 'a'], 1, 0x1001)).toBe('new');
    expect(commit(['__name__', 'a'], 1, 0x1001)).toBe('known');
    expect(commit(['__name__', 'b'], 1, 0x1001)).toBe('collision');
    // Another fingerprint whose lower 44 bits are the same, in the same metric: the ids would be equal.
    expect(commit(['__name__', 'a', 'x', 'y'], 1, 0x2001)).toBe('collision');
    expect(commit(['__name__', 'b', 'x', 'y'], 1, 0x2001)).toBe('new');
    index.remove(0);
    expect(index.count).toBe(1);
    expect(commit(['__name__', 'a'], 1, 0x1001)).toBe('revived');
    expect(index.count).toBe(2);
  });
});
