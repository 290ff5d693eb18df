/** Stage `metrics`: counters, gauges and histograms of extracted values, on the program's own metrics page. */

import { readGoFloat, readLogDuration } from '@atalaya/lang';
import type { Cursor } from '../../../scrape-config/cursor.ts';
import type { MetricDefinition, StageMetric } from '../metrics/stage-metrics.ts';
import { readNumber, readStageDuration } from './expression.ts';
import { type Extracted, type Stage, type StageEntry, type StageReader, textOf } from './stage.ts';

const DEFAULT_PREFIX = 'promtail_custom_';
const DEFAULT_IDLE_MS = 300_000;
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Updates a metric for one entry. */
type Update = (metric: StageMetric, entry: StageEntry) => void;

export const readMetricsStage: StageReader = (config, { metrics }) => {
  const entries = config.entries();
  const read = entries.map(([name, section]) => readMetric(name, section));
  return (): Stage => {
    const updates = read.map(({ definition, update }) => ({ metric: metrics.metric(definition), update }));
    return {
      process(entry, emit) {
        for (const { metric, update } of updates) update(metric, entry);
        emit(entry);
      },
    };
  };
};

function readMetric(name: string, section: Cursor): { definition: MetricDefinition; update: Update } {
  const fields = section.section({ known: ['type', 'description', 'source', 'prefix', 'max_idle_duration', 'config'] });
  const type = (fields.get('type') ?? section.fail('type is missing')).choice(['counter', 'gauge', 'histogram'], (text) =>
    text.toLowerCase(),
  );
  const fullName = (fields.get('prefix')?.text() || DEFAULT_PREFIX) + name;
  if (!/^[A-Za-z_:][A-Za-z0-9_:]*$/.test(fullName)) section.fail(`"${fullName}" is not a name of a metric`);
  const idle = fields.get('max_idle_duration');
  const idleMs = idle === undefined ? DEFAULT_IDLE_MS : readStageDuration(idle);
  if (idleMs < 1000) idle?.fail('must be at least 1s');
  const source = fields.get('source')?.text() || name;
  const own = fields.get('config');
  const details = own?.section({ known: OWN_FIELDS[type] }) ?? new Map<string, Cursor>();
  const help = fields.get('description')?.text() ?? '';
  const buckets = type === 'histogram' ? readBuckets(details.get('buckets')) : [];
  const definition = { name: fullName, type, help, idleMs, buckets };
  const expected = details.get('value')?.text();
  const at = own ?? section;
  if (type === 'histogram') return { definition, update: onValue(source, expected, observe) };
  const update = type === 'counter' ? readCounter(at, details, source, expected) : readGauge(at, details, source, expected);
  return { definition, update };
}

const OWN_FIELDS = {
  counter: ['match_all', 'count_entry_bytes', 'value', 'action'],
  gauge: ['value', 'action'],
  histogram: ['value', 'buckets'],
};

function readBuckets(list: Cursor | undefined): readonly number[] {
  const buckets = (list?.items() ?? []).map(readNumber).sort((a, b) => a - b);
  return buckets.length === 0 ? DEFAULT_BUCKETS : buckets;
}

/** Does something with an extracted value, where it is there and is the one that is expected. */
function onValue(
  source: string,
  expected: string | undefined,
  act: (metric: StageMetric, entry: StageEntry, value: Extracted) => void,
): Update {
  return (metric, entry) => {
    const value = entry.extracted.get(source);
    if (value === undefined || (expected !== undefined && textOf(value) !== expected)) return;
    act(metric, entry, value);
  };
}

function observe(metric: StageMetric, { labels }: StageEntry, value: Extracted): void {
  const number = numberOf(value);
  if (number !== undefined) metric.observe(labels, number);
}

function readCounter(section: Cursor, fields: ReadonlyMap<string, Cursor>, source: string, expected: string | undefined): Update {
  const action = (fields.get('action') ?? section.fail('action is missing; a counter has inc and add')).choice(['inc', 'add'], (text) =>
    text.toLowerCase(),
  );
  const all = fields.get('match_all')?.boolean() ?? false;
  const bytes = fields.get('count_entry_bytes')?.boolean() ?? false;
  if (all && expected !== undefined) section.fail('match_all and value exclude each other');
  if (bytes && (!all || action !== 'add')) section.fail('count_entry_bytes needs match_all: true and action: add');
  const add = (metric: StageMetric, { labels }: StageEntry, value: Extracted): void => {
    const number = action === 'inc' ? 1 : numberOf(value);
    // A counter does not go down.
    if (number !== undefined && number >= 0) metric.add(labels, number);
  };
  if (!all) return onValue(source, expected, add);
  if (bytes) return (metric, { labels, line }) => metric.add(labels, Buffer.byteLength(line));
  return (metric, entry) => add(metric, entry, null);
}

function readGauge(section: Cursor, fields: ReadonlyMap<string, Cursor>, source: string, expected: string | undefined): Update {
  const action = (fields.get('action') ?? section.fail('action is missing; a gauge has set, inc, dec, add and sub')).choice(
    ['set', 'inc', 'dec', 'add', 'sub'],
    (text) => text.toLowerCase(),
  );
  return onValue(source, expected, (metric, { labels }, value) => {
    if (action === 'inc' || action === 'dec') {
      metric.add(labels, action === 'inc' ? 1 : -1);
      return;
    }
    const number = numberOf(value);
    if (number === undefined) return;
    if (action === 'set') metric.set(labels, number);
    else metric.add(labels, action === 'add' ? number : -number);
  });
}

/** A number, or a duration (`0.5ms`) in seconds. */
function numberOf(value: Extracted): number | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'string') return Number(value);
  const number = readGoFloat(value);
  if (typeof number === 'number') return number;
  const sign = value.startsWith('-') ? -1 : 1;
  const nanoseconds = readLogDuration(value.replace(/^[-+]/, ''));
  return nanoseconds === undefined ? undefined : (sign * nanoseconds) / 1e9;
}
