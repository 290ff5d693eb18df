import { afterEach, expect, test } from 'vitest';
import { ask, discard, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';

let program: RunningAtalaya | undefined;
afterEach(async () => {
  if (program !== undefined) await discard(program);
  program = undefined;
});

interface SentSpan {
  readonly trace: string;
  readonly name?: string;
  readonly failed?: boolean;
  readonly kind?: number;
  readonly parent?: string;
  readonly service?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A trace that the dice of one tenth leave out, or keep. */
const out = (n: number): string => `${'a'.repeat(16)}01${n.toString(16).padStart(14, '0')}`;
const into = (n: number): string => `${'a'.repeat(16)}01ff${n.toString(16).padStart(12, '0')}`;

let last = 0;

/** Sends spans of 30 ms as one OTLP request; gives their ids. */
async function send(url: string, spans: readonly SentSpan[]): Promise<string[]> {
  const end = BigInt(Date.now()) * 1_000_000n;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const ids: string[] = [];
  const resourceSpans = spans.map(
    ({ trace, name = 'work', failed = false, kind = 2, parent = 'b'.repeat(16), service = 'shop', attributes = {} }) => {
      const spanId = (++last).toString(16).padStart(16, '0');
      ids.push(spanId);
      const span = {
        traceId: trace,
        spanId,
        parentSpanId: parent,
        name,
        kind,
        startTimeUnixNano: String(end - 30_000_000n),
        endTimeUnixNano: String(end),
        attributes: Object.entries(attributes).map(([key, value]) => text(key, value)),
        status: failed ? { code: 2 } : {},
      };
      return { resource: { attributes: [text('service.name', service)] }, scopeSpans: [{ spans: [span] }] };
    },
  );
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans }),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return ids;
}

/** Ids of the stored spans of a trace, sorted. */
async function stored(url: string, trace: string): Promise<string[]> {
  const answer = await fetch(`${url}/jaeger/api/traces/${trace}`);
  if (answer.status === 404) return [];
  const { data } = (await answer.json()) as { data: { spans: { spanID: string }[] }[] };
  return data.flatMap(({ spans }) => spans.map(({ spanID }) => spanID)).toSorted();
}

/** One of the program's own counters or gauges. */
async function own(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(50);
}

async function instant(url: string, query: string): Promise<Record<string, number>> {
  const { result } = await ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(url, '/api/v1/query', { query });
  return Object.fromEntries(result.map(({ metric, value }) => [JSON.stringify(metric), Number(value[1])]));
}

