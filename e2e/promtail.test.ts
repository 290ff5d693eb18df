/** Promtail's configuration in the running program: jobs, reloads, what is shown and counted. */

import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Configuration } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import { makeFolder, type RunningAtalaya } from './atalaya.ts';
import { programs } from './programs.ts';
import { askLoki, type StreamsData } from './push.ts';

const start = programs();

const configuration = (folder: string, stages: string): string => `
clients:
  - url: http://loki.example:3100/loki/api/v1/push
    basic_auth: {username: promtail, password: not-to-be-shown}
    external_labels: {site: here}
scrape_configs:
  - job_name: app
    static_configs:
      - targets: [localhost]
        labels: {job: app, __path__: ${folder}/app/*.log, __path_exclude__: ${folder}/app/*debug*}
    pipeline_stages:
${stages.replaceAll(/^/gm, '      ')}
  - job_name: bus
    kafka: {brokers: [b:9092], topics: [t]}
`;

const STAGES = String.raw`- match:
    selector: '{job="app"} |= "health"'
    action: drop
    drop_counter_reason: health
- json: {expressions: {level: , msg: , at: time, user: user.name, took: }}
- timestamp: {source: at, format: RFC3339Nano}
- labels: {level: }
- structured_metadata: {user: }
- metrics:
    took_seconds: {type: histogram, source: took, description: how long, config: {buckets: [0.1, 1]}}
- output: {source: msg}`;

async function lines(
  { url }: RunningAtalaya,
  query: string,
  count: number,
): Promise<{ line: string; labels: Readonly<Record<string, string>> }[]> {
  for (;;) {
    const { data } = await askLoki<StreamsData>(url, 'query_range', { query, since: '1h', limit: '100', direction: 'forward' });
    const found = data.result.flatMap(({ stream, values }) => values.map(([, line]) => ({ line, labels: stream })));
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const entry = (msg: string, level = 'info', more: Record<string, unknown> = {}): string =>
  `${JSON.stringify({ time: new Date().toISOString(), level, msg, ...more })}\n`;

describe('Promtail’s configuration', () => {
  test('runs, is changed while running, and stays as it was when the new one is bad', { timeout: 60_000 }, async () => {
    const folder = makeFolder();
    mkdirSync(path.join(folder, 'app'));
    const log = path.join(folder, 'app/one.log');
    writeFileSync(log, entry('first', 'warn', { user: { name: 'ann' }, took: '500ms' }) + entry('health check') + entry('second'));
    writeFileSync(path.join(folder, 'app/debug.log'), entry('excluded'));
    const atalaya = await start({ promtail: configuration(folder, STAGES), folder });

    const found = await lines(atalaya, '{job="app"}', 2);
    expect(found.map(({ line }) => line).sort()).toEqual(['first', 'second']);
    expect(found.find(({ line }) => line === 'first')?.labels).toMatchObject({
      job: 'app',
      level: 'warn',
      site: 'here',
      user: 'ann',
      filename: log,
    });
    const metrics = await (await fetch(`${atalaya.url}/metrics/prometheus`)).text();
    expect(metrics).toContain('logentry_dropped_lines_total{reason="health"} 1\n');
    expect(metrics).toMatch(/^promtail_custom_took_seconds_bucket\{.*level="warn".*le="1"\} 1$/m);

    const shown = (await (await fetch(`${atalaya.url}/api/atalaya/config`)).json()) as Configuration;
    const file = shown.files.find(({ name }) => name === 'promtail-config.yml');
    expect(file).toMatchObject({ path: path.join(folder, 'config/promtail-config.yml') });
    expect(file?.content).toContain('job_name: app');
    expect(JSON.stringify(shown)).not.toContain('not-to-be-shown');
    const warnings = shown.warnings.map(({ line, message }) => `${line}: ${message}`);
    expect(warnings).toEqual([
      expect.stringMatching(/^3: clients\[0\]: lines go into this program; nothing is sent to http:\/\/loki\.example:3100/),
      expect.stringMatching(/: scrape_configs\[1\]\.kafka: this source is not supported; job "bus"/),
    ]);

    const written = path.join(folder, 'config/promtail-config.yml');
    const reload = (): Promise<Response> => fetch(`${atalaya.url}/-/reload`, { method: 'POST' });
    writeFileSync(written, configuration(folder, '- jsn: {expressions: {level: }}'));
    const refused = await reload();
    expect(refused.ok).toBe(false);
    expect(await refused.text()).toContain(`config/promtail-config.yml: line 12: scrape_configs[0].pipeline_stages[0].jsn: unknown field`);
    appendFileSync(log, entry('third'));
    expect((await lines(atalaya, '{job="app"} |= "third"', 1)).map(({ line }) => line)).toEqual(['third']);

    writeFileSync(
      written,
      configuration(folder, `${STAGES}\n- template: {source: msg, template: 'new {{ .msg }}'}\n- output: {source: msg}`),
    );
    expect((await reload()).status).toBe(200);
    appendFileSync(log, entry('fourth'));
    expect((await lines(atalaya, '{job="app"} |= "fourth"', 1)).map(({ line }) => line)).toEqual(['new fourth']);
    expect((await lines(atalaya, '{job="app"}', 4)).map(({ line }) => line).sort()).toEqual(['first', 'new fourth', 'second', 'third']);
    expect(readFileSync(written, 'utf8')).toContain('not-to-be-shown');
  });

  test('that is bad keeps the program from starting, with the reason', { timeout: 30_000 }, async () => {
    const folder = makeFolder();
    const starting = start({ promtail: 'scrape_configs:\n  - job_nam: x\n', folder });
    await expect(starting).rejects.toThrow(
      /promtail-config\.yml: line 2: scrape_configs\[0\]\.job_nam: unknown field .*did you mean .*job_name/,
    );
    rmSync(folder, { recursive: true, force: true });
  });
});
