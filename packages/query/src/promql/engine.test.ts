import type { PromqlFeature } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, labelsOf, ManualClock, writeStaleMarker } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createMemoryReader, type MemorySeries } from '../memory-reader.ts';
import type { SampleReader, SelectRequest } from '../reader.ts';
import { encodeAnswer } from './encode.ts';
import { createPromqlEngine, type PromqlEngineOptions } from './engine.ts';

const never: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const limits = { series: 100, samples: 10_000, points: 100, timeMs: 1000 };

function series(labels: Record<string, string>, ...values: number[]): MemorySeries {
  return { labels: labelsOf(labels), timestamps: Float64Array.from(values, (_, i) => i * 1000), values: Float64Array.from(values) };
}

const up = [series({ __name__: 'up', job: 'a' }, 1, 2, 3), series({ __name__: 'up', job: 'b', zone: 'é"<' }, 1e21, 1e-7, -0.5)];

function engine(options: Partial<PromqlEngineOptions> = {}, reader: SampleReader = createMemoryReader(up)) {
  return createPromqlEngine(reader, { lookbackMs: 300_000, limits, clock: new ManualClock(), ...options });
}

const text = async (answer: ReturnType<ReturnType<typeof engine>['instant']>): Promise<string> =>
  new TextDecoder().decode(encodeAnswer(await answer));

test('answers are written as Prometheus writes them', async () => {
  const promql = engine();
  expect(await text(promql.instant({ query: 'up', timeMs: 1500 }, never))).toBe(
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a"},"value":[1.500,"2"]},{"metric":{"__name__":"up","job":"b","zone":"é\\"<"},"value":[1.500,"1e-07"]}]}}',
  );
  expect(await text(promql.range({ query: 'up{job="b"}', startMs: 0, endMs: 2000, stepMs: 1000 }, never))).toBe(
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"b","zone":"é\\"<"},"values":[[0,"1e+21"],[1,"1e-07"],[2,"-0.5"]]}]}}',
  );
  expect(await text(promql.instant({ query: 'up{job="a"}[1500ms]', timeMs: 2001 }, never))).toBe(
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},"values":[[1,"2"],[2,"3"]]}]}}',
  );
  expect(await text(promql.instant({ query: '1e21', timeMs: 1_435_781_430_781 }, never))).toBe(
    '{"status":"success","data":{"resultType":"scalar","result":[1435781430.781,"1000000000000000000000"]}}',
  );
  expect(await text(promql.instant({ query: '"a\\nb"', timeMs: 0 }, never))).toBe(
    '{"status":"success","data":{"resultType":"string","result":[0,"a\\nb"]}}',
  );
  expect(await text(promql.instant({ query: 'none', timeMs: 0 }, never))).toBe(
    '{"status":"success","data":{"resultType":"vector","result":[]}}',
  );
  expect(await text(promql.range({ query: 'none', startMs: 0, endMs: 1, stepMs: 1 }, never))).toBe(
    '{"status":"success","data":{"resultType":"matrix","result":[]}}',
  );
});

test('what a reader says about gaps is in the warnings, once', async () => {
  const inner = createMemoryReader(up);
  const reader: SampleReader = {
    select: async (...question) => ({ ...(await inner.select(...question)), warnings: ['samples of 2026-01-02 are missing'] }),
  };
  const answer = await engine({}, reader).instant({ query: 'up + up offset 1s', timeMs: 1500 }, never);
  expect(answer.warnings).toEqual(['samples of 2026-01-02 are missing']);
});

test('whole numbers of every size are written in full', async () => {
  const numbers = [
    0,
    -0,
    7,
    10,
    99,
    100,
    -1,
    -2_147_483_648,
    2_147_483_647,
    2_147_483_648,
    9_007_199_254_740_991,
    1e20,
    NaN,
    Infinity,
    -Infinity,
  ];
  const reader = createMemoryReader([series({ __name__: 'n' }, ...numbers)]);
  const answer = await engine({}, reader).range({ query: 'n', startMs: 0, endMs: 14_000, stepMs: 1000 }, never);
  const body = JSON.parse(new TextDecoder().decode(encodeAnswer(answer))) as { data: { result: { values: [number, string][] }[] } };
  expect(body.data.result[0]?.values.map(([, value]) => value)).toEqual(
    '0 -0 7 10 99 100 -1 -2147483648 2147483647 2147483648 9007199254740991 100000000000000000000 NaN +Inf -Inf'.split(' '),
  );
});

test('a limit shortens the answer and says so', async () => {
  const answer = await engine().instant({ query: 'up', timeMs: 0, limit: 1 }, never);
  expect(answer.result).toMatchObject({ resultType: 'vector', labels: [labelsOf({ __name__: 'up', job: 'a' })] });
  expect(answer.warnings).toEqual(['results truncated due to limit']);
  const range = await engine().range({ query: 'up', startMs: 0, endMs: 1000, stepMs: 1000, limit: 1 }, never);
  expect(range.result).toMatchObject({ values: Float64Array.of(1, 2), offsets: Uint32Array.of(0, 2) });
});

test('what was read and said is told with the answer', async () => {
  const answer = await engine().instant({ query: 'rate(up[5m])', timeMs: 2000 }, never);
  expect(answer.stats).toMatchObject({ seriesRead: 2, samplesRead: 6 });
  expect(answer.infos).toEqual(['PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "up" (1:6)']);
});

