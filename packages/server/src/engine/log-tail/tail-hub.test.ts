import { AtalayaError, decodeLabels, type Labels, ManualClock, silentLogger, withServiceName } from '@atalaya/model';
import type { TakenLines } from '@atalaya/store';
import { logRecordOf, type TestLine } from '@atalaya/store/testing';
import { describe, expect, test } from 'vitest';
import type { TailRequest } from '../log-contract.ts';
import { TailHub } from './tail-hub.ts';

const NEVER = new AbortController().signal;
const REQUEST: TailRequest = { query: '{app="web"}', timeoutMs: 1000, start: '0', limit: 10, delaySeconds: 0, categorised: false };

function takenLines(lines: readonly TestLine[], keep?: Uint8Array): TakenLines {
  const { batch } = logRecordOf(lines);
  const { ends, labels } = batch.origins;
  const given = (origin: number): Labels => decodeLabels(labels.subarray(origin === 0 ? 0 : ends[origin - 1], ends[origin]));
  return { batch, keep, labels: (origin) => withServiceName(given(origin)), given };
}

const web = (at: number, text: string, more: Partial<TestLine> = {}): TestLine => ({
  labels: { app: 'web' },
  at: BigInt(at),
  text,
  ...more,
});

interface Past {
  streams?: unknown[];
  asked?: TailRequest[];
}

function hubWith({ streams = [], asked = [] }: Past = {}): { hub: TailHub; clock: ManualClock } {
  const clock = new ManualClock(1_700_000_000_000);
  const past = async (request: TailRequest): Promise<Uint8Array> => {
    asked.push(request);
    return Buffer.from(JSON.stringify({ status: 'success', data: { resultType: 'streams', result: streams } }));
  };
  return { clock, hub: new TailHub({ clock, log: silentLogger, past }) };
}

async function nextOf(hub: TailHub, clock: ManualClock, tail: number, milliseconds = 100): Promise<unknown> {
  const message = hub.next(tail, NEVER);
  await clock.advance(milliseconds);
  return JSON.parse(await message) as unknown;
}

