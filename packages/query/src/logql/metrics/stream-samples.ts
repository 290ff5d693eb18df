/** Reads the lines of a range aggregation once, in ascending order of time, and hands on what its pipeline makes of them. */

import type { Grouping, RangeAggregation } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import { storedConditions } from '../conditions.ts';
import { LineView } from '../line-view.ts';
import { compileSampleExtractor, type Measure } from '../sample-extractor.ts';
import type { MetricContext } from './context.ts';
import { SeriesTable } from './series-table.ts';
import { spanOf, WindowCursor, type Windows } from './steps.ts';

/** Takes samples; those that come lie in at least one window. */
export interface SampleSink {
  /** Whether it looks at times. */
  readonly timed: boolean;
  /** A sample of a row that lies in the windows from `first` to `last`. `time` is in seconds since the first window's end. */
  add(row: number, first: number, last: number, value: number, time: number): void;
}

/** Streams all samples into the sink. @returns the labels of its rows */
export async function streamSamples(
  node: RangeAggregation,
  grouping: Grouping | undefined,
  windows: Windows,
  sink: SampleSink,
  { reader, signal, budget, namesLevel }: MetricContext,
): Promise<readonly Labels[]> {
  const { logs, unwrap } = node;
  const { conditions } = storedConditions(logs.stages);
  const extractor = compileSampleExtractor(logs.stages, measureOf(node), grouping === undefined ? {} : { grouping });
  const series = new SeriesTable(grouping?.without === false);
  const cursor = new WindowCursor(windows);
  const line = new LineView(namesLevel);
  const onlyText = unwrap === undefined && grouping?.without === false && grouping.labels.length === 0;
  const attributes = !onlyText || logs.stages.some(({ kind }) => kind !== 'line-filter');
  const request = { matchers: logs.matchers, ...spanOf(windows), direction: 'forward', conditions, attributes } as const;
  for await (const block of reader.lines(request, signal)) {
    budget.took(block.rows);
    for (let row = 0; row < block.rows; row++) {
      budget.tick();
      const timestamp = block.timestamps[row]!;
      cursor.seek(timestamp);
      // Between windows that do not touch each other are lines of none.
      if (cursor.first > cursor.last) continue;
      line.moveTo(block, row, timestamp);
      const sample = extractor.extract(line);
      if (sample === undefined) continue;
      budget.matched(1);
      const time = sink.timed ? Number(timestamp - windows.firstEnd) / 1e9 : 0;
      sink.add(series.rowOf(sample), cursor.first, cursor.last, sample.value, time);
    }
  }
  return series.labels;
}

function measureOf({ operation, unwrap }: RangeAggregation): Measure {
  return unwrap ?? (operation === 'bytes_over_time' || operation === 'bytes_rate' ? 'bytes' : 'lines');
}
