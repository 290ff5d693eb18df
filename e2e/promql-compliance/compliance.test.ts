/** The same expressions over the same data in Debian's Prometheus 2.42 and here: equal, but for what 2.42 must answer otherwise. */

import { FUNCTIONS } from '@atalaya/lang';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Program } from '../../bench/processes.ts';
import { requireProgram } from '../../testing/programs.ts';
import { discard, type RunningAtalaya, startAtalaya } from '../atalaya.ts';
import { loaded } from '../crash-rounds.ts';
import { startPrometheus } from '../prometheus-program.ts';
import { write } from '../write.ts';
import { difference, query } from './compare.ts';
import { dataset } from './dataset.ts';
import { type Case, CASES } from './expressions.ts';
import { END, START, STEP } from './times.ts';

const missing = requireProgram('prometheus', 'apt-get install prometheus');
/** Samples of one write request: a whole quarter of an hour of all series, in order of time as Prometheus wants them. */
const SLICE_MS = 15 * 60_000;

async function send(url: string): Promise<void> {
  const series = dataset();
  const times = series.flatMap(({ samples = [] }) => samples.map(({ timestamp }) => timestamp));
  const end = times.reduce((latest, time) => Math.max(latest, time), 0);
  for (let from = times.reduce((first, time) => Math.min(first, time), end); from <= end; from += SLICE_MS) {
    const slice = series.map(({ labels, samples = [] }) => ({
      labels,
      samples: samples.filter(({ timestamp }) => timestamp >= from && timestamp < from + SLICE_MS),
    }));
    const answer = await write(
      url,
      slice.filter(({ samples }) => samples.length > 0),
    );
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  }
}

test('every function is among the expressions', () => {
  const texts = CASES.map(({ expression }) => expression).join('\n');
  const absent = [...FUNCTIONS.keys()].filter((name) => !new RegExp(`\\b${name}\\(`).test(texts));
  expect(absent).toEqual([]);
});

describe.skipIf(missing)('beside Prometheus 2.42', () => {
  let program: RunningAtalaya;
  let prometheus: Program;

  beforeAll(async () => {
    program = await startAtalaya({ environment: { ATALAYA_RETENTION_METRICS: '0' } });
    prometheus = await startPrometheus(
      program.folder,
      'global: {evaluation_interval: 1m}\n',
      // Old data are no reason to delete them.
      '--storage.tsdb.retention.time=100y',
      '--web.enable-remote-write-receiver',
    );
    await Promise.all([send(program.url), send(prometheus.url)]);
    await loaded(program);
  }, 60_000);

  afterAll(async () => {
    await prometheus.stop('SIGKILL');
    await discard(program);
  });

  /** How the two differ on an expression, as an instant and as a range query. */
  async function faultOf({ expression, older = expression }: Case): Promise<string | undefined> {
    const ordered = /^(?:sort|sort_desc|topk|bottomk)\(/.test(expression);
    const instant = { time: String(START) };
    const range = { start: String(START), end: String(END), step: String(STEP) };
    for (const [route, times] of [
      ['query', instant],
      ['query_range', range],
    ] as const) {
      const [theirs, ours] = await Promise.all([
        query(prometheus.url, route, { query: older, ...times }),
        query(program.url, route, { query: expression, ...times }),
      ]);
      const fault = difference(theirs, ours, ordered && route === 'query');
      if (fault !== undefined) return `${route}: ${fault.slice(0, 400)}`;
    }
    return undefined;
  }

  test('every expression is answered alike, or differs for the reason that is known', async () => {
    const wrong: string[] = [];
    const queue = [...CASES];
    const work = async (): Promise<void> => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        const fault = await faultOf(one);
        if (fault !== undefined && one.differs === undefined) wrong.push(`${one.expression}: ${fault}`);
        if (fault === undefined && one.differs !== undefined) wrong.push(`${one.expression}: is equal, in spite of ${one.differs}`);
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    console.log(`${CASES.length} expressions, ${CASES.filter(({ differs }) => differs !== undefined).length} of them known to differ`);
    expect(wrong).toEqual([]);
    expect(CASES.length).toBeGreaterThanOrEqual(500);
    expect(new Set(CASES.map(({ expression }) => expression)).size).toBe(CASES.length);
  }, 120_000);
});
