import { expect, it } from 'vitest';
import { labelsOf } from './labels.ts';
import { discoverServiceName, withoutServiceName, withServiceName } from './service-name.ts';

it.each([
  [{ job: 'j', container: 'c' }, 'c'],
  [{ service: 's', app: 'a' }, 's'],
  [{ name: 'n', job: 'j' }, 'n'],
  [{ host: 'h' }, 'unknown_service'],
])('the service of %j is %s', (labels, service) => {
  const given = labelsOf(labels);
  expect(discoverServiceName(given)).toBe(service);
  expect(withServiceName(given)).toEqual(labelsOf({ ...labels, service_name: service }));
  expect(withoutServiceName(withServiceName(given))).toEqual(given);
});

it('a service that is named stays as it is', () => {
  const given = labelsOf({ app: 'a', service_name: 's' });
  expect(withServiceName(given)).toBe(given);
});
