import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import { ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createSpanGate, type SpanGateOptions } from './create-span-gate.ts';
import { parseSpanConditions } from './span-conditions.ts';

let last = 0;
/** A span of a trace whose last 56 bits are spread evenly. */
const span = (fields: Partial<PlainSpan> = {}): PlainSpan => {
  last++;
  const spread = ((BigInt(last) * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn).toString(16).padStart(16, '0');
  return { traceId: `0123456789abcdef${spread}`, spanId: '01'.repeat(8), start: 1n, service: 'cart', name: 'GET /', ...fields };
};

const gateOf = (options: Partial<SpanGateOptions>, clock = new ManualClock(0)): NonNullable<ReturnType<typeof createSpanGate>> => {
  const sampling = { probability: 1, keepErrors: true, keepSlowerThanMs: 0 };
  const gate = createSpanGate({ clock, drop: [], rateLimit: 0, sampling, ...options });
  if (gate === undefined) throw new Error('there is no gate');
  return gate;
};

test('conditions are read with all operators, in quotes or without; what is none is not', () => {
  expect(parseSpanConditions('http.route=/health, name=~"GET (a|b){1,2}" && service.name != cart;k=`a"b`; a!~b.*,x=')).toEqual([
    [{ name: 'http.route', operator: '=', value: '/health' }],
    [
      { name: 'name', operator: '=~', value: 'GET (a|b){1,2}' },
      { name: 'service.name', operator: '!=', value: 'cart' },
    ],
    [{ name: 'k', operator: '=', value: 'a"b' }],
    [{ name: 'a', operator: '!~', value: 'b.*' }],
    [{ name: 'x', operator: '=', value: '' }],
  ]);
  expect(parseSpanConditions('name="say \\"no\\" \\\\"')).toEqual([[{ name: 'name', operator: '=', value: 'say "no" \\' }]]);
  expect(parseSpanConditions('name=GET /api && kind=client ')).toHaveLength(1);
  expect(parseSpanConditions('')).toEqual([]);
  for (const odd of ['name', '=x', 'name=~"("', 'name="a', 'a=b &&', 'a=b "c"', ',', 'a b=c'])
    expect(parseSpanConditions(odd)).toBeUndefined();
});

test('spans that fulfil all conditions of a list are left out', () => {
  const gate = gateOf({
    drop:
      parseSpanConditions(
        'http.route=/health, service.name=cart && name=~"poll.*", status!=error && host.name=h2, kind=client && retries=3',
      ) ?? [],
  });
  const dropped = [
    span({ attributes: { a: 'b', 'http.route': '/health' } }),
    span({ name: 'poll queue' }),
    span({ resource: { 'host.name': 'h2' } }),
    span({ kind: 3, attributes: { retries: ['int', '3'] } }),
  ];
  const kept = [
    span(),
    span({ attributes: { 'http.route': '/healthy' } }),
    span({ name: 'poll queue', service: 'pay' }),
    span({ resource: { 'host.name': 'h2' }, status: 2 }),
    span({ resource: { 'host.name': 'h2' }, attributes: { 'host.name': 'h1' } }),
  ];
  expect(gate.admit(spanBatch([...dropped, ...kept]))).toEqual(Uint8Array.from([...dropped.map(() => 0), ...kept.map(() => 1)]));
  expect(gate.admit(spanBatch(kept))).toBeUndefined();
  expect(gate.stats()).toEqual({ filtered: 4, rateLimited: 0, sampledOut: 0 });
});

test('without anything to decide there is no gate; with whole traces to wait for, the dice are not thrown here', () => {
  const clock = new ManualClock(0);
  const none = { clock, drop: [], rateLimit: 0 };
  expect(createSpanGate({ ...none, sampling: { probability: 1, keepErrors: true, keepSlowerThanMs: 1 } })).toBeUndefined();
  expect(createSpanGate({ ...none, sampling: { probability: 0.1, keepErrors: true, keepSlowerThanMs: 0 } })).toBeUndefined();
  expect(createSpanGate({ ...none, sampling: { probability: 0.1, keepErrors: false, keepSlowerThanMs: 5 } })).toBeUndefined();
});

test('with probability alone, spans are left out by trace', () => {
  const gate = gateOf({ sampling: { probability: 0.25, keepErrors: false, keepSlowerThanMs: 0 } });
  const spans = Array.from({ length: 4000 }, () => span({ status: 2 }));
  const kept = gate.admit(spanBatch(spans)) ?? new Uint8Array();
  const count = kept.reduce((sum, mark) => sum + mark, 0);
  expect(count).toBeGreaterThan(900);
  expect(count).toBeLessThan(1100);
  expect(gate.stats().sampledOut).toBe(4000 - count);
  // The other spans of the same traces share their fate.
  expect(gate.admit(spanBatch(spans.map((each) => ({ ...each, spanId: '02'.repeat(8), service: 'pay' }))))).toEqual(kept);
});

test('a service below its rate loses nothing, one above it is held to it', async () => {
  const clock = new ManualClock(0);
  const gate = gateOf({ rateLimit: 100 }, clock);
  const kept = { cart: 0, pay: 0 };
  for (let second = 0; second < 120; second++) {
    const spans = [...Array.from({ length: 1000 }, () => span()), ...Array.from({ length: 90 }, () => span({ service: 'pay' }))];
    const marks = gate.admit(spanBatch(spans)) ?? new Uint8Array(spans.length).fill(1);
    await clock.advance(1000);
    if (second < 30) continue;
    for (const [row, mark] of marks.entries()) kept[row < 1000 ? 'cart' : 'pay'] += mark;
  }
  expect(kept.pay).toBe(90 * 90);
  expect(kept.cart / 90).toBeGreaterThan(80);
  expect(kept.cart / 90).toBeLessThan(105);
});

test('above the rate traces stay whole, and those of a busier service are among those of a quieter one', async () => {
  const clock = new ManualClock(0);
  const gate = gateOf({ rateLimit: 200 }, clock);
  let [whole, partial, alone] = [0, 0, 0];
  for (let second = 0; second < 60; second++) {
    const traces = Array.from({ length: 300 }, () => span());
    const spans = traces.flatMap((each) => [
      each,
      { ...each, spanId: '02'.repeat(8) },
      { ...each, spanId: '03'.repeat(8), service: 'pay' },
    ]);
    const marks = gate.admit(spanBatch(spans)) ?? new Uint8Array(spans.length).fill(1);
    await clock.advance(1000);
    if (second < 20) continue;
    for (let i = 0; i < marks.length; i += 3) {
      const [first, second_, pay] = marks.subarray(i, i + 3);
      if (first !== second_) partial++;
      else if (first === 1) whole++;
      if (first === 1 && pay === 0) alone++;
    }
  }
  expect(whole).toBeGreaterThan(3000);
  expect(partial).toBeLessThan(whole / 100);
  expect(alone).toBeLessThan(whole / 100);
});

test('a burst is bounded by what a service may have saved up, however it comes', () => {
  const gate = gateOf({ rateLimit: 10 });
  let kept = 0;
  for (let i = 0; i < 100; i++)
    kept += (gate.admit(spanBatch(Array.from({ length: 100 }, () => span()))) ?? new Uint8Array()).reduce((sum, mark) => sum + mark, 0);
  expect(kept).toBeGreaterThan(50);
  expect(kept).toBeLessThanOrEqual(200);
});

test('any number of services take bounded memory and share one rate beyond that', () => {
  const gate = gateOf({ rateLimit: 1 });
  for (let i = 0; i < 12; i++) gate.admit(spanBatch(Array.from({ length: 1000 }, (_, j) => span({ service: `s${i * 1000 + j}` }))));
  const { rateLimited } = gate.stats();
  expect(rateLimited).toBeGreaterThan(1900);
  expect(rateLimited).toBeLessThanOrEqual(2000);
});
