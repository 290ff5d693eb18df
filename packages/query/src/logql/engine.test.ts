import { AtalayaError, type CancelSignal, labelsOf, ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createLogqlEngine } from './engine.ts';
import type { LogqlLimits } from './limits.ts';
import type { LogReader } from './log-reader.ts';
import { createMemoryLogReader, type MemoryStream } from './memory-log-reader.ts';

const NEVER: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const limits: LogqlLimits = { series: 500, entries: 5000, lines: 1e6, points: 11_000, timeMs: 60_000 };
const SECOND = 1_000_000_000n;

/** Two streams with a line each second, ten of each, at the same times. */
const streams: readonly MemoryStream[] = ['a', 'b'].map((app) => ({
  labels: labelsOf({ job: 'test', app }),
  lines: Array.from({ length: 10 }, (_, i) => ({ timestamp: BigInt(i) * SECOND, text: `${app}${i}`, level: 'info' as const })),
}));

function engine(given: Partial<LogqlLimits> = {}, reader: LogReader = createMemoryLogReader(streams, { blockRows: 4 })) {
  return createLogqlEngine(reader, { clock: new ManualClock(), limits: { ...limits, ...given } });
}

const all = { query: '{job="test"}', startNs: 0n, endNs: 100n * SECOND, stepNs: SECOND };

async function linesOf(asked: Partial<typeof all> & { limit?: number; direction?: 'forward' | 'backward'; intervalNs?: bigint }) {
  const { result } = await engine().range({ ...all, ...asked }, NEVER);
  if (result.resultType !== 'streams') throw new Error(result.resultType);
  return result.entries.map(({ line }) => line);
}

test('the newest lines of all streams come first, and the limit is for all of them together', async () => {
  expect(await linesOf({ limit: 3 })).toEqual(['b9', 'a9', 'b8']);
  expect(await linesOf({ limit: 3, direction: 'forward' })).toEqual(['a0', 'b0', 'a1']);
});

test('lines at the start are in the answer, those at the end are not', async () => {
  expect(await linesOf({ startNs: 2n * SECOND, endNs: 4n * SECOND, direction: 'forward' })).toEqual(['a2', 'b2', 'a3', 'b3']);
  expect(await linesOf({ startNs: 2n * SECOND + 1n, endNs: 3n * SECOND + 1n })).toEqual(['b3', 'a3']);
});

test('an interval passes over lines, of whatever stream, that come too soon', async () => {
  expect(await linesOf({ intervalNs: 3n * SECOND, direction: 'forward' })).toEqual(['a0', 'a3', 'a6', 'a9']);
  expect(await linesOf({ intervalNs: 3n * SECOND + 1n })).toEqual(['b9', 'b5', 'b1']);
});

test('nothing is read any more when the limit is reached', async () => {
  const reader = createMemoryLogReader(streams, { blockRows: 4 });
  let blocks = 0;
  let ended = false;
  const counting: LogReader = {
    counts: reader.counts.bind(reader),
    cost: reader.cost,
    async *lines(...asked) {
      try {
        for await (const block of reader.lines(...asked)) {
          blocks++;
          yield block;
        }
      } finally {
        ended = true;
      }
    },
  };
  await engine({}, counting).range({ ...all, limit: 5 }, NEVER);
  expect({ blocks, ended }).toEqual({ blocks: 2, ended: true });
});

test('the level is one of the labels of lines, and of numbers only where the query names it', async () => {
  const { result } = await engine().range({ ...all, limit: 1 }, NEVER);
  expect(result.resultType === 'streams' && result.entries[0]?.labels).toEqual(labelsOf({ job: 'test', app: 'b', detected_level: 'info' }));
  const plain = await engine().instant({ query: 'count_over_time({app="a"}[1m])', timeNs: 9n * SECOND }, NEVER);
  expect(plain.result).toMatchObject({ labels: [labelsOf({ job: 'test', app: 'a' })] });
  const named = await engine().instant(
    { query: 'max without (x) (rate({app="a"} | detected_level!="" [1m]))', timeNs: 9n * SECOND },
    NEVER,
  );
  expect(named.result).toMatchObject({ labels: [labelsOf({ job: 'test', app: 'a', detected_level: 'info' })] });
});

