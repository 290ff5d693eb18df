/** The scripts of the query room through the whole program: remote write, journal, store, engine process, query worker, HTTP. */

import { readdirSync, readFileSync } from 'node:fs';
import type { Labels } from '@atalaya/model';
import { type ApiData, featuresOf, type LoadCommand, type Point, type Reply, runScript, type Target } from '@atalaya/query/testing';
import type { TestHistogram, TestSample, TestSeries } from '@atalaya/receive/testing';
import { expect, test } from 'vitest';
import type { RunningAtalaya } from './atalaya.ts';
import { programs } from './programs.ts';
import { write } from './write.ts';

const start = programs();
const FOLDER = new URL('../packages/query/test/scripts/', import.meta.url);
const STALE = 0x7ff0000000000002n;
/** How far apart sections lie that share a server: whole weeks, so that subqueries and days of the week fall as in the script. */
const SECTION_MS = 28 * 86_400_000;
/** Queries whose answer depends on when they are asked; their sections begin at the epoch, as the scripts do. */
const ABSOLUTE = /\b(?:time|timestamp|ts_of_\w+|hour|minute|month|year|day_of_\w+|days_in_month|start|end)\s*\(|@ *\d/;

/** The parts of a script between `clear` and `clear`: they have nothing in common. */
interface Section {
  readonly name: string;
  readonly text: string;
  readonly features: string;
}

function sections(): Section[] {
  const scripts = readdirSync(FOLDER).filter((file) => file.endsWith('.test.txt'));
  return scripts.flatMap((name) => {
    const script = readFileSync(new URL(name, FOLDER), 'utf8');
    const features = [...(featuresOf(script) ?? [])].join(',');
    let line = 1;
    return script.split(/^clear$/m).map((text) => {
      const section = { name: `${name} from line ${line}`, text, features };
      line += text.split('\n').length - 1;
      return section;
    });
  });
}

/** A part of a server's time, `shiftMs` after the epoch, as the target of a section. */
function targetAt({ url }: RunningAtalaya, shiftMs: number): Target {
  return {
    clear: () => Promise.resolve(),
    async load({ stepMs, series }: LoadCommand) {
      const written = series.map(({ labels, points }) => seriesOf(labels, points, stepMs, shiftMs));
      const answer = await write(url, written, '2.0');
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    },
    async ask({ query, startMs, endMs, stepMs }): Promise<Reply> {
      const at = (milliseconds: number): string => String((milliseconds + shiftMs) / 1000);
      const times: Record<string, string> =
        stepMs === 0 ? { time: at(startMs) } : { start: at(startMs), end: at(endMs), step: String(stepMs / 1000) };
      const route = stepMs === 0 ? 'query' : 'query_range';
      const answer = await fetch(`${url}/api/v1/${route}`, { method: 'POST', body: new URLSearchParams({ query, ...times }) });
      const body = (await answer.json()) as { error?: string; data: ApiData; warnings?: string[]; infos?: string[] };
      if (body.error !== undefined) return { error: body.error };
      return { data: shifted(body.data, -shiftMs / 1000), warnings: body.warnings ?? [], infos: body.infos ?? [] };
    },
  };
}

function seriesOf(labels: Labels, points: readonly Point[], stepMs: number, shiftMs: number): TestSeries {
  const samples: TestSample[] = [];
  const histograms: TestHistogram[] = [];
  for (const [index, point] of points.entries()) {
    const timestamp = shiftMs + index * stepMs;
    if (point === 'stale') samples.push({ timestamp, bits: STALE });
    else if (typeof point === 'object') histograms.push({ ...point.histogram, timestamp, float: true });
    else if (point !== undefined) samples.push({ timestamp, value: point });
  }
  return { labels, samples, histograms };
}

/** An answer with all its times moved. */
function shifted(data: ApiData, seconds: number): ApiData {
  const move = <Value>([time, value]: readonly [number, Value]): readonly [number, Value] => [time + seconds, value];
  if (data.resultType === 'scalar' || data.resultType === 'string') return data;
  const result = data.result.map(({ metric, value, values, histogram, histograms }) => ({
    metric,
    ...(value === undefined ? {} : { value: move(value) }),
    ...(values === undefined ? {} : { values: values.map(move) }),
    ...(histogram === undefined ? {} : { histogram: move(histogram) }),
    ...(histograms === undefined ? {} : { histograms: histograms.map(move) }),
  }));
  return { resultType: data.resultType, result };
}

test('every script gives over HTTP what it says', async () => {
  let total = 0;
  const failures: string[] = [];
  /** Servers by their feature flags, with the number of sections that have been there. */
  const servers: { features: string; program: RunningAtalaya; sections: number; epochTaken: boolean }[] = [];
  for (const { name, text, features } of sections()) {
    const absolute = ABSOLUTE.test(text);
    let server = servers.find((one) => one.features === features && !(absolute && one.epochTaken));
    if (server === undefined) {
      const environment: Record<string, string> = { ATALAYA_RETENTION_METRICS: '0', ATALAYA_LIMITS_FUTURE: '0' };
      if (features !== '') environment['ATALAYA_QUERY_FEATURES'] = features;
      servers.push((server = { features, program: await start({ environment }), sections: 0, epochTaken: false }));
    }
    if (absolute) server.epochTaken = true;
    else server.sections++;
    const result = await runScript(text, targetAt(server.program, absolute ? 0 : server.sections * SECTION_MS));
    total += result.evals;
    failures.push(...result.failures.map((failure) => `${name}, ${failure}`));
  }
  console.log(`${total} evals over HTTP, ${servers.length} servers`);
  expect(failures).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(480);
}, 300_000);
