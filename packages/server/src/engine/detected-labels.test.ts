import { expect, test } from 'vitest';
import { detectedLabels } from './detected-labels.ts';

test('labels are told with the number of their values, but not those that are identifiers only', () => {
  const uuid = '0b9d2a4e-7d1f-4f3e-9a53-2d7ef1b0c111';
  const streams = [
    ['app', 'web', 'build', '17', 'pod', '1', 'request', uuid],
    ['app', 'db', 'build', '18', 'pod', '2'],
    ['app', 'db', 'build', 'latest'],
  ];
  expect(detectedLabels(streams)).toEqual([
    { label: 'app', cardinality: 2 },
    { label: 'build', cardinality: 3 },
    { label: 'pod', cardinality: 2 },
  ]);
});
