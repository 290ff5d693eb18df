import { expect, test } from 'vitest';

import { readInstances } from './instances.ts';

const row = (host: string | undefined, instance: string | undefined, value: number) => ({
  labels: [
    { key: 'resource.host.name', value: host === undefined ? {} : { stringValue: host } },
    { key: 'resource.service.instance.id', value: instance === undefined ? {} : { stringValue: instance } },
  ],
  value,
});

test('instances stand by how busy they are; what no span names is left out', () => {
  expect(readInstances({ series: [row('a', 'x', 1), row('b', 'nil', 5), row('nil', undefined, 9)] })).toEqual([
    { host: 'b', instance: '', spans: 5 },
    { host: 'a', instance: 'x', spans: 1 },
  ]);
  expect(readInstances({})).toEqual([]);
});