describe('a tail', () => {
  test('gets the lines of its streams that come through its stages, in order of time', async () => {
    const { hub, clock } = hubWith();
    const tail = await hub.begin({ ...REQUEST, query: '{app="web"} |= "keep"' }, NEVER);
    hub.feed(takenLines([web(3, 'keep 3'), web(1, 'keep 1'), web(2, 'skip'), { ...web(4, 'keep 4'), labels: { app: 'db' } }]));
    expect(await nextOf(hub, clock, tail)).toEqual({
      streams: [
        {
          stream: { app: 'web', detected_level: 'unknown' },
          values: [
            ['1', 'keep 1'],
            ['3', 'keep 3'],
          ],
        },
      ],
    });
  });

  test('tells labels by where they came from when it is asked to', async () => {
    const { hub, clock } = hubWith();
    const tail = await hub.begin({ ...REQUEST, query: '{app="web"} | logfmt', categorised: true }, NEVER);
    hub.feed(takenLines([web(1, 'code=7', { attributes: ['trace_id', 't1'], level: 'info' })]));
    expect(await nextOf(hub, clock, tail)).toEqual({
      streams: [
        {
          stream: { app: 'web' },
          values: [['1', 'code=7', { structuredMetadata: { detected_level: 'info', trace_id: 't1' }, parsed: { code: '7' } }]],
        },
      ],
      encodingFlags: ['categorize-labels'],
    });
  });

  test('gets what OTLP says of a line as structured metadata', async () => {
    const { hub, clock } = hubWith();
    const tail = await hub.begin({ ...REQUEST, query: '{service_name="shop"}', categorised: true }, NEVER);
    const details = {
      serviceName: 'shop',
      resourceSchemaUrl: '',
      resourceAttributes: { 'service.name': 'shop', 'host.name': 'h1' },
      scopeSchemaUrl: '',
      scopeName: 'lib',
      scopeVersion: '',
      scopeAttributes: {},
    };
    hub.feed(
      takenLines([
        { labels: { service_name: 'shop' }, details, at: 1n, text: 'x', severityText: 'WARN', severityNumber: 13, level: 'warn' },
      ]),
    );
    const { streams } = (await nextOf(hub, clock, tail)) as { streams: { values: unknown[][] }[] };
    expect(streams[0]?.values[0]?.[2]).toEqual({
      structuredMetadata: { detected_level: 'warn', host_name: 'h1', scope_name: 'lib', severity_number: '13', severity_text: 'WARN' },
    });
  });

  test('begins with the past, none of which comes twice', async () => {
    const asked: TailRequest[] = [];
    const stream = { app: 'web', detected_level: 'unknown' };
    const { hub, clock } = hubWith({
      asked,
      streams: [
        {
          stream,
          values: [
            ['2', 'second'],
            ['1', 'first'],
          ],
        },
      ],
    });
    const begun = hub.begin({ ...REQUEST, limit: 2 }, NEVER);
    // Lines that come while the past is looked for; one is so old that the past could not hold it.
    hub.feed(takenLines([web(2, 'second'), web(0, 'zeroth')]));
    const tail = await begun;
    hub.feed(takenLines([web(1, 'first'), web(2, 'second, but another one')]));
    expect(asked).toEqual([{ ...REQUEST, limit: 2 }]);
    expect(await nextOf(hub, clock, tail)).toEqual({
      streams: [
        {
          stream,
          values: [
            ['1', 'first'],
            ['2', 'second'],
          ],
        },
      ],
    });
    expect(await nextOf(hub, clock, tail)).toEqual({ streams: [{ stream, values: [['2', 'second, but another one']] }] });
  });

  test('does not get lines that repeat others', async () => {
    const { hub, clock } = hubWith();
    const tail = await hub.begin(REQUEST, NEVER);
    hub.feed(takenLines([web(1, 'a'), web(1, 'a'), web(2, 'b')], Uint8Array.of(1, 0, 1)));
    expect(await nextOf(hub, clock, tail)).toMatchObject({
      streams: [
        {
          values: [
            ['1', 'a'],
            ['2', 'b'],
          ],
        },
      ],
    });
  });

  test('holds lines back as long as it was told, and sends a line that comes while it waits', async () => {
    const { hub, clock } = hubWith();
    const tail = await hub.begin({ ...REQUEST, delaySeconds: 2 }, NEVER);
    const sent: string[] = [];
    const message = hub.next(tail, NEVER).then((text) => sent.push(text));
    hub.feed(takenLines([web(2, 'late')]));
    await clock.advance(1900);
    expect(sent).toEqual([]);
    hub.feed(takenLines([web(1, 'early')]));
    await clock.advance(200);
    expect(await message).toBe(1);
    expect(JSON.parse(sent[0] as string)).toMatchObject({ streams: [{ values: [['2', 'late']] }] });
  });

  test('drops what its client does not fetch, and says so', async () => {
    const { hub, clock } = hubWith();
    const tail = await hub.begin(REQUEST, NEVER);
    for (let batch = 0; batch < 25; batch++)
      hub.feed(takenLines(Array.from({ length: 1000 }, (_, i) => web(batch * 1000 + i, 'x'.repeat(50)))));
    expect(hub.droppedLines).toBe(15_000);
    await clock.advance(200);
    const { streams, dropped_entries: dropped } = (await nextOf(hub, clock, tail)) as {
      streams: { values: unknown[] }[];
      dropped_entries: unknown[];
    };
    expect(streams[0]?.values).toHaveLength(2000);
    expect(dropped).toHaveLength(100);
    expect(dropped[0]).toEqual({ timestamp: '10000', labels: { app: 'web', detected_level: 'unknown' } });
    hub.end(tail);
    expect(hub.droppedLines).toBe(15_000);
  });

  test('holds no more than some megabytes, however long lines are', async () => {
    const { hub } = hubWith();
    await hub.begin(REQUEST, NEVER);
    hub.feed(takenLines(Array.from({ length: 20 }, (_, i) => web(i, 'x'.repeat(1_000_000)))));
    expect(hub.droppedLines).toBe(12);
  });

  test('takes no more of the time than its share, and says what it dropped', async () => {
    /** A clock that a millisecond passes on whenever somebody looks at it. */
    class BusyClock extends ManualClock {
      #passed = 0;
      override monotonic(): number {
        return super.monotonic() + this.#passed++;
      }
    }
    const clock = new BusyClock(1_700_000_000_000);
    const past = async (): Promise<Uint8Array> => Buffer.from('{"data":{"result":[]}}');
    const hub = new TailHub({ clock, log: silentLogger, past });
    await hub.begin({ ...REQUEST, query: '{app="web"} |= "nothing"' }, NEVER);
    hub.feed(takenLines(Array.from({ length: 10_000 }, (_, i) => web(i, 'x'))));
    // 200 ms at once, a millisecond for 33 lines.
    expect(hub.droppedLines).toBeGreaterThan(3000);
    expect(hub.droppedLines).toBeLessThan(4000);
  });

  test('sends less of the past where lines are very long', async () => {
    const limits: number[] = [];
    const clock = new ManualClock(1_700_000_000_000);
    const past = async ({ limit }: TailRequest): Promise<Uint8Array> => {
      limits.push(limit);
      const values = Array.from({ length: limit }, (_, i) => [String(limit - i), 'x'.repeat(1_000_000)]);
      return Buffer.from(JSON.stringify({ data: { result: [{ stream: {}, values }] } }));
    };
    const hub = new TailHub({ clock, log: silentLogger, past });
    await hub.begin({ ...REQUEST, limit: 40 }, NEVER);
    expect(limits).toEqual([40, 8]);
  });
});

describe('the end', () => {
  test.each([
    ['{app="web"', 'BAD_QUERY'],
    ['sum(rate({app="web"}[1m]))', 'BAD_QUERY'],
  ])('%s is no tail', async (query, code) => {
    const { hub } = hubWith();
    await expect(hub.begin({ ...REQUEST, query }, NEVER)).rejects.toMatchObject({ code });
    expect(hub.open).toBe(0);
  });

  test('a past that cannot be read begins no tail', async () => {
    const clock = new ManualClock();
    const past = async (): Promise<Uint8Array> => Promise.reject(new AtalayaError('QUERY_LIMIT', { setting: 's', limit: 1, reason: 'r' }));
    const hub = new TailHub({ clock, log: silentLogger, past });
    await expect(hub.begin(REQUEST, NEVER)).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
    expect(hub.open).toBe(0);
  });

  test('ending a tail, or aborting, ends the waiting; there are so many tails and no more', async () => {
    const { hub, clock } = hubWith();
    const first = await hub.begin(REQUEST, NEVER);
    const waiting = hub.next(first, NEVER);
    hub.end(first);
    await expect(waiting).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
    await expect(hub.next(first, NEVER)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const second = await hub.begin(REQUEST, NEVER);
    const gone = new AbortController();
    const aborted = hub.next(second, gone.signal);
    gone.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
    for (let i = hub.open; i < 50; i++) await hub.begin(REQUEST, NEVER);
    await expect(hub.begin(REQUEST, NEVER)).rejects.toThrow('max concurrent tail requests limit exceeded, count > limit (51 > 50)');
    // Nobody asks any of them for lines.
    await clock.advance(130_000);
    expect(hub.open).toBe(0);
  });
});
