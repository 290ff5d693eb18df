import { spawnSync } from 'node:child_process';
import { encodeV1, requestOf } from '@atalaya/receive/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireProgram } from '../testing/programs.ts';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';

const missing = requireProgram('promtool', 'apt-get install prometheus');
const END = Math.floor(Date.now() / 60_000) * 60_000;

describe.skipIf(missing)('promtool against Atalaya', () => {
  let program: RunningAtalaya;

  beforeAll(async () => {
    program = await startAtalaya();
    const samples = Array.from({ length: 20 }, (_, i) => ({ timestamp: END - (20 - i) * 15_000, value: i * 2 }));
    const { headers, body } = requestOf('1.0', encodeV1([{ labels: ['__name__', 'requests_total', 'job', 'shop'], samples }]));
    const answer = await fetch(`${program.url}/api/v1/write`, { method: 'POST', headers, body: new Uint8Array(body) });
    expect(answer.status).toBe(204);
    await loaded(program);
  });
  afterAll(async () => discard(program));

  const promtool = (...args: string[]): { code: number | null; out: string } => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', timeout: 20_000 });
    return { code: status, out: stdout + stderr };
  };

  test('query instant', () => {
    const { code, out } = promtool('query', 'instant', `--time=${END / 1000 - 15}`, program.url, 'sum(requests_total)');
    expect(out).toMatch(/\{\} => 38 @\[/);
    expect(code).toBe(0);
  });

  test('query range', () => {
    const { code, out } = promtool(
      'query',
      'range',
      `--start=${END / 1000 - 60}`,
      `--end=${END / 1000 - 15}`,
      '--step=15s',
      program.url,
      'rate(requests_total[1m])',
    );
    expect(out.match(/0\.13333333333333\d* @\[/g) ?? []).toHaveLength(4);
    expect(code).toBe(0);
  });

  test('query series and labels', () => {
    const range = [`--start=${END / 1000 - 600}`, `--end=${END / 1000}`];
    expect(promtool('query', 'series', '--match=requests_total', ...range, program.url).out).toContain(
      '{__name__="requests_total", job="shop"}',
    );
    expect(promtool('query', 'labels', ...range, program.url, 'job').out.trim()).toBe('shop');
  });

  test('check healthy and ready: the routes that newer versions of promtool ask', async () => {
    for (const route of ['/-/healthy', '/-/ready']) expect((await fetch(program.url + route)).status).toBe(200);
    // Debian's 2.42 does not have the command yet.
    const outcomes = ['healthy', 'ready'].map((what) => promtool('check', what, `--url=${program.url}`));
    expect(outcomes.filter(({ code, out }) => code !== 0 && !out.includes('expected command'))).toEqual([]);
  });
});