test('the statistics count what was read and what came through', async () => {
  const { stats } = await engine().instant({ query: 'count_over_time({job="test"} |= "a" [1m])', timeNs: 9n * SECOND }, NEVER);
  expect(stats).toMatchObject({ linesRead: 20, bytesRead: 40, linesMatched: 10 });
});

async function failureOf(work: Promise<unknown>): Promise<AtalayaError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AtalayaError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

test.each<[string, Partial<LogqlLimits>, object, string, RegExp]>([
  ['a text that is no LogQL', {}, { query: '{job=' }, 'BAD_QUERY', /^parse error at line 1, col 6: syntax error/],
  ['a text that is too long', {}, { query: `{job="${'x'.repeat(140_000)}"}` }, 'BAD_QUERY', /input size too long/],
  ['a text nested too deeply', {}, { query: `${'('.repeat(600)}1${')'.repeat(600)}` }, 'BAD_QUERY', /more than 500 parentheses/],
  ['too many lines asked for', {}, { limit: 5001 }, 'QUERY_LIMIT', /max_entries_limit_per_query \(5001 > 5000\)/],
  ['too many steps', {}, { query: 'vector(1)', endNs: 11_001n * SECOND }, 'QUERY_LIMIT', /maximum resolution of 11,000 points/],
  ['a step of nothing', {}, { query: 'vector(1)', stepNs: 0n }, 'BAD_PARAMETER', /zero or negative query resolution step/],
  ['an end before the start', {}, { query: 'vector(1)', endNs: -1n }, 'BAD_PARAMETER', /end timestamp must not be before/],
  ['too many series', { series: 1 }, { query: 'rate({job="test"}[1s])' }, 'QUERY_LIMIT', /maximum number of series \(1\) reached/],
  [
    'too many lines to look at',
    { lines: 10 },
    { query: 'count_over_time({job="test"} | decolorize [1m])' },
    'QUERY_LIMIT',
    /query\.log_lines/,
  ],
  ['too many lines to go through', { lines: 10 }, { query: '{job="test"} | decolorize |= "nothing"' }, 'QUERY_LIMIT', /query\.log_lines/],
  ['too much memory', { memoryBytes: 2000 }, { query: 'rate({job="test"}[1s])' }, 'QUERY_LIMIT', /query\.memory/],
  ['too many lines to hold', { memoryBytes: 2000 }, {}, 'QUERY_LIMIT', /query\.memory/],
  ['too long an answer of lines', { answerBytes: 20 }, {}, 'QUERY_LIMIT', /query\.answer/],
  ['too long an answer of numbers', { answerBytes: 100 }, { query: 'rate({job="test"}[1s])' }, 'QUERY_LIMIT', /query\.answer/],
])('%s', async (_what, given, asked, code, message) => {
  const failure = await failureOf(engine(given).range({ ...all, ...asked }, NEVER));
  expect(failure.code).toBe(code);
  expect(failure.message).toMatch(message);
});

test('lines cannot be asked for at an instant', async () => {
  const failure = await failureOf(engine().instant({ query: '{job="test"}', timeNs: 0n }, NEVER));
  expect(failure.message).toBe('log queries are not supported as an instant query type, please change your query to a range query type');
});

test('a query ends between blocks when it is canceled, and when its time is over', async () => {
  const clock = new ManualClock();
  const signal = { ...NEVER, aborted: false };
  const source = createMemoryLogReader(streams, { blockRows: 4 });
  let after: () => Promise<void> | void = () => undefined;
  const reader: LogReader = {
    counts: source.counts.bind(source),
    cost: source.cost,
    async *lines(...asked) {
      for await (const block of source.lines(...asked)) {
        yield block;
        await after();
      }
    },
  };
  const query = { ...all, query: 'count_over_time({job="test"} | decolorize [1m])' };
  const asked = createLogqlEngine(reader, { clock, limits });
  after = () => {
    signal.aborted = true;
  };
  expect((await failureOf(asked.range(query, signal))).code).toBe('QUERY_CANCELED');
  after = () => clock.advance(60_001);
  expect((await failureOf(asked.range(query, NEVER))).code).toBe('QUERY_TIMEOUT');
});