test('errors and what the dice keep are stored, the rest is not; metrics are of all spans', { timeout: 120_000 }, async () => {
  program = await startAtalaya({
    environment: {
      ATALAYA_TRACES_SAMPLE: '0.1',
      ATALAYA_TRACES_DECISION_WAIT: '8s',
      ATALAYA_TRACES_DROP: 'http.route=/health',
      ATALAYA_TRACES_METRICS_INTERVAL: '500ms',
    },
  });
  const { url } = program;
  const first = await send(url, [
    { trace: out(1), name: 'before' },
    { trace: out(2) },
    { trace: into(3) },
    { trace: into(4), attributes: { 'http.route': '/health' } },
  ]);
  const second = await send(url, [
    { trace: out(1), failed: true },
    { trace: out(1), kind: 3, service: 'web', parent: '' },
  ]);
  // A server whose client came in a request before.
  await send(url, [{ trace: out(1), parent: second[1] as string }]);
  await until(async () => (await own(url, 'atalaya_spans_left_out_total{reason="sampled_out"}')) === 1);
  expect(await own(url, 'atalaya_spans_held')).toBe(0);
  expect(await stored(url, out(1))).toEqual([first[0], ...second, last.toString(16).padStart(16, '0')]);
  expect(await stored(url, into(3))).toEqual([first[2]]);
  expect([await stored(url, out(2)), await stored(url, into(4))]).toEqual([[], []]);
  expect(await own(url, 'atalaya_spans_left_out_total{reason="filtered"}')).toBe(1);
  expect(await own(url, 'atalaya_spans_kept_total{reason="error"}')).toBe(4);

  const total = 'sum(traces_spanmetrics_calls_total)';
  await until(async () => (await instant(url, total))['{}'] === 7);
  expect(await instant(url, 'sum by (service_name, status_code) (traces_spanmetrics_calls_total)')).toEqual({
    '{"service_name":"shop","status_code":"STATUS_CODE_UNSET"}': 5,
    '{"service_name":"shop","status_code":"STATUS_CODE_ERROR"}': 1,
    '{"service_name":"web","status_code":"STATUS_CODE_UNSET"}': 1,
  });
  expect(await instant(url, 'traces_service_graph_request_total{client="web"}')).toEqual({
    '{"__name__":"traces_service_graph_request_total","client":"web","server":"shop"}': 1,
  });
  // The first calls are seen by rates, too.
  expect((await instant(url, 'sum(increase(traces_spanmetrics_calls_total[1m])) > bool 0'))['{}']).toBe(1);
  const quantile = await instant(url, 'histogram_quantile(0.5, sum by (le) (traces_spanmetrics_duration_seconds_bucket))');
  expect(quantile['{}']).toBeGreaterThan(0.01);
  expect(quantile['{}']).toBeLessThanOrEqual(0.05);
  const metadata = await ask<Record<string, { type: string }[]>>(url, '/api/v1/metadata', {});
  expect(metadata['traces_spanmetrics_duration_seconds']?.[0]).toMatchObject({ type: 'histogram' });
});

test('spans that are held when the program is killed are decided by the next one, and stored once', { timeout: 240_000 }, async () => {
  const environment = { ATALAYA_TRACES_SAMPLE: '0', ATALAYA_TRACES_DECISION_WAIT: '10m' };
  program = await startAtalaya({ environment });
  const traces = Array.from({ length: 20 }, (_, i) => out(100 + i));
  const ids: string[] = [];
  for (const trace of traces) ids.push(...(await send(program.url, [{ trace }, { trace }])));
  const early = await send(program.url, [{ trace: traces[0] as string, failed: true }]);
  await until(async () => (await own((program as RunningAtalaya).url, 'atalaya_spans_held')) === 38);
  expect(await stored(program.url, traces[0] as string)).toEqual([...ids.slice(0, 2), ...early]);
  for (let round = 0; round < 2; round++) {
    await program.kill('SIGKILL');
    program = await startAtalaya({ environment, folder: program.folder });
    await until(async () => (await own((program as RunningAtalaya).url, 'atalaya_spans_held')) === 38);
  }
  const late = await send(
    program.url,
    traces.slice(10).map((trace) => ({ trace, failed: true })),
  );
  const afterwards = await send(program.url, [{ trace: traces[0] as string }]);
  expect(await stored(program.url, traces[0] as string)).toEqual([...ids.slice(0, 2), ...early, ...afterwards]);
  for (const [i, trace] of traces.entries()) {
    if (i === 0) continue;
    const expected = i < 10 ? [] : [...ids.slice(2 * i, 2 * i + 2), late[i - 10]];
    expect(await stored(program.url, trace)).toEqual(expected);
  }
  // A new decision time for the rest: nothing is held for ever, and the journal is let go of.
  await program.kill('SIGKILL');
  program = await startAtalaya({ environment: { ...environment, ATALAYA_TRACES_DECISION_WAIT: '1s' }, folder: program.folder });
  const { url } = program;
  await until(async () => (await own(url, 'atalaya_spans_left_out_total{reason="sampled_out"}')) > 0);
  await until(async () => (await own(url, 'atalaya_spans_held')) === 0);
  expect(await stored(url, traces[3] as string)).toEqual([]);
  expect(await stored(url, traces[15] as string)).toEqual([...ids.slice(30, 32), late[5]]);
});
