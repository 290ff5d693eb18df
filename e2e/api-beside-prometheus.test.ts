/** The same requests to a real Prometheus and to Atalaya: what is refused is refused alike, and empty answers look alike. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Program } from '../bench/processes.ts';
import { requireProgram } from '../testing/programs.ts';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { startPrometheus } from './prometheus-program.ts';

const missing = requireProgram('prometheus', 'apt-get install prometheus');

/** Requests whose answers are equal, but for fields that only one of the two has. */
const ALIKE = [
  'query?query=up',
  'query?query=1&time=1435781451.781',
  'query?query=1&time=2015-07-01T20:10:51.781Z',
  'query?query=1&time=2015-07-01T20:10:51.7819%2B02:00',
  'query?query=%22a%22&time=1',
  'query',
  'query?query=',
  'query?query=sum(',
  'query?query=foo%20bar',
  'query?query=up&timeout=x',
  'query?query=rate(up)',
  'query_range?query=up',
  'query_range?query=up&start=1',
  'query_range?query=up&start=1&end=2',
  'query_range?query=up&start=x&end=2&step=1',
  'query_range?query=up&start=2023-02-30T00:00:00Z&end=2&step=1',
  'query_range?query=up&start=2&end=1&step=1',
  'query_range?query=up&start=1&end=2&step=0',
  'query_range?query=up&start=1&end=2&step=-1s',
  'query_range?query=up&start=1&end=2&step=1e11',
  'query_range?query=up&start=1&end=2&step=foo',
  'query_range?query=up&start=0&end=11001&step=1',
  'query_range?query=1&start=0&end=3&step=1',
  'query_exemplars?query=up&start=2&end=1',
  'query_exemplars?query=up',
  'query_exemplars?query=1',
  'query_exemplars?query=sum(',
  'format_query',
  'format_query?query=sum(up)by(a)',
  'series',
  'series?match[]=up%2B1',
  'series?match[]=rate(up[5m])',
  'series?match[]=up[5m]',
  'series?match[]={a=~".*"}',
  'series?match[]=up',
  'series?match[]=up&start=2&end=1',
  'labels?match[]={}',
  'labels?match[]=sum(',
  'labels?start=2&end=1',
  'label/host/values',
  'label/host/values?match[]={}',
  'metadata?limit=x',
  'rules',
  'rules?type=alert',
  'rules?type=x',
  'alerts',
  'alertmanagers',
  'targets?state=active',
  'targets?state=dropped',
  'targets?state=any',
] as const;

/** Newer versions count the targets that were dropped; Atalaya tells code and repeatability of errors besides. */
const OURS = ['code', 'retry', 'droppedTargetCounts', 'infos', 'warnings'];

function comparable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(comparable);
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (OURS.includes(key) ? [] : [[key, comparable(inner)]])));
}

async function answerOf(url: string, route: string): Promise<unknown> {
  const answer = await fetch(`${url}/api/v1/${route}`);
  const text = await answer.text();
  // Two wordings have changed since: "invalid" began with a capital, and an empty text had a position.
  const now = text
    .replace(': Invalid time value', ': invalid time value')
    .replace('1:1: parse error: no expression', 'unknown position: parse error: no expression');
  return { status: answer.status, body: now === '' ? '' : comparable(JSON.parse(now)) };
}

describe.skipIf(missing)('a real Prometheus and Atalaya', () => {
  let program: RunningAtalaya;
  let prometheus: Program;

  beforeAll(async () => {
    program = await startAtalaya();
    prometheus = await startPrometheus(program.folder, 'scrape_configs: []\n');
  }, 30_000);
  afterAll(async () => {
    await prometheus.stop('SIGKILL');
    await discard(program);
  });

  test.each(ALIKE)('%s', async (route) => {
    expect(await answerOf(program.url, route)).toEqual(await answerOf(prometheus.url, route));
  });
});
