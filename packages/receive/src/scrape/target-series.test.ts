/** From a scraped body to samples: formats, labels, limits, timestamps, staleness. */

import { AtalayaError, CUSTOM_BUCKETS_SCHEMA, labelsOf } from '@atalaya/model';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_HISTOGRAM_SCRAPING } from '../scrape-config/config.ts';
import { openYaml } from '../scrape-config/cursor.ts';
import { readRelabelRules } from '../scrape-config/relabel-rule.ts';
import { ExpositionError } from './exposition-error.ts';
import { FakeWriter } from './fake-writer.ts';
import { MetadataRegistry } from './metadata-registry.ts';
import { type SampleRules, TargetSeries } from './target-series.ts';

const NO_LIMITS = { samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0, targets: 0, bodyBytes: 0 };
const PLAIN: SampleRules = {
  targetLabels: [],
  honorLabels: false,
  honorTimestamps: true,
  trackTimestampsStaleness: false,
  metricRelabel: [],
  limits: NO_LIMITS,
  histograms: DEFAULT_HISTOGRAM_SCRAPING,
};
const rules = (yaml: string) => readRelabelRules(openYaml(yaml, 'rules', []));

let writer: FakeWriter;
let series: TargetSeries;
let now: number;

function target(more: Partial<SampleRules> = {}): TargetSeries {
  series = new TargetSeries({ ...PLAIN, ...more }, new MetadataRegistry());
  return series;
}

beforeEach(() => {
  writer = new FakeWriter();
  now = 0;
  target();
});

/** One round; gives what was stored, or the error with what was stored nevertheless. */
async function scrape(body: string | Buffer, openMetrics = false): Promise<string[]> {
  const appender = writer.appender();
  now += 1000;
  let failure: string | undefined;
  try {
    series.append(Buffer.from(body), openMetrics ? 'openmetrics' : 'text', now, appender);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    failure = `${error.name}: ${error.message}`;
    appender.discard();
    series.abandon();
  }
  series.appendStale(appender, now);
  try {
    await appender.commit();
    series.settle(true, failure === undefined);
  } catch {
    series.settle(false, failure === undefined);
  }
  return failure === undefined ? writer.take() : [failure, ...writer.take()];
}

