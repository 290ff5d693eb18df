import { AtalayaError } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import { textAttribute, type TestAttribute } from '../encode-for-tests.ts';
import { at, CUMULATIVE, NOW, ofShop, startMetrics } from './receiver-for-tests.ts';

describe('hostile metrics', () => {
  const gauge = (attributesOfPoint: TestAttribute[], metricNameOfPoint = 'm') =>
    ofShop({ name: metricNameOfPoint, gauge: { dataPoints: [{ timeUnixNano: at(0), asInt: '1', attributes: attributesOfPoint }] } });

  it.each([
    ['65 labels', gauge(Array.from({ length: 65 }, (_, i) => textAttribute(`a${i}`, 'x'))), 'label_limit'],
    ['a long label name', gauge([textAttribute('n'.repeat(2000), 'x')]), 'label_limit'],
    ['a long label value', gauge([textAttribute('n', 'x'.repeat(20_000))]), 'label_limit'],
    ['a name of which nothing is left', gauge([], '$.$'), 'invalid_labels'],
    ['an attribute without a name', gauge([textAttribute('', 'x')]), 'invalid_labels'],
    ['an attribute of which nothing is left', gauge([textAttribute('..', 'x')]), 'invalid_labels'],
    ['time 0', ofShop({ name: 'm', gauge: { dataPoints: [{ asInt: '1' }] } }), 'too_old'],
    [
      'the end of time',
      ofShop({ name: 'm', gauge: { dataPoints: [{ timeUnixNano: '18446744073709551615', asInt: '1' }] } }),
      'too_far_in_future',
    ],
    ['no value', ofShop({ name: 'm', gauge: { dataPoints: [{ timeUnixNano: at(0) }] } }), 'no_value'],
    [
      'a temporality that there is not',
      ofShop({ name: 'm', sum: { aggregationTemporality: 3, dataPoints: [{ timeUnixNano: at(0), asInt: '1' }] } }),
      'no_temporality',
    ],
  ])('%s', async (_name, content, reason) => {
    const { send, journal } = startMetrics();
    for (const way of ['protobuf', 'json'] as const)
      expect((await send(way, content))?.message).toContain(`1 of 1 data points were refused: 1 ${reason}`);
    expect(journal.rows).not.toContain(1);
  });

  it('a resource that spans years has target_info for half a day of it', async () => {
    const { send, journal } = startMetrics({ limits: { retentionMs: Infinity } });
    const resource = { attributes: [textAttribute('service.name', 'old'), textAttribute('host.name', 'h')] };
    const dataPoints = [
      { timeUnixNano: '1', asInt: '1' },
      { timeUnixNano: at(0), asInt: '2' },
    ];
    await send('protobuf', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints } }] }] }] });
    expect(Object.keys(journal.stored()['target_info{host_name="h", job="old"}'] ?? {})).toHaveLength(289);
  });

  it('the limit of series refuses points with new ones, whole points only', async () => {
    const { send, journal } = startMetrics({ limits: { series: 3 } });
    const histogram = {
      aggregationTemporality: CUMULATIVE,
      dataPoints: [{ timeUnixNano: at(0), count: '1', sum: 1, explicitBounds: [1], bucketCounts: ['1', '0'] }],
    };
    const answer = await send(
      'protobuf',
      ofShop({ name: 'g', gauge: { dataPoints: [{ timeUnixNano: at(0), asInt: '1' }] } }, { name: 'h', histogram }),
    );
    expect(answer?.message).toContain('1 of 2 data points were refused: 1 series_limit (the limit of 3 active series is reached)');
    expect(journal.stored()).toEqual({ 'g{job="shop"}': { [NOW]: 1 } });
  });

  it.each([
    ['a negative count', '{"histogram":{"dataPoints":[{"count":"-1"}]}}', 'count: '],
    ['a fractional count', '{"summary":{"dataPoints":[{"count":1.5}]}}', 'count: '],
    ['a negative temporality', '{"sum":{"aggregationTemporality":-1}}', 'aggregationTemporality: '],
    ['names with underscores', '{"gauge":{"data_points":[]}}', 'spelled \\"dataPoints\\"'],
    ['a text for a list', '{"gauge":{"dataPoints":"x"}}', 'dataPoints: '],
    ['a text that is no number', '{"gauge":{"dataPoints":[{"asDouble":"x"}]}}', 'asDouble: '],
    ['a scale beyond 32 bits', '{"exponentialHistogram":{"dataPoints":[{"scale":3000000000}]}}', 'scale: '],
    ['a trace id that is too short', '{"gauge":{"dataPoints":[{"exemplars":[{"traceId":"12"}]}]}}', 'traceId: '],
  ])('JSON with %s is refused as a whole', async (_name, content, expected) => {
    const { post, journal } = startMetrics();
    const answer = await post('json', Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${content}]}]}]}`));
    expect([answer.status, String(answer.body)]).toEqual([400, expect.stringContaining(expected)]);
    expect(journal.batches).toEqual([]);
  });

  it('numbers of 64 bits may come as numbers, and keep their digits', async () => {
    const { post, journal } = startMetrics();
    const point = `{"timeUnixNano":${NOW}000000,"asInt":-9007199254740991}`;
    await post(
      'json',
      Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[${point}]}}]}]}]}`),
    );
    expect(journal.stored()).toEqual({ m: { [NOW]: -9007199254740991 } });
  });

  it('whole numbers that are too large for 64 bits are doubles, as SDKs write them', async () => {
    const { post, journal } = startMetrics();
    const point = `{"timeUnixNano":"${NOW}000000","asInt":1e20}`;
    const sum = `{"aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","dataPoints":[${point}]}`;
    await post('json', Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":${sum}}]}]}]}`));
    expect(journal.stored()).toEqual({ m: { [NOW]: 1e20 } });
  });

  it('an error is one of ours', async () => {
    const { receiver } = startMetrics();
    await expect(receiver.export(Buffer.from([10, 255]))).rejects.toBeInstanceOf(AtalayaError);
  });
});
