import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { formatLabels, labelsOf, type Matcher, silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedEngine } from '../../engine/embedded.ts';
import type { Engine } from '../../engine/engine.ts';
import { HOSTILE_TEXTS } from '../../engine/hostile-texts.ts';
import { sql } from '../../sql.ts';
import { openLogStore } from '../log-store.ts';
import { HOUR_NS } from '../log-day.ts';
import type { CountsQuestion, LinesQuestion, TextCondition } from '../read/requests.ts';
import { logRecordOf, type TestLine } from '../records-for-tests.ts';
import type { LogStore } from '../store-interface.ts';
import { connectLogReader, type PortLogReader } from './connect-log-reader.ts';
import { serveLogReader } from './serve-log-reader.ts';

const NOW = BigInt(Date.UTC(2026, 5, 15, 12)) * 1_000_000n;
const never = new AbortController().signal;
const is = (name: string, value: string): Matcher[] => [{ name, operator: '=', value }];
const contains = (...any: string[]): TextCondition => ({ kind: 'contains', any, ignoreCase: false, negated: false });

describe('log reader', () => {
  let folder: string;
  let engine: Engine;
  let store: LogStore;
  let reader: PortLogReader;
  const { port1, port2 } = new MessageChannel();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-log-reader-'));
    engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
    store = await openLogStore({
      engine,
      clock: systemClock,
      log: silentLogger,
      queryLimits: { timeMs: 20_000, memoryBytes: 300_000_000 },
    });
    serveLogReader(store, port1);
    reader = connectLogReader(port2);
  });
  afterAll(async () => {
    port2.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  const question = (matchers: readonly Matcher[], rest: Partial<LinesQuestion> = {}): LinesQuestion => ({
    matchers,
    start: NOW - HOUR_NS / 4n,
    end: NOW + HOUR_NS / 2n,
    direction: 'forward',
    conditions: [],
    attributes: true,
    ...rest,
  });
  const read = async (matchers: readonly Matcher[], rest: Partial<LinesQuestion> = {}): Promise<string[]> => {
    const texts: string[] = [];
    for await (const block of reader.lines(question(matchers, rest), never)) {
      for (let row = 0; row < block.rows; row++) texts.push(block.line(row));
    }
    return texts;
  };
  const count = async (rest: Partial<CountsQuestion> & Pick<CountsQuestion, 'matchers'>): Promise<Record<string, number[][]>> => {
    const all = { conditions: [], origin: NOW - 1n, width: 10n, buckets: 1000, measure: 'lines', ...rest } as const;
    const { groups } = await reader.counts(all, { groups: 100 }, never);
    return Object.fromEntries(
      groups.map(({ labels, buckets, values }) => [formatLabels(labels), Array.from(buckets, (b, i) => [b, values[i]!])]),
    );
  };
  const load = (lines: readonly TestLine[]): Promise<unknown> => store.load([logRecordOf(lines)]);

  it('gives lines in order of time, those of one time in the order in which they came, both ways', async () => {
    const of = (host: string, at: bigint, text: string): TestLine => ({ labels: { job: 'order', host }, at: NOW + at, text });
    await load([of('b', 5n, 'second'), of('a', 1n, 'first'), of('b', 5n, 'third')]);
    await load([of('a', 5n, 'fourth'), of('c', 0n, 'zeroth')]);
    const expected = ['zeroth', 'first', 'second', 'third', 'fourth'];
    expect(await read(is('job', 'order'))).toEqual(expected);
    expect(await read(is('job', 'order'), { direction: 'backward' })).toEqual(expected.toReversed());
    expect(await read(is('job', 'order'), { start: NOW + 1n, end: NOW + 5n })).toEqual(['first']);
    expect(await read([...is('job', 'order'), { name: 'host', operator: '!=', value: 'b' }])).toEqual(['zeroth', 'first', 'fourth']);
    expect(await read(is('job', 'nothing'))).toEqual([]);
  });

  it('tells streams, times, levels, lengths and attributes', async () => {
    await load([
      {
        labels: { job: 'fields' },
        at: NOW,
        text: 'ä',
        level: 'error',
        attributes: ['z.last', '1', '0first', 'x', 'empty', ''],
        traceId: 'f'.repeat(32),
      },
    ]);
    await load([
      {
        labels: { job: 'fields', service_name: 's' },
        details: {
          serviceName: 's',
          resourceSchemaUrl: '',
          resourceAttributes: { 'service.name': 's', 'host.name': 'h' },
          scopeSchemaUrl: '',
          scopeName: 'lib',
          scopeVersion: '2',
          scopeAttributes: {},
        },
        at: NOW + 1n,
        text: '',
        attributes: ['http.method', 'GET'],
        traceId: 'e'.repeat(32),
        severityText: 'INFO',
        severityNumber: 9,
      },
    ]);
    const rows: unknown[] = [];
    for await (const block of reader.lines(question(is('job', 'fields')), never)) {
      for (let row = 0; row < block.rows; row++) {
        const { labels } = block.streams[block.streamOf[row]!]!;
        rows.push([labels.join(), block.timestamps[row]! - NOW, block.level(row), block.lineBytes(row), block.attributes(row)]);
      }
    }
    expect(rows).toEqual([
      ['job,fields', 0n, 'error', 2, ['empty', '', 'key_0first', 'x', 'z_last', '1']],
      [
        'job,fields,service_name,s',
        1n,
        'unknown',
        0,
        [
          'host_name',
          'h',
          'http_method',
          'GET',
          'scope_name',
          'lib',
          'scope_version',
          '2',
          'severity_number',
          '9',
          'severity_text',
          'INFO',
          'trace_id',
          'e'.repeat(32),
        ],
      ],
    ]);
    // Without attributes they are not read.
    for await (const block of reader.lines(question(is('job', 'fields'), { attributes: false }), never))
      expect(block.attributes(0)).toEqual([]);
  });

  it('reads many lines in several portions, all and each once, and ends early when nobody wants more', async () => {
    const lines = Array.from({ length: 7000 }, (_, i) => ({
      labels: { job: 'many', host: i < 3000 ? 'h0' : `h${i % 7}` },
      // Thousands at one time, and gaps.
      at: NOW + (i < 3000 ? 5n : BigInt(i) * 1_000_000_000n) - HOUR_NS / 2n,
      text: `line ${i}`,
    }));
    await load(lines);
    const expected = lines.map(({ text }) => text);
    const wide = { start: NOW - HOUR_NS, end: NOW + 5n * HOUR_NS };
    expect(await read(is('job', 'many'), wide)).toEqual(expected);
    expect(await read(is('job', 'many'), { ...wide, expected: 10 })).toEqual(expected);
    expect(await read(is('job', 'many'), { ...wide, expected: 10, direction: 'backward' })).toEqual(expected.toReversed());
    const before = reader.cost.linesRead;
    const streams = new Set<unknown>();
    for await (const block of reader.lines(question(is('job', 'many'), { ...wide, expected: 5, direction: 'backward' }), never)) {
      for (const stream of block.streams) streams.add(stream);
      expect(block.line(0)).toBe('line 6999');
      break;
    }
    expect(streams.size).toBeLessThanOrEqual(7);
    expect(reader.cost.linesRead).toBeGreaterThan(before);
  });

  it('gives the same stream object in all blocks of a reading', async () => {
    const streams = new Map<string, unknown>();
    for await (const block of reader.lines(question(is('job', 'many'), { end: NOW + 5n * HOUR_NS, expected: 1 }), never)) {
      for (const stream of block.streams) {
        const key = stream.labels.join();
        expect(streams.get(key) ?? stream).toBe(stream);
        streams.set(key, stream);
      }
    }
    expect(streams.size).toBe(7);
  });

  const TEXTS = [
    'GET /api/users?id=7 200',
    'level=error msg="connection refused"',
    'Error: ECONNREFUSED\n    at connect (net.js:1)',
    'ÄRGER im Büro',
    'ärger IM büro',
    '100% done_',
    'kKelvin \u212a and long \u017f',
    'a.b*c',
    'line one\nline two',
    '',
    'tab\tand \\ backslash',
    '日本語のログ',
  ];
  const conditions: [string, TextCondition, (text: string) => boolean][] = [
    ['a word', contains('refused'), (text) => text.includes('refused')],
    ['part of a word', contains('onnectio'), (text) => text.includes('onnectio')],
    ['no whole word', contains('="'), (text) => text.includes('="')],
    ['one character', contains('%'), (text) => text.includes('%')],
    ['signs of patterns', contains('_', 'a.b*'), (text) => text.includes('_') || text.includes('a.b*')],
    ['over a line feed', contains('REFUSED\n    at'), (text) => text.includes('REFUSED\n    at')],
    ['other scripts', contains('語の'), (text) => text.includes('語の')],
    ['the empty text', contains(''), () => true],
    ['none of two', { kind: 'contains', any: ['GET', 'rror'], ignoreCase: false, negated: true }, (text) => !/GET|rror/.test(text)],
    ['a word in any case', { kind: 'contains', any: ['error'], ignoreCase: true, negated: false }, (text) => /error/i.test(text)],
    [
      'letters beyond ASCII in any case',
      { kind: 'contains', any: ['ärger im BÜRO'], ignoreCase: true, negated: false },
      (text) => /ärger im büro/iu.test(text),
    ],
    [
      'k and s in any case',
      { kind: 'contains', any: ['K AND LONG S'], ignoreCase: true, negated: false },
      (text) => text.includes('Kelvin'),
    ],
    ['not a word in any case', { kind: 'contains', any: ['ERROR'], ignoreCase: true, negated: true }, (text) => !/error/i.test(text)],
    ['an expression', { kind: 'matches', any: ['id=\\d+ 2..'], negated: false }, (text) => /id=\d+ 2../.test(text)],
    ['a dot is no line feed', { kind: 'matches', any: ['one.line'], negated: false }, () => false],
    ['unless it is told', { kind: 'matches', any: ['(?s)one.line'], negated: false }, (text) => /one.line/s.test(text)],
    ['alternatives with flags', { kind: 'matches', any: ['(?i)get|REFUSED'], negated: false }, (text) => /get|refused/i.test(text)],
    ['one of two expressions', { kind: 'matches', any: ['^tab', 'c$'], negated: false }, (text) => /^tab|c$/.test(text)],
    ['none of an expression', { kind: 'matches', any: ['[a-z]{4,}'], negated: true }, (text) => !/[a-z]{4,}/.test(text)],
    ['anchors of lines', { kind: 'matches', any: ['(?m)^line two$'], negated: false }, (text) => /^line two$/m.test(text)],
    ['an expression that matches nothing', { kind: 'matches', any: [''], negated: false }, () => true],
  ];

  it.each(conditions)('finds lines by %s', async (_, condition, holds) => {
    const seen = await read(is('job', 'texts'), { conditions: [condition] });
    if (seen.length === 0 && (await read(is('job', 'texts'))).length === 0) {
      await load(TEXTS.map((text, i) => ({ labels: { job: 'texts' }, at: NOW + BigInt(i), text })));
    }
    expect(await read(is('job', 'texts'), { conditions: [condition] })).toEqual(TEXTS.filter(holds));
    const counted = await count({ matchers: is('job', 'texts'), conditions: [condition], by: [] });
    expect((counted['{}'] ?? []).reduce((sum, [, value]) => sum + value!, 0)).toBe(TEXTS.filter(holds).length);
  });

  it('finds lines whose bytes are not UTF-8, by what is shown of them', async () => {
    await load([{ labels: { job: 'bytes' }, at: NOW, text: Uint8Array.of(0x61, 0xff, 0x62, 0, 0x63) }]);
    expect(await read(is('job', 'bytes'))).toEqual(['a\ufffdb\0c']);
    expect(await read(is('job', 'bytes'), { conditions: [{ kind: 'matches', any: ['a.b'], negated: false }] })).toHaveLength(1);
    expect(await read(is('job', 'bytes'), { conditions: [contains('b\0c')] })).toHaveLength(1);
  });

  it('finds every text in every mixture of bytes, whatever the index makes of it', { timeout: 60_000 }, async () => {
    const pieces = ['abc', 'Qrs', 'k', ' = ', 'é', '語', '😀', '%_', '\\', '\u212a', 'İ'].map((text) => Buffer.from(text));
    const stray = [
      Buffer.of(0xf0),
      Buffer.of(0xe2, 0x82),
      Buffer.of(0xc3),
      Buffer.of(0xff, 0x80),
      Buffer.of(0),
      Buffer.of(0xed, 0xa0, 0x80),
    ];
    let state = 7;
    const below = (limit: number): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % limit;
    for (let turn = 0; turn < 15; turn++) {
      const some = (from: readonly Buffer[], length: number): Buffer[] => Array.from({ length }, () => from[below(from.length)]!);
      // What a user can type, between bytes that nobody can; of it the index holds each piece.
      const needle = Buffer.concat([Buffer.from(`w${turn}`), ...some(pieces, 3)]).toString();
      const text = Buffer.concat([...some([...pieces, ...stray], 6), ...some(stray, 1), Buffer.from(needle), ...some(stray, 1)]);
      // A part of the table for each, so that the index alone can leave it out.
      await load([{ labels: { job: `mixture ${turn}` }, at: NOW + BigInt(turn), text }]);
      const of = is('job', `mixture ${turn}`);
      for (const condition of [
        contains(needle),
        { ...contains(needle.toUpperCase() === needle ? needle : needle.replace('abc', 'ABC')), ignoreCase: true },
        { kind: 'matches', any: [`x|${quote(needle)}`], negated: false },
        { kind: 'matches', any: [`(?i)${quote(needle)}`], negated: false },
      ] as TextCondition[]) {
        expect([needle, condition, await read(of, { conditions: [condition] })]).toEqual([needle, condition, [text.toString()]]);
      }
    }
  });

  const byLabel = (name: string, operator: Matcher['operator'], value: string): TextCondition => ({
    kind: 'label',
    matcher: { name, operator, value },
  });
  it.each<[string, TextCondition, string[]]>([
    ['an attribute', byLabel('level', '=', 'info'), ['1']],
    ['a label of the stream, before an attribute', byLabel('host', '=', 'h1'), ['0', '1', '2']],
    ['an attribute where the stream has no such label', byLabel('host', '=~', 'o.+'), ['3']],
    ['an attribute that goes by another name', byLabel('host_extracted', '=', 'attribute'), ['2']],
    ['an attribute whose name was made valid', byLabel('http_method', '=~', 'G.T'), ['3', '4']],
    ['a name that was given a beginning', byLabel('key_4xx', '=', 'y'), ['1']],
    ['no such label', byLabel('level', '=', ''), ['0', '2', '3', '4']],
    ['anything but', byLabel('http_method', '!=', 'GET'), ['0', '1', '2', '4']],
    ['anything but, or nothing', byLabel('http_method', '!~', 'GET|'), ['4']],
    ['the level that was detected', byLabel('detected_level', '=~', 'warn|error'), ['2']],
    ['a field of OTLP', byLabel('severity_text', '=', 'INFO'), ['4']],
    ['the scope', byLabel('scope_name', '=', 'lib'), ['4']],
    ['the resource', byLabel('host_name', '=~', '.+'), ['4']],
    ['a trace id that is no label', byLabel('trace_id', '!=', ''), ['4']],
    ['a resource attribute that is a label of the stream', byLabel('service_name', '=', 'svc'), ['4']],
  ])('finds lines by %s', async (_, condition, expected) => {
    if ((await read(is('job', 'labels'))).length === 0) {
      const labels = { job: 'labels', host: 'h1' };
      const trace = 'a'.repeat(32);
      await load([
        { labels, at: NOW, text: '0' },
        { labels, at: NOW + 1n, text: '1', attributes: ['level', 'info', '4xx', 'y'], traceId: trace },
        { labels, at: NOW + 2n, text: '2', attributes: ['host', 'attribute'], level: 'warn' },
        { labels: { job: 'labels' }, at: NOW + 3n, text: '3', attributes: ['http.method', 'GET', 'host', 'own'] },
        {
          labels: { job: 'labels', service_name: 'svc' },
          details: {
            serviceName: 'svc',
            resourceSchemaUrl: '',
            resourceAttributes: { 'host.name': 'h', 'service.name': 'hidden' },
            scopeSchemaUrl: '',
            scopeName: 'lib',
            scopeVersion: '',
            scopeAttributes: { 'http.method': 'hidden' },
          },
          at: NOW + 4n,
          text: '4',
          attributes: ['http/method', 'GOT'],
          severityText: 'INFO',
          traceId: trace,
        },
      ]);
    }
    expect(await read(is('job', 'labels'), { conditions: [condition] })).toEqual(expected);
  });

  it('finds lines that a collector put into the table, as a stream of their service', async () => {
    await engine.execute(sql`INSERT INTO otel_logs (Timestamp, ServiceName, Body, SeverityNumber, SeverityText, ResourceAttributes, LogAttributes) VALUES
      (fromUnixTimestamp64Nano(toInt64(${NOW})), 'collected', 'by a collector', 17, 'Error', map('service.name', 'collected', 'host.name', 'h'), map('http.method', 'PUT'))`);
    await store.enforceRetention();
    const rows: unknown[] = [];
    for await (const block of reader.lines(question(is('service_name', 'collected')), never)) {
      rows.push([block.streams[0]?.labels, block.line(0), block.level(0), block.attributes(0)]);
    }
    const attributes = ['host_name', 'h', 'http_method', 'PUT', 'severity_number', '17', 'severity_text', 'Error'];
    expect(rows).toEqual([[['service_name', 'collected'], 'by a collector', 'error', attributes]]);
    expect(await read(is('service_name', 'collected'), { conditions: [byLabel('http_method', '=', 'PUT')] })).toHaveLength(1);
  });

  it('counts lines and bytes by time and labels', async () => {
    const of = (host: string, at: bigint, text: string, attributes: string[] = []): TestLine => ({
      labels: { job: 'counted', host },
      at: NOW + at,
      text,
      attributes,
      level: at > 5n ? 'error' : 'info',
    });
    await load([
      of('a', 0n, 'xx'),
      of('a', 9n, 'yyy'),
      of('a', 10n, 'z', ['code', '1']),
      of('b', 10n, ''),
      of('b', 29n, 'äö', ['host', 'own']),
    ]);
    const matchers = is('job', 'counted');
    expect(await count({ matchers, by: [] })).toEqual({
      '{}': [
        [0, 2],
        [1, 2],
        [2, 1],
      ],
    });
    expect(await count({ matchers, by: ['host'] })).toEqual({
      '{host="a"}': [
        [0, 2],
        [1, 1],
      ],
      '{host="b"}': [
        [1, 1],
        [2, 1],
      ],
    });
    expect(await count({ matchers, by: ['detected_level', 'nothing'], measure: 'bytes' })).toEqual({
      '{detected_level="info"}': [[0, 2]],
      '{detected_level="error"}': [
        [0, 3],
        [1, 1],
        [2, 4],
      ],
    });
    expect(await count({ matchers })).toEqual({
      '{host="a", job="counted"}': [[0, 2]],
      '{code="1", host="a", job="counted"}': [[1, 1]],
      '{host="b", job="counted"}': [[1, 1]],
      '{host="b", host_extracted="own", job="counted"}': [[2, 1]],
    });
    // The left end of a bucket is not part of it.
    expect(await count({ matchers, origin: NOW, by: [] })).toEqual({
      '{}': [
        [0, 3],
        [2, 1],
      ],
    });
    await expect(
      reader.counts({ matchers, conditions: [], origin: NOW - 1n, width: 10n, buckets: 5, measure: 'lines' }, { groups: 2 }, never),
    ).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
  });

  it.each(HOSTILE_TEXTS.filter((text) => text !== ''))('takes a hostile text for the text it is: %j', async (text) => {
    const job = `hostile ${HOSTILE_TEXTS.indexOf(text)}`;
    const line: TestLine = { labels: labelRecord(job, text), at: NOW, text: `<${text}>`, attributes: ['attribute', text] };
    await load([line, { labels: { job }, at: NOW, text: 'another', attributes: ['attribute', 'another'] }]);
    const found = [`<${Buffer.from(text).toString()}>`];
    const conditions: TextCondition[] = [
      contains(`<${text}>`),
      { kind: 'contains', any: [`<${text.toUpperCase()}`], ignoreCase: true, negated: false },
      { kind: 'matches', any: [quote(`<${text}`)], negated: false },
      byLabel('attribute', '=', text),
      byLabel('attribute', '=~', quote(text)),
      byLabel('attribute', '!=', `${text}.`),
    ];
    expect(await read([...is('job', job), { name: 'text', operator: '=', value: text }], { conditions })).toEqual(found);
    expect(await read(is('job', job), { conditions: [byLabel(text, '=', 'no such value')] })).toEqual([]);
    expect(Object.keys(await count({ matchers: is('job', job), by: ['attribute', text] }))).toHaveLength(2);
  });

  it('estimates what a reading would look at by the indexes alone', async () => {
    const estimate = async (matchers: readonly Matcher[], conditions: readonly TextCondition[] = []): Promise<number> =>
      (await reader.estimate(question(matchers, { conditions }), never)).lines;
    await store.load([logRecordOf([{ labels: { app: 'estimated' }, at: NOW, text: 'there is a dromedary here' }])]);
    expect(await estimate(is('app', 'estimated'))).toBeGreaterThan(0);
    expect(await estimate(is('app', 'estimated'), [contains('dromedary')])).toBeGreaterThan(0);
    expect(await estimate([], [contains('no such words zzyzxq anywhere')])).toBe(0);
    expect(await estimate(is('app', 'never heard of'))).toBe(0);
    // What the engine would refuse does not keep anybody from asking.
    expect(await estimate(is('app', 'estimated'), [{ kind: 'matches', any: ['a{1001}'], negated: false }])).toBeGreaterThan(0);
  });

  it('counts lines with an empty attribute apart from those without', async () => {
    const at = NOW + 88n;
    const labels = { app: 'empty' };
    await store.load([
      logRecordOf([
        { labels, at, text: 'one', attributes: ['name', ''] },
        { labels, at, text: 'two' },
      ]),
    ]);
    const counted = await count({ matchers: is('app', 'empty'), origin: at - 1n, width: 1n, buckets: 1 });
    expect(counted).toEqual({ '{app="empty", name=""}': [[0, 1]], '{app="empty"}': [[0, 1]] });
  });

  it('finds streams by the service that was discovered, and tells it to those who ask for it', async () => {
    const at = NOW + 77n;
    const [discovered, named] = [{ app: 'found' }, { app: 'called', service_name: 'found' }];
    await store.load([
      logRecordOf([
        { labels: discovered, at, text: 'one' },
        { labels: named, at, text: 'two' },
      ]),
    ]);
    const found = is('service_name', 'found');
    const streams = async (rest: Partial<LinesQuestion>): Promise<string[]> => {
      const labels = new Set<string>();
      for await (const block of reader.lines(question(found, rest), never))
        for (const stream of block.streams) labels.add(formatLabels(stream.labels));
      return [...labels].sort();
    };
    expect(await streams({})).toEqual(['{app="called", service_name="found"}', '{app="found"}']);
    expect(await streams({ discovered: true })).toEqual(['{app="called", service_name="found"}', '{app="found", service_name="found"}']);
    const one = { matchers: found, origin: at - 1n, width: 1n, buckets: 1 };
    expect(await count(one)).toEqual({ '{app="called", service_name="found"}': [[0, 1]], '{app="found"}': [[0, 1]] });
    expect(Object.keys(await count({ ...one, discovered: true }))).toContain('{app="found", service_name="found"}');
    expect(await count({ ...one, by: ['service_name'] })).toEqual({ '{service_name="found"}': [[0, 2]] });
    // The next run knows it from the table.
    const again = await openLogStore({ engine, clock: systemClock, log: silentLogger });
    const series = again.series({ matcherSets: [found], start: NOW, end: NOW + HOUR_NS });
    expect(series.map(formatLabels).sort()).toEqual(['{app="called", service_name="found"}', '{app="found", service_name="found"}']);
  });

  it('rejects an expression that is none with BAD_QUERY, and can be asked again', async () => {
    const wrong: Matcher = { name: 'job', operator: '=~', value: '(' };
    await expect(read([wrong])).rejects.toMatchObject({ code: 'BAD_QUERY' });
    await expect(read([], { conditions: [{ kind: 'label', matcher: { ...wrong, name: 'x' } }] })).rejects.toMatchObject({
      code: 'BAD_QUERY',
    });
    expect(await read(is('job', 'order'))).toHaveLength(5);
  });

  it('leaves it to the reader to look at lines when the engine does not take an expression, and says so when it has to count', async () => {
    const conditions: TextCondition[] = [{ kind: 'matches', any: ['('], negated: false }, contains('th')];
    await load(['this', 'that', 'other', 'no'].map((text, i) => ({ labels: { job: 'expression' }, at: NOW + BigInt(i), text })));
    expect(await read(is('job', 'expression'), { conditions })).toEqual(['this', 'that', 'other']);
    await expect(count({ matchers: is('job', 'expression'), conditions })).rejects.toMatchObject({ code: 'BAD_QUERY' });
  });

  it('ends at once when the signal is aborted', async () => {
    const aborter = new AbortController();
    const reading = reader.lines(question([]), aborter.signal)[Symbol.asyncIterator]();
    const first = reading.next();
    aborter.abort();
    await expect(first).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
    await expect(
      reader.counts({ matchers: [], conditions: [], origin: NOW, width: 1n, buckets: 1, measure: 'lines' }, { groups: 1 }, aborter.signal),
    ).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
  });

  it('sees what was taken in before it asked, also before it is loaded', async () => {
    store.take(logRecordOf([{ labels: { job: 'fresh' }, at: NOW, text: 'fresh' }]));
    expect(await read(is('job', 'fresh'))).toEqual(['fresh']);
  });

  it('reads lines of a megabyte', async () => {
    const text = 'long '.repeat(200_000);
    await load(Array.from({ length: 30 }, (_, i) => ({ labels: { job: 'long' }, at: NOW + BigInt(i), text: `${i} ${text}` })));
    expect((await read(is('job', 'long'))).map((line) => line.length)).toEqual(Array.from({ length: 30 }, (_, i) => `${i} ${text}`.length));
    expect(await engine.query(sql`SELECT 1`)).toMatchObject({ rowsRead: 1 });
  });
});

const quote = (text: string): string => text.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);

function labelRecord(job: string, text: string): Record<string, string> {
  return Object.fromEntries(pairs(labelsOf({ job, ...(text === '' ? {} : { text }) })));
}

function pairs(labels: readonly string[]): [string, string][] {
  return labels.flatMap((name, i) => (i % 2 === 0 ? [[name, labels[i + 1]!] as [string, string]] : []));
}