describe('the text format', () => {
  it('gives samples with values of every kind', async () => {
    expect(await scrape('a 1\nb{x="y"} 2.5e3\nc{} NaN\nd +Inf\ne{x="1",y="2",} -Inf\n')).toEqual([
      'a 1 @1000',
      'b{x="y"} 2500 @1000',
      'c NaN @1000',
      'd Infinity @1000',
      'e{x="1", y="2"} -Infinity @1000',
    ]);
  });

  it('allows blanks, comments, empty lines and a missing line end', async () => {
    expect(
      await scrape('# a comment\n#\n# HELP\n\n  a\t 1  \n#HELPLESS\nb {x = "1" , y="2"}\t2\n{z="1"} 5 \n'.replace('{z="1"} 5 \n', 'c 3')),
    ).toEqual(['a 1 @1000', 'b{x="1", y="2"} 2 @1000', 'c 3 @1000']);
  });

  it('reads escapes and any UTF-8 in values, and quoted names', async () => {
    expect(await scrape('a{x="q\\"b\\\\n\\nl}{,=",y="ñ 日本"} 1\n{"metric.name","label.name"="v",z="w"} 2\n')).toEqual([
      'a{x="q\\"b\\\\n\\nl}{,=", y="ñ 日本"} 1 @1000',
      'metric.name{label.name="v", z="w"} 2 @1000',
    ]);
  });

  it('drops labels without a value', async () => {
    expect(await scrape('a{x="",y="1"} 1\n')).toEqual(['a{y="1"} 1 @1000']);
  });

  it('takes timestamps in milliseconds when they are honoured', async () => {
    expect(await scrape('a 1 123456\nb 2\nc 3 -5\n')).toEqual(['a 1 @123456', 'b 2 @1000', 'c 3 @-5']);
    target({ honorTimestamps: false });
    expect(await scrape('a 1 123456\n')).toEqual(['a 1 @2000']);
  });

  it.each([
    ['a 1\nb\n', 2, 'no value'],
    ['a one\n', 1, 'the value is not a number'],
    ['a 0x1f\n', 1, 'the value is not a number'],
    ['a 1 2 3\n', 1, 'unexpected text after the sample'],
    ['a 1 1.5\n', 1, 'the timestamp is not a whole number of milliseconds'],
    ['a{x="1" 1\n', 1, 'a brace is not closed'],
    ['a{x="1} 1\n', 1, 'a quote is not closed'],
    ['\n\na{x=1} 1\n', 3, 'the value of label x is not quoted'],
    ['a{x} 1\n', 1, 'the label x has no value'],
    ['a{x="1" y="2"} 1\n', 1, 'a comma or a closing brace is expected'],
    ['a{x="1",x="2"} 1\n', 1, 'the label x is given twice'],
    ['a{__name__="b"} 1\n', 1, '"__name__" is not allowed as a label name'],
    ['{x="1"} 1\n', 1, 'the metric name is missing'],
    ['a-b 1\n', 1, 'invalid metric name'],
    ['a{1x="1"} 1\n', 1, 'a label name is expected'],
    ['# TYPE a rainbow\n', 1, '"rainbow" is not a metric type'],
    ['# HELP \n', 1, 'a metric name is expected'],
    ['a 1 # {x="1"} 2\n', 1, 'unexpected text after the sample'],
    ['<html>\n', 1, 'no value'],
  ])('refuses %j as a whole, with line and text', async (body, line, reason) => {
    await scrape('known 1\n');
    const [failure, ...stored] = await scrape(`${body}z 1\n`);
    expect(failure).toContain(`ExpositionError: line ${line}: ${reason}: `);
    expect(failure).toContain(JSON.stringify(body.split('\n')[line - 1]));
    expect(stored).toEqual(['known stale @2000']);
  });

  it('refuses invalid UTF-8', async () => {
    expect((await scrape(Buffer.from([0x61, 0x7b, 0x78, 0x3d, 0x22, 0xff, 0x22, 0x7d, 0x20, 0x31])))[0]).toContain('not valid UTF-8');
  });
});

describe('OpenMetrics', () => {
  it('has timestamps in seconds, and exemplars', async () => {
    const body =
      '# TYPE a counter\n# UNIT a_seconds seconds\na_total 1 1520879607.789 # {trace_id="x } y"} 0.5 1520879607\na_created 2\n# EOF\n';
    expect(await scrape(body, true)).toEqual(['a_total 1 @1520879607789', 'a_created 2 @1000']);
    expect(series.counts.exemplars).toBe(1);
    expect(writer.exemplars).toEqual(['a_total {trace_id="x } y"} 0.5 @1520879607000']);
    expect(writer.metadata.get('a')).toEqual({ type: 'counter', help: '', unit: '' });
    expect(writer.metadata.get('a_seconds')).toEqual({ type: 'unknown', help: '', unit: 'seconds' });
  });

  it('has exemplars without a time, and without labels', async () => {
    await scrape('# TYPE a counter\na_total 1 # {trace_id="x", span_id="y"} 0.5\nb_total 1 # {} +Inf 7.25\nc_total 1\n# EOF\n', true);
    expect(writer.exemplars).toEqual(['a_total {trace_id="x", span_id="y"} 0.5 @1000 (seen)', 'b_total {} Infinity @7250']);
  });

  it.each([
    ['a 1\n', 'the text does not end with # EOF'],
    ['', 'the text does not end with # EOF'],
    ['# EOF\na 1\n', 'text follows after # EOF'],
    ['a 1\n\n# EOF\n', 'an empty line is not allowed in OpenMetrics'],
    ['a 1 # {x="1"}\n# EOF\n', 'an exemplar needs a value'],
    ['a 1 # x\n# EOF\n', 'an exemplar begins with {'],
    ['a 1 # {x=1} 2\n# EOF\n', 'the value of label x is not quoted'],
    ['a 1 # {"x"} 2\n# EOF\n', 'the labels of an exemplar are expected'],
  ])('refuses %j', async (body, reason) => {
    expect((await scrape(body, true))[0]).toContain(reason);
  });
});

