import { describe, expect, it } from 'vitest';
import { textAttribute } from '../encode-for-tests.ts';
import { at, NOW, ofShop, startMetrics, WAYS } from './receiver-for-tests.ts';

describe.each(WAYS)('labels of OTLP metrics as %s', (way) => {
  it('attributes become labels; those that collide are joined in the order of their names', async () => {
    const { send, journal } = startMetrics();
    const attributes = [
      textAttribute('http_route', 'second'),
      textAttribute('http.route', 'first'),
      { key: 'ok', value: { boolValue: true } },
      { key: 'n', value: { intValue: '9223372036854775807' } },
      { key: 'x', value: { doubleValue: 0.1 } },
      { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } } },
      { key: 'map', value: { kvlistValue: { values: [textAttribute('k', 'v')] } } },
      { key: 'bytes', value: { bytesValue: 'AQI=' } },
      { key: 'none', value: {} },
      textAttribute('twice', '1'),
      textAttribute('twice', '2'),
      textAttribute('__name__', 'other'),
      textAttribute('__proto__', 'data'),
      textAttribute('job', 'mine'),
      textAttribute('e.mpty', ''),
      textAttribute('e_mpty', 'not'),
    ];
    await send(way, ofShop({ name: 'm', gauge: { dataPoints: [{ timeUnixNano: at(0), asInt: '1', attributes }] } }));
    expect(Object.keys(journal.stored())).toEqual([
      'm{__proto__="data", bytes="AQI=", e_mpty="not", http_route="first;second", job="shop", list="[\\"a\\",1]", map="{\\"k\\":\\"v\\"}", n="9223372036854775807", ok="true", twice="1;2", x="0.1"}',
    ]);
  });

  it('resources become job, instance and target_info', async () => {
    const { send, journal } = startMetrics();
    const metric = (seconds: number[]) => ({
      name: 'up.time',
      gauge: { dataPoints: seconds.map((second) => ({ timeUnixNano: at(second), asInt: '1' })) },
    });
    const identity = [
      textAttribute('service.namespace', 'eu'),
      textAttribute('service.name', 'shop'),
      textAttribute('service.instance.id', 'a1'),
    ];
    const host = [...identity, textAttribute('host.name', 'web'), textAttribute('host_name', 'again')];
    await send(way, {
      resourceMetrics: [
        { resource: { attributes: host }, scopeMetrics: [{ metrics: [metric([-400])] }, { metrics: [metric([0])] }] },
        { resource: { attributes: identity.slice(1) }, scopeMetrics: [{ metrics: [metric([0])] }] },
        { resource: { attributes: [textAttribute('host.name', 'nobody')] }, scopeMetrics: [{ metrics: [metric([0])] }] },
      ],
    });
    expect(journal.stored()).toEqual({
      'up_time{instance="a1", job="eu/shop"}': { [NOW - 400_000]: 1, [NOW]: 1 },
      'target_info{host_name="web;again", instance="a1", job="eu/shop"}': {
        [NOW - 400_000]: 1,
        [NOW - 250_000]: 1,
        [NOW - 100_000]: 1,
        [NOW]: 1,
      },
      'up_time{instance="a1", job="shop"}': { [NOW]: 1 },
      up_time: { [NOW]: 1 },
    });
  });

  it('promotes attributes of resources and scopes as configured', async () => {
    const { send, journal, translate } = startMetrics({
      translation: { resourceAttributes: new Set(['host.name', 'route']), keepIdentifying: true, promoteScope: true },
    });
    const request = (second: number) => ({
      resourceMetrics: [
        {
          resource: {
            attributes: [textAttribute('service.name', 'shop'), textAttribute('host.name', 'web'), textAttribute('route', 'no')],
          },
          scopeMetrics: [
            {
              scope: { name: 'lib', version: '1.2', attributes: [textAttribute('lib.kind', 'db'), textAttribute('name', 'not this')] },
              schemaUrl: 'https://example.test/1',
              metrics: [
                { name: 'm', gauge: { dataPoints: [{ timeUnixNano: at(second), asInt: '1', attributes: [textAttribute('route', '/')] }] } },
              ],
            },
          ],
        },
      ],
    });
    await send(way, request(0));
    translate({ strategy: 'NoTranslation', promoteAll: true, resourceAttributes: new Set(['route']), promoteScope: false });
    await send(way, request(1));
    expect(Object.keys(journal.stored())).toEqual([
      'm{host_name="web", job="shop", otel_scope_lib_kind="db", otel_scope_name="lib", otel_scope_schema_url="https://example.test/1", otel_scope_version="1.2", route="/"}',
      'target_info{host_name="web", job="shop", route="no", service_name="shop"}',
      'm{host.name="web", job="shop", route="/", service.name="shop"}',
      'target_info{host.name="web", job="shop", route="no", service.name="shop"}',
    ]);
  });
});
