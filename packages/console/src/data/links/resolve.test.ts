import { expect, test } from 'vitest';

import { type Lookup, resolve } from './resolve.ts';

const LOGS: Record<string, readonly string[]> = {
  service_name: ['checkout'],
  job: ['node', 'checkout'],
  host: ['app-1'],
  filename: ['app-1'],
};
const RESOURCES: Record<string, readonly string[]> = { 'service.name': ['checkout', 'web'], 'host.name': ['app-1'] };
const lookup: Lookup = {
  logLabels: async () => Object.keys(LOGS),
  logValues: async (label) => LOGS[label] ?? [],
  resourceValues: async (attribute) => RESOURCES[attribute] ?? [],
};

test('a series’ service and host are found under the first label that has them', async () => {
  const { logs, traces, service } = await resolve({ service_name: 'checkout', instance: 'app-1:9100', span_name: 'GET /' }, lookup);
  expect(logs.map(({ about, query }) => [about, query])).toEqual([
    ['service', '{service_name="checkout"}'],
    ['host', '{host="app-1"}'],
  ]);
  expect(traces.map(({ query }) => query)).toEqual(['{resource.service.name="checkout" && name="GET /"}', '{resource.host.name="app-1"}']);
  expect(service).toBe('checkout');
});

test('what the other signal does not know is not offered', async () => {
  expect(await resolve({ job: 'node', instance: 'elsewhere:9100' }, lookup)).toEqual({
    logs: [{ about: 'service', name: 'node', query: '{job="node"}' }],
    traces: [],
    service: undefined,
  });
  expect(await resolve({ mode: 'idle' }, lookup)).toEqual({ logs: [], traces: [], service: undefined });
});

test('an edge of the service graph leads to the calls themselves', async () => {
  const { traces } = await resolve({ client: 'web', server: 'checkout' }, lookup);
  expect(traces).toEqual([
    { about: 'calls', name: 'web → checkout', query: '{resource.service.name="web"} > {resource.service.name="checkout"}' },
  ]);
});

test('a signal that cannot be asked offers nothing, and takes nothing from the other', async () => {
  const refused = () => Promise.reject(new Error('404'));
  const { logs, traces } = await resolve({ service_name: 'checkout' }, { ...lookup, resourceValues: refused });
  expect([logs.length, traces.length]).toEqual([1, 0]);
  expect((await resolve({ service_name: 'checkout' }, { ...lookup, logLabels: refused })).logs).toEqual([]);
});