describe('metadata', () => {
  it('is written when it is new or changes', async () => {
    const body = '# HELP a Says \\\\ and \\n.\n# TYPE a gauge\na 1\n';
    await scrape(body);
    expect(writer.metadata.get('a')).toEqual({ type: 'gauge', help: 'Says \\ and \n.', unit: '' });
    writer.metadata.clear();
    await scrape(body);
    expect(writer.metadata.size).toBe(0);
    await scrape('# HELP a Other.\n# TYPE a gauge\na 1\n');
    expect(writer.metadata.get('a')).toEqual({ type: 'gauge', help: 'Other.', unit: '' });
    await scrape(body);
    expect(writer.metadata.get('a')?.help).toContain('Says');
  });

  it('is written again when the commit failed', async () => {
    writer.failure = new AtalayaError('JOURNAL_FULL', { reason: 'test' });
    await scrape('# TYPE a gauge\na 1\n');
    writer.failure = undefined;
    await scrape('# TYPE a gauge\na 1\n');
    expect(writer.metadata.get('a')?.type).toBe('gauge');
  });
});

describe('labels of the target', () => {
  const targetLabels = labelsOf({ job: 'j', instance: 'i' });

  it('win, and what they hide is exported', async () => {
    target({ targetLabels });
    expect(await scrape('a{job="own",exported_job="taken",x="1"} 1\n')).toEqual([
      'a{exported_exported_job="own", exported_job="taken", instance="i", job="j", x="1"} 1 @1000',
    ]);
  });

  it('give way with honor_labels, also to an empty value', async () => {
    target({ targetLabels, honorLabels: true });
    expect(await scrape('a{job="own"} 1\nb{instance=""} 2\n')).toEqual(['a{instance="i", job="own"} 1 @1000', 'b{job="j"} 2 @1000']);
  });
});

describe('metric relabelling', () => {
  it('drops and renames series, and counts what is left', async () => {
    target({
      metricRelabel: rules(
        '[{action: drop, source_labels: [__name__], regex: "go_.*"}, {source_labels: [__name__], regex: old, target_label: __name__, replacement: new}]',
      ),
    });
    for (const round of [1000, 2000]) expect(await scrape('go_a 1\nold 2\ngo_b 3\n')).toEqual([`new 2 @${round}`]);
    expect(series.counts).toMatchObject({ scraped: 3, kept: 1, added: 0 });
  });

  it('must leave a metric name', async () => {
    target({ metricRelabel: rules('[{action: labeldrop, regex: __name__}]') });
    expect((await scrape('a 1\n'))[0]).toContain('line 1: no metric name is left after relabelling: "a 1"');
  });
});

describe('limits', () => {
  const limited = (limits: Partial<typeof NO_LIMITS>) => target({ limits: { ...NO_LIMITS, ...limits } });

  it('on samples fail the scrape but count all of them', async () => {
    limited({ samples: 2 });
    expect(await scrape('a 1\nb 2\n')).toHaveLength(2);
    expect(await scrape('a 1\nb 2\nc 3\nd 4\n')).toEqual([
      'SampleLimitError: 4 samples after relabelling exceed the sample_limit of 2',
      'a stale @2000',
      'b stale @2000',
    ]);
    expect(series.counts).toMatchObject({ scraped: 4, kept: 4 });
  });

  it.each([
    [{ labels: 2 }, '3 labels exceed the label_limit of 2'],
    [{ labelNameLength: 8 }, 'the label name long_name has 9 bytes, label_name_length_limit is 8'],
    [{ labelValueLength: 5 }, 'the value of label long_name has 6 bytes, label_value_length_limit is 5'],
  ])('%j on labels fail the scrape', async (limits, reason) => {
    limited(limits);
    expect((await scrape('a{long_name="ééé",x="1"} 1\n'))[0]).toContain(reason);
  });
});

describe('what the writer refuses', () => {
  it('is counted, and asked for again each time', async () => {
    writer.refuse = (name) => (name === 'b' ? 'series_limit' : undefined);
    expect(await scrape('a 1\nb 2\n')).toEqual(['a 1 @1000']);
    expect(series.counts).toMatchObject({ scraped: 2, kept: 2, added: 1, refused: { series_limit: 1 } });
    writer.refuse = () => undefined;
    expect(await scrape('a 1\nb 2\n')).toEqual(['a 1 @2000', 'b 2 @2000']);
  });
});

