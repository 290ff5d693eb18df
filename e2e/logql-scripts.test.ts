/** The LogQL scripts of the query room through the whole program: push, journal, store, engine process, query worker, HTTP. */

import { readdirSync, readFileSync } from 'node:fs';
import { labelsToRecord } from '@atalaya/model';
import { type LogData, type LogEvalCommand, type LogReply, type LogStream, type LogTarget, runLogScript } from '@atalaya/query/testing';
import { expect, test } from 'vitest';
import type { RunningAtalaya } from './atalaya.ts';
import { programs } from './programs.ts';
import { push } from './push.ts';

const start = programs();
const FOLDER = new URL('../packages/query/test/logql/scripts/', import.meta.url);
/** Labels that the server adds to lines. */
const ADDED = ['detected_level', 'service_name'];
/** Queries whose answer tells all labels, or the level that a server finds in a text. */
const TELLS_ADDED = /range \$\w+, \$\w+ := \.\}|by \(detected_level\)/;
const HOUR = 3_600_000_000_000n;
/** How far apart sections lie that share a server; queries without times look at an hour. */
const SECTION = 12n * HOUR;
/** Where the first of them lies. */
const FIRST = BigInt(Math.floor(Date.now() / 86_400_000) - 200) * 24n * HOUR;
/** Sections whose answers tell times begin at the epoch, as the scripts do. */
const ABSOLUTE = /__timestamp__|\bunixEpoch|\bdate\b/;

/** The parts of a script between `clear` and `clear`: they have nothing in common. */
function sections(): { readonly name: string; readonly text: string }[] {
  const scripts = readdirSync(FOLDER).filter((file) => file.endsWith('.logql.txt'));
  return scripts.flatMap((name) => {
    let line = 1;
    return readFileSync(new URL(name, FOLDER), 'utf8')
      .split(/^clear$/m)
      .map((text) => {
        const section = { name: `${name} from line ${line}`, text };
        line += text.split('\n').length - 1;
        return section;
      });
  });
}

/** A part of a server's time, `shift` nanoseconds after the epoch, as the target of a section. */
function targetAt({ url }: RunningAtalaya, shift: bigint): LogTarget {
  return {
    addedLabels: ADDED,
    clear: () => Promise.resolve(),
    async push({ labels, entries }) {
      // With a service of their own the streams' labels stay as the script has them, but for this one.
      const stream = { service_name: 'script', ...labelsToRecord(labels) };
      await push(url, [{ labels: stream, lines: entries.map(({ at, text, metadata }) => [shift + at, text, metadata] as const) }]);
    },
    async ask({ query, type, start: from, end, step, limit, direction }: LogEvalCommand): Promise<LogReply> {
      const parameters: Record<string, string> =
        type === 'instant'
          ? { time: told(shift + from) }
          : {
              start: told(shift + from),
              end: told(shift + end),
              limit: String(limit),
              direction,
              ...(type === 'range' ? { step: String(Number(step) / 1e9) } : {}),
            };
      const route = type === 'instant' ? 'query' : 'query_range';
      const answer = await fetch(`${url}/loki/api/v1/${route}`, { method: 'POST', body: new URLSearchParams({ query, ...parameters }) });
      const text = await answer.text();
      if (!answer.ok) return { error: text };
      return { data: joined(shifted((JSON.parse(text) as { data: LogData }).data, shift), query, direction) };
    },
  };
}

/** Streams that differ only in what the server adds are one, unless the query asks for it. */
function joined(data: LogData, query: string, direction: 'forward' | 'backward'): LogData {
  if (data.resultType !== 'streams') return data;
  const added = ADDED.filter((name) => !query.includes(name));
  const streams = new Map<string, LogStream>();
  for (const { stream, values } of data.result) {
    const labels = Object.fromEntries(Object.entries(stream).filter(([name]) => !added.includes(name)));
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    streams.set(key, { stream: labels, values: [...(streams.get(key)?.values ?? []), ...values] });
  }
  const sign = direction === 'forward' ? 1 : -1;
  const result = Array.from(streams.values(), ({ stream, values }) => ({
    stream,
    values: values.toSorted(([a], [b]) => sign * Number(BigInt(a) - BigInt(b))),
  }));
  return { resultType: 'streams', result };
}

/** A time in nanoseconds as Loki takes it: short numbers would be seconds. */
const told = (time: bigint): string => (time < 10_000_000_000n ? `${Number(time) / 1e9}` : String(time));

/** An answer whose times count from the beginning of the script. */
function shifted(data: LogData, shift: bigint): LogData {
  if (data.resultType === 'scalar') return data;
  if (data.resultType === 'streams') {
    const result = data.result.map(({ stream, values }) => ({
      stream,
      values: values.map(([time, line]) => [String(BigInt(time) - shift), line] as const),
    }));
    return { resultType: 'streams', result };
  }
  const seconds = Number(shift / 1_000_000_000n);
  const move = ([time, value]: readonly [number, string]): readonly [number, string] => [time - seconds, value];
  const result = data.result.map(({ metric, value, values }) => ({
    metric,
    ...(value === undefined ? {} : { value: move(value) }),
    ...(values === undefined ? {} : { values: values.map(move) }),
  }));
  return { resultType: data.resultType, result };
}

test('every script gives over HTTP what it says', async () => {
  const environment = { ATALAYA_RETENTION_LOGS: '0', ATALAYA_LIMITS_FUTURE: '0', ATALAYA_LOGS_OWN: 'false', TZ: 'UTC' };
  const program = await start({ environment });
  let total = 0;
  let taken = 0n;
  let atEpoch: RunningAtalaya | undefined;
  const failures: string[] = [];
  for (const { name, text } of sections()) {
    const absolute = ABSOLUTE.test(text);
    // Only one section can lie at the epoch of a server.
    if (absolute) atEpoch = await start({ environment });
    const target = absolute ? targetAt(atEpoch as RunningAtalaya, 0n) : targetAt(program, FIRST + taken++ * SECTION);
    const result = await runLogScript(text, target);
    total += result.evals;
    failures.push(...result.failures.filter((failure) => !TELLS_ADDED.test(failure)).map((failure) => `${name}, ${failure}`));
  }
  console.log(`${total} evals over HTTP`);
  expect(failures).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(300);
}, 300_000);
