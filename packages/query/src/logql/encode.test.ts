import { type Labels, labelsOf } from '@atalaya/model';
import { expect, test } from 'vitest';
import type { LogEntry, LogqlResult } from './answer.ts';
import { encodeLogAnswer, type LogAnswerEncoding } from './encode.ts';

const stats = { linesRead: 40, bytesRead: 4000, linesMatched: 3, execMs: 20 };

function text(result: LogqlResult, encoding?: LogAnswerEncoding): string {
  return new TextDecoder().decode(encodeLogAnswer({ result, stats }, encoding));
}

function withoutStats(result: LogqlResult, encoding?: LogAnswerEncoding): string {
  return text(result, encoding).replace(/,"stats":.*$/s, '');
}

function entry(timestamp: bigint, line: string, stream: Labels, structuredMetadata: Labels = [], parsed: Labels = []): LogEntry {
  const labels = labelsOf([stream, structuredMetadata, parsed].flatMap((set) => pairs(set)));
  return { timestamp, line, labels, categories: { stream, structuredMetadata, parsed } };
}

function pairs(labels: Labels): [string, string][] {
  return labels.flatMap((name, i) => (i % 2 === 0 ? [[name, labels[i + 1]!] as [string, string]] : []));
}

const entries = [
  entry(1_700_000_000_000_000_003n, 'a "quoted"\nline', ['app', 'b'], ['trace', '1']),
  entry(1_700_000_000_000_000_002n, 'second', ['app', 'a'], [], ['code', '200']),
  entry(1_700_000_000_000_000_001n, 'third', ['app', 'b']),
];

test('lines stand under all their labels, streams ordered by those', () => {
  expect(withoutStats({ resultType: 'streams', entries })).toBe(
    '{"status":"success","data":{"resultType":"streams","result":[' +
      '{"stream":{"app":"a","code":"200"},"values":[["1700000000000000002","second"]]},' +
      '{"stream":{"app":"b","trace":"1"},"values":[["1700000000000000003","a \\"quoted\\"\\nline"]]},' +
      '{"stream":{"app":"b"},"values":[["1700000000000000001","third"]]}]',
  );
});

test('with categories lines stand under the labels of their stream, and tell their own', () => {
  expect(withoutStats({ resultType: 'streams', entries }, { categorised: true })).toBe(
    '{"status":"success","data":{"resultType":"streams","encodingFlags":["categorize-labels"],"result":[' +
      '{"stream":{"app":"a"},"values":[["1700000000000000002","second",{"parsed":{"code":"200"}}]]},' +
      '{"stream":{"app":"b"},"values":[["1700000000000000003","a \\"quoted\\"\\nline",{"structuredMetadata":{"trace":"1"}}],' +
      '["1700000000000000001","third",{}]]}]',
  );
});

test.each<[string, LogqlResult]>([
  ['"scalar","result":[1.5,"0.1"]', { resultType: 'scalar', timestamp: 1500, value: 0.1 }],
  ['"streams","result":[]', { resultType: 'streams', entries: [] }],
  ['"vector","result":[]', { resultType: 'vector', timestamp: 0, labels: [], values: new Float64Array(0) }],
  [
    '"vector","result":[{"metric":{"a":"b"},"value":[1.001,"+Inf"]},{"metric":{},"value":[1.001,"NaN"]}]',
    { resultType: 'vector', timestamp: 1001, labels: [['a', 'b'], []], values: Float64Array.of(Infinity, NaN) },
  ],
  [
    // Neither times nor values are written with an exponent.
    '"matrix","result":[{"metric":{"a":"b"},"values":[[1,"1000000000000000000000000"],[1.5,"0.0000001"]]}]',
    {
      resultType: 'matrix',
      labels: [['a', 'b']],
      offsets: Uint32Array.of(0, 2),
      timestamps: Float64Array.of(1000, 1500),
      values: Float64Array.of(1e24, 1e-7),
    },
  ],
])('%s', (wanted, result) => {
  expect(withoutStats(result)).toBe(`{"status":"success","data":{"resultType":${wanted}`);
});

test('the statistics tell what was read, and in which time', () => {
  const body = JSON.parse(text({ resultType: 'streams', entries }, { waitedMs: 1500 })) as {
    data: {
      stats: { summary: Record<string, number>; querier: { store: { chunk: Record<string, number> } }; ingester: object; cache: object };
    };
  };
  expect(body.data.stats.summary).toEqual({
    bytesProcessedPerSecond: 200_000,
    linesProcessedPerSecond: 2000,
    totalBytesProcessed: 4000,
    totalLinesProcessed: 40,
    execTime: 0.02,
    queueTime: 1.5,
    subqueries: 0,
    totalEntriesReturned: 3,
    splits: 0,
    shards: 0,
    totalPostFilterLines: 3,
    totalStructuredMetadataBytesProcessed: 0,
  });
  expect(body.data.stats.querier.store.chunk).toMatchObject({ decompressedLines: 40, decompressedBytes: 4000, postFilterLines: 3 });
  expect(Object.keys(body.data.stats.cache)).toContain('result');
  expect(Object.keys(body.data.stats.ingester)).toContain('totalReached');
});