describe('staleness', () => {
  it('marks series that are gone, once, and counts those that are new', async () => {
    await scrape('a 1\nb 2\n');
    expect(series.counts.added).toBe(2);
    expect(await scrape('a 1\nc 3\n')).toEqual(['a 1 @2000', 'c 3 @2000', 'b stale @2000']);
    expect(series.counts.added).toBe(1);
    expect(await scrape('a 1\nc 3\n')).toEqual(['a 1 @3000', 'c 3 @3000']);
    expect(await scrape('a 1\nb 2\nc 3\n')).toHaveLength(3);
    expect(series.counts.added).toBe(1);
  });

  it('marks all when a scrape fails, and nothing of that scrape', async () => {
    await scrape('a 1\nb 2\n');
    expect((await scrape('a 1\nnew 2\n!\n')).slice(1)).toEqual(['a stale @2000', 'b stale @2000']);
    expect((await scrape('!\n')).slice(1)).toEqual([]);
    expect(await scrape('a 1\nb 2\n')).toEqual(['a 1 @4000', 'b 2 @4000']);
    expect(await scrape('')).toEqual(['a stale @5000', 'b stale @5000']);
  });

  it('owes markers that could not be committed', async () => {
    await scrape('a 1\nb 2\n');
    writer.failure = new AtalayaError('JOURNAL_FULL', { reason: 'test' });
    expect(await scrape('a 1\nc 1\n')).toEqual([]);
    expect(await scrape('a 1\n')).toEqual([]);
    writer.failure = undefined;
    // c was never stored: it gets no marker.
    expect(await scrape('a 1\n')).toEqual(['a 1 @4000', 'b stale @4000']);
    expect(await scrape('a 1\n')).toEqual(['a 1 @5000']);
  });

  it('leaves series with their own timestamps alone unless told to track them', async () => {
    await scrape('a 1 500\n');
    expect(await scrape('')).toEqual([]);
    target({ trackTimestampsStaleness: true });
    await scrape('a 1 2500\n');
    expect(await scrape('')).toEqual(['a stale @4000']);
  });

  it('knows that two spellings are one series', async () => {
    await scrape('a{x="1",y="2"} 1\n');
    expect(await scrape('a{y="2",x="1"} 1\n')).toEqual(['a{x="1", y="2"} 1 @2000']);
    expect(await scrape('')).toEqual(['a{x="1", y="2"} stale @3000']);
  });

  it('counts a series that stands twice in a body and takes its first sample', async () => {
    for (const round of [1000, 2000]) {
      expect(await scrape('a 1\na 2\nb 1\n')).toEqual([`a 1 @${round}`, `b 1 @${round}`]);
      expect(series.counts).toMatchObject({ scraped: 3, kept: 3, duplicates: 1 });
    }
  });

  it('takes several samples of one series that have their own timestamps', async () => {
    expect(await scrape('a 1 10\na 2 20\n')).toEqual(['a 1 @10', 'a 2 @20']);
  });

  it('marks what changed rules no longer produce', async () => {
    await scrape('a 1\nb 2\n');
    series.changeRules({ ...PLAIN, metricRelabel: rules('[{action: drop, source_labels: [__name__], regex: b}]') });
    expect(await scrape('a 1\nb 2\n')).toEqual(['a 1 @2000', 'b stale @2000']);
    expect(await scrape('a 1\nb 2\n')).toEqual(['a 1 @3000']);
  });
});

describe('memory', () => {
  it('stays below 60 bytes a line and is given back', async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, i) => `metric{number="${i}"} ${i}\n`).join('');
    for (const count of [1000, 1500, 10_000]) {
      await scrape(lines(count));
      expect(series.size).toBe(count);
      expect(series.bytes / count).toBeLessThan(60);
    }
    await scrape(lines(10));
    expect(series.bytes).toBeLessThan(1500);
  });
});

