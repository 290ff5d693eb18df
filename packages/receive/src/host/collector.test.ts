import { ManualClock, type Logger } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createCollectorOf } from './collector.ts';
import { Families } from './family.ts';
import { fixtureHost } from './fixture-tree.ts';
import { NothingHere, type Part } from './part.ts';

function gaugePart(name: string): Part {
  return () => () => {
    const families = new Families();
    families.gauge(name, 'A test.').add(1);
    return families;
  };
}

function failing(error: () => unknown): Part {
  return () => () => {
    throw error();
  };
}

function recorder(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const line = (level: string) => (details: object, message: string) => lines.push(`${level} ${message} ${JSON.stringify(details)}`);
  return { log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }, lines };
}

async function collectText(collector: { collect(): Promise<Uint8Array> }): Promise<string> {
  return new TextDecoder().decode(await collector.collect());
}

test('a part that fails takes no other with it, and the round says which failed', async () => {
  const parts = { good: gaugePart('good'), bad: failing(() => new Error('no')), rejecting: () => () => Promise.reject(new Error('no')) };
  const text = await collectText(createCollectorOf(parts, fixtureHost()));
  expect(text).toContain('\ngood 1\n');
  expect(text).toContain('node_scrape_collector_success{collector="good"} 1');
  expect(text).toContain('node_scrape_collector_success{collector="bad"} 0');
  expect(text).toContain('node_scrape_collector_success{collector="rejecting"} 0');
  expect(text).toContain('node_scrape_collector_duration_seconds{collector="bad"} 0');
});

test('disabled parts do not run and are not named', async () => {
  const collector = createCollectorOf({ a: gaugePart('a'), b: gaugePart('b') }, fixtureHost(), ['b']);
  expect(collector.collectors()).toEqual(['a']);
  expect(await collectText(collector)).not.toContain('b');
});

test('a part that cannot even be prepared fails in its round, not at the start', async () => {
  const unpreparable: Part = () => {
    throw new Error('no such machine');
  };
  const text = await collectText(createCollectorOf({ unpreparable }, fixtureHost()));
  expect(text).toContain('node_scrape_collector_success{collector="unpreparable"} 0');
});

test('a failure is logged once until it changes; what a machine does not have is not worth a line', async () => {
  const { log, lines } = recorder();
  let error: Error | undefined = new Error('first');
  const changing: Part = () => () => {
    if (error !== undefined) throw error;
    return new Families();
  };
  const parts = {
    changing,
    nothing: failing(() => new NothingHere('none')),
    missing: failing(() => Object.assign(new Error('x'), { code: 'ENOENT' })),
  };
  const collector = createCollectorOf(parts, fixtureHost({}, { log }));
  await collector.collect();
  await collector.collect();
  expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  error = new Error('second');
  await collector.collect();
  expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(2);
  error = undefined;
  await collector.collect();
  await collector.collect();
  expect(lines.filter((line) => line.startsWith('info'))).toHaveLength(1);
});

test('a part that hangs delays its round by a bound, and is not called again before it has ended', async () => {
  const clock = new ManualClock();
  const hanging = Promise.withResolvers<Families>();
  let calls = 0;
  const stuck: Part = () => () => {
    calls++;
    return hanging.promise;
  };
  const collector = createCollectorOf({ stuck, good: gaugePart('good') }, fixtureHost({}, { clock }));
  const first = collectText(collector);
  await clock.advance(10_000);
  expect(await first).toContain('node_scrape_collector_success{collector="stuck"} 0');
  expect(await first).toContain('\ngood 1\n');
  expect(await collectText(collector)).toContain('node_scrape_collector_success{collector="stuck"} 0');
  expect(calls).toBe(1);
  hanging.resolve(new Families());
  await clock.advance(0);
  expect(await collectText(collector)).toContain('node_scrape_collector_success{collector="stuck"} 1');
  expect(calls).toBe(2);
});

test('who asks while a round is under way gets that round', async () => {
  let calls = 0;
  const counting: Part = () => () => {
    calls++;
    return Promise.resolve(new Families());
  };
  const collector = createCollectorOf({ counting }, fixtureHost());
  const [one, two] = await Promise.all([collector.collect(), collector.collect()]);
  expect(one).toBe(two);
  expect(calls).toBe(1);
});
