import { encodeLabels, labelsOf, ManualClock, type Matcher } from '@atalaya/model';
import { expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { stringColumn } from '../native/block.ts';
import { writeNative } from '../native/write.ts';
import { SeriesIndex } from '../series-index/series-index.ts';
import { DAY_MS } from './day.ts';
import { Estimator } from './estimate.ts';

const TODAY = 20_000;
const clock = new ManualClock(TODAY * DAY_MS + DAY_MS / 2);

/** Ten series `m{host="0"}` … active on three days, one more only today; rows by day as given. */
function estimator(rows: Record<number, number>): Estimator {
  const index = new SeriesIndex();
  for (let host = 0; host < 11; host++) {
    const bytes = encodeLabels(labelsOf({ __name__: 'm', host: String(host) }));
    index.begin();
    index.labelsOf(bytes, 0, bytes.length);
    index.commit(host + 1, 0);
    for (let day = host < 10 ? TODAY - 2 : TODAY; day <= TODAY; day++) index.touch(index.lastSlot, day);
  }
  const days = Object.keys(rows);
  const values = Float64Array.from(Object.values(rows));
  const first = Float64Array.from(days, (day) => Number(day) * DAY_MS);
  const last = Float64Array.from(days, (day) => Math.min((Number(day) + 1) * DAY_MS, clock.now()) - 1);
  const bytes = writeNative({
    rows: days.length,
    columns: {
      id: stringColumn(days),
      rows: { kind: 'Float64', values },
      first: { kind: 'Float64', values: first },
      last: { kind: 'Float64', values: last },
    },
  });
  return new Estimator({ query: async () => ({ bytes }) } as unknown as Engine, index, clock);
}

const all: Matcher[] = [{ name: '__name__', operator: '=', value: 'm' }];
const from = (days: number): number => (TODAY - days) * DAY_MS;

test('series are counted, samples follow from the rows of each day', async () => {
  const of = estimator({ [TODAY - 2]: 1000, [TODAY - 1]: 2000, [TODAY]: 1100 });
  expect(await of.estimate({ matchers: all, start: 0, end: from(-1) })).toEqual({ series: 11, samples: 4100 });
  expect(await of.estimate({ matchers: all, start: from(2), end: from(1) - 1 })).toEqual({ series: 10, samples: 1000 });
  const one: Matcher[] = [...all, { name: 'host', operator: '=', value: '3' }];
  expect(await of.estimate({ matchers: one, start: 0, end: from(-1) })).toEqual({ series: 1, samples: 400 });
});

test('of days that are not wanted whole a share is counted, of today what there is until now', async () => {
  const of = estimator({ [TODAY - 2]: 1000, [TODAY - 1]: 2000, [TODAY]: 1100 });
  expect(await of.estimate({ matchers: all, start: from(2) + DAY_MS / 2, end: from(0) - 1 - DAY_MS / 4 })).toEqual({
    series: 10,
    samples: 2000,
  });
  expect(await of.estimate({ matchers: all, start: clock.now() - DAY_MS / 4, end: clock.now() + DAY_MS })).toEqual({
    series: 11,
    samples: 550,
  });
});

test('nothing stored, nothing asked, nothing expected', async () => {
  expect(await estimator({}).estimate({ matchers: all, start: 0, end: from(-1) })).toEqual({ series: 11, samples: 0 });
  const of = estimator({ [-3_000_000]: 5, [TODAY]: 11 });
  expect(await of.estimate({ matchers: all, start: 2, end: 1 })).toEqual({ series: 0, samples: 0 });
  expect(await of.estimate({ matchers: all, start: -Infinity, end: Infinity })).toEqual({ series: 11, samples: 11 });
  const bad: Matcher[] = [{ name: 'host', operator: '=~', value: '(' }];
  await expect(of.estimate({ matchers: bad, start: 0, end: 1 })).rejects.toMatchObject({ code: 'BAD_QUERY' });
});