test('each distinct read is made once, for exactly the times that are needed', async () => {
  const requests: SelectRequest[] = [];
  const inner = createMemoryReader(up);
  const reader: SampleReader = {
    select(request, ...rest) {
      requests.push(request);
      return inner.select(request, ...rest);
    },
  };
  const query = 'up + up offset 1m + rate(up[5m]) + sum_over_time(up[10m:1m] @ 600)';
  await engine({ limits: { ...limits, points: 11_000 } }, reader).range(
    { query, startMs: 1_000_000, endMs: 2_000_000, stepMs: 1000 },
    never,
  );
  const times = requests.map(({ start, end }) => [start, end]);
  expect(times).toEqual([
    // The lookback and the range are both five minutes: one read serves both selectors.
    [700_001, 2_000_000],
    [640_001, 1_940_000],
    // Subquery steps from the first multiple of a minute after 0 up to 600 s.
    [-239_999, 600_000],
  ]);
});

test('stale markers end a series for selectors and are no samples of ranges', async () => {
  const values = Float64Array.of(1, 0, 3);
  writeStaleMarker(values, 1);
  const reader = createMemoryReader([{ labels: labelsOf({ __name__: 'x' }), timestamps: Float64Array.of(0, 1000, 2000), values }]);
  const { result } = await engine({}, reader).range({ query: 'x', startMs: 0, endMs: 2000, stepMs: 500 }, never);
  expect(result).toMatchObject({ timestamps: Float64Array.of(0, 500, 2000), values: Float64Array.of(1, 1, 3) });
  const counted = await engine({}, reader).instant({ query: 'count_over_time(x[5s])', timeMs: 2000 }, never);
  expect(counted.result).toMatchObject({ values: Float64Array.of(2) });
});

test.each([
  ['level[10s] anchored', [10_000, 20_000], [20, 40]],
  ['level[15s] anchored', [5000, 10_000, 20_000], [10, 20, 40]],
  ['level[15s] smoothed', [5000, 10_000, 20_000], [15, 20, 40]],
  ['level[10s] smoothed offset -15s', [25_000, 30_000, 35_000], [30, 20, 20]],
  ['level[10s] smoothed offset 15s', [-5000, 0, 5000], [10, 10, 15]],
  ['level[10s] anchored offset 10m', [], []],
])('%s as a result has a sample on each border', async (query, timestamps, values) => {
  const labels = labelsOf({ __name__: 'level' });
  const times = Float64Array.of(0, 10_000, 20_000, 30_000);
  const reader = createMemoryReader([{ labels, timestamps: times, values: Float64Array.of(10, 20, 40, 20) }]);
  const { result } = await engine({}, reader).instant({ query, timeMs: 20_000 }, never);
  expect(result).toMatchObject({ timestamps: Float64Array.from(timestamps), values: Float64Array.from(values) });
});

test('a subquery as a result loses the names that were to be removed', async () => {
  const features = new Set<PromqlFeature>(['promql-delayed-name-removal']);
  const { result } = await engine({ features }).instant({ query: 'floor(up{job="a"})[2s:1s]', timeMs: 2000 }, never);
  expect(result).toMatchObject({ labels: [labelsOf({ job: 'a' })], values: Float64Array.of(2, 3) });
});

test.each([
  ['sum(', 'BAD_QUERY', 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis'],
  ['start_timestamp(up)', 'NOT_SUPPORTED', 'samples are stored without start timestamps'],
  ['up[0s]', 'BAD_QUERY', 'duration must be greater than 0'],
  [
    'max_over_time(up[5m] anchored)',
    'QUERY_FAILED',
    'anchored modifier can only be used with: changes, delta, increase, rate, resets - not with max_over_time',
  ],
  ['{__name__=~"up"} * 0 * -{__name__=~"up"} > on () group_left up', 'QUERY_FAILED', 'found duplicate series'],
  ['sum_over_time(up[1y:1ms])', 'QUERY_LIMIT', 'query.samples'],
])('%s answers %s', async (query, code, words) => {
  const error = await engine()
    .instant({ query, timeMs: 0 }, never)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AtalayaError);
  expect(error).toMatchObject({ code });
  expect((error as AtalayaError).message).toContain(words);
});

test.each([
  [{ startMs: 0, endMs: 1000, stepMs: 0 }, 'BAD_PARAMETER', 'step'],
  [{ startMs: 1000, endMs: 0, stepMs: 1 }, 'BAD_PARAMETER', 'before start time'],
  [{ startMs: 0, endMs: 101_000, stepMs: 1000 }, 'QUERY_LIMIT', 'query.points'],
])('a range of %o answers %s', async (times, code, words) => {
  const error = await engine()
    .range({ query: 'up', ...times }, never)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code });
  expect((error as AtalayaError).message).toContain(words);
});

test('only vectors and scalars can be asked over a range', async () => {
  const error = await engine()
    .range({ query: 'up[5m]', startMs: 0, endMs: 1, stepMs: 1 }, never)
    .catch((thrown: unknown) => thrown);
  expect((error as AtalayaError).message).toContain('invalid expression type "range vector" for range query');
});

test('reading more than allowed names the limit', async () => {
  await expect(engine({ limits: { ...limits, samples: 5 } }).instant({ query: 'up[5m]', timeMs: 2000 }, never)).rejects.toThrow(
    'query.samples',
  );
  await expect(engine({ limits: { ...limits, series: 1 } }).instant({ query: 'up', timeMs: 0 }, never)).rejects.toThrow('query.series');
});

test('a query ends when its time is over', async () => {
  const clock = new ManualClock();
  const slow = createMemoryReader(up);
  const reader: SampleReader = {
    async select(...request) {
      await clock.advance(2000);
      return slow.select(...request);
    },
  };
  await expect(engine({ clock }, reader).instant({ query: 'up', timeMs: 0 }, never)).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
});

test('a query ends when nobody waits for it any more', async () => {
  const gone: CancelSignal = { ...never, aborted: true };
  await expect(engine().instant({ query: 'up', timeMs: 0 }, gone)).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
});