describe('hostile bodies', () => {
  it('give samples or an ExpositionError, nothing else', () => {
    const fragment = fc.oneof(
      fc.constantFrom(
        'a',
        'a{',
        '}',
        '"',
        '\\',
        '\n',
        ' ',
        '# TYPE ',
        '# HELP ',
        '# EOF',
        '# {',
        '1',
        '1e',
        'x="y"',
        ',',
        '{"q"',
        'NaN',
        '\t',
        '\u0000',
        'é',
        'a 1\n',
      ),
      fc.string({ maxLength: 5 }),
    );
    const body = fc.oneof(
      fc.array(fragment, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''))),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(body, fc.boolean(), (bytes, openMetrics) => {
        const fuzzed = new TargetSeries(PLAIN, new MetadataRegistry());
        let thrown: unknown;
        try {
          fuzzed.append(bytes, openMetrics ? 'openmetrics' : 'text', 0, new FakeWriter().appender());
        } catch (error) {
          thrown = error;
        }
        expect(thrown === undefined || thrown instanceof ExpositionError).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('classic histograms that are to become native ones', () => {
  const convert = { ...DEFAULT_HISTOGRAM_SCRAPING, convertClassic: true };
  const body = `# TYPE up gauge
up 1
# TYPE latency histogram
latency_bucket{path="/a",le="0.5"} 1
latency_bucket{le="1",path="/a"} 4
latency_bucket{path="/a",le="+Inf"} 6
latency_sum{path="/a"} 2.5
latency_count{path="/a"} 6
latency_bucket{path="/b",le="+Inf"} 2
latency_count{path="/b"} 2
latency_sum{path="/b"} 7
# TYPE latency_seconds summary
latency_seconds_count 3
`;

  it('have the exemplars of their buckets', async () => {
    target({ histograms: convert });
    const openMetrics = `# TYPE latency histogram
latency_bucket{le="1"} 4 # {trace_id="b"} 0.5 2
latency_bucket{le="+Inf"} 6 # {trace_id="a"} 3 1
latency_count 6
latency_sum 2
# EOF
`;
    expect(await scrape(openMetrics, true)).toEqual(['latency 6 @1000']);
    expect(writer.exemplars).toEqual(['latency {trace_id="a"} 3 @1000', 'latency {trace_id="b"} 0.5 @2000']);
  });

  it('are gathered from their series, one for each label set, and end with a stale marker', async () => {
    target({ histograms: convert });
    expect(await scrape(body)).toEqual([
      'up 1 @1000',
      'latency{path="/a"} 6 @1000',
      'latency{path="/b"} 2 @1000',
      'latency_seconds_count 3 @1000',
    ]);
    const asked = writer.asked.length;
    const appender = writer.appender();
    series.append(Buffer.from(body), 'text', 5, appender);
    await appender.commit();
    expect(writer.samples.flatMap(({ histogram }) => histogram ?? [])).toMatchObject([
      {
        schema: CUSTOM_BUCKETS_SCHEMA,
        count: 6,
        sum: 2.5,
        positiveSpans: [{ offset: 0, length: 3 }],
        positiveBuckets: Float64Array.of(1, 3, 2),
        customBounds: Float64Array.of(0.5, 1),
      },
      { count: 2, sum: 7, positiveBuckets: Float64Array.of(2), customBounds: new Float64Array(0) },
    ]);
    expect(writer.asked).toHaveLength(asked);
    series.settle(true, true);
    writer.take();
    expect(await scrape('up 1\n')).toEqual([
      'up 1 @2000',
      'latency{path="/a"} stale @2000',
      'latency{path="/b"} stale @2000',
      'latency_seconds_count stale @2000',
    ]);
  });

  it('leave their series where these are wanted too', async () => {
    target({ histograms: { ...convert, alwaysClassic: true } });
    const stored = await scrape(body);
    expect(stored).toHaveLength(12);
    expect(stored.filter((line) => line.startsWith('latency_bucket'))).toHaveLength(4);
    expect(stored).toContain('latency{path="/b"} 2 @1000');
  });

  it('keep their own timestamps; what is no series of one stays what it is', async () => {
    target({ histograms: convert });
    const open = '# TYPE h histogram\nh_bucket{le="2"} 3 10\nh_count 3 10\nh_sum 1 10\nh_created 5\nh_bucket{no="le"} 4\n# EOF\n';
    expect(await scrape(open, true)).toEqual(['h 3 @10000', 'h_created 5 @1000', 'h_bucket{no="le"} 4 @1000']);
  });
});
