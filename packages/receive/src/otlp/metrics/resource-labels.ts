/** What the resource and the scope of data points put into the labels of their series. */

import { type Labels, labelsOf, METRIC_NAME } from '@atalaya/model';
import { labelName } from './label-name.ts';
import type { OtlpTranslation } from './translation.ts';

const NAMESPACE = 'service.namespace';
const NAME = 'service.name';
const INSTANCE = 'service.instance.id';
const IDENTIFYING: ReadonlySet<string> = new Set([NAMESPACE, NAME, INSTANCE]);

/** The name of the series that holds the attributes of a resource. */
export const TARGET_INFO = 'target_info';

type Pair = readonly [name: string, value: string];

/** A resource as labels. */
export interface ResourceLabels {
  /** Those that yield to a point's own. */
  readonly promoted: readonly Pair[];
  /** `job` and `instance`, which do not. */
  readonly identity: readonly Pair[];
  /** The labels of its `target_info`; undefined where there is none. */
  readonly target: Labels | undefined;
}

/** Makes labels of a resource; `pairs` are names and texts of its attributes, alternating. */
export function resourceLabels(pairs: readonly string[], translation: OtlpTranslation): ResourceLabels {
  const identity = identityOf(new Map(entriesOf(pairs)));
  const promoted = [...entriesOf(pairs)]
    .filter(([name]) => translation.resourceAttributes.has(name) !== translation.promoteAll)
    .sort(byName)
    .map(([name, value]) => [labelName(name, translation), value] as const);
  return { promoted, identity, target: targetLabels(pairs, identity, translation) };
}

/** Attributes as labels: those whose names become the same are joined, in the order of the names that were sent. */
export function attributeLabels(entries: Iterable<Pair>, translation: OtlpTranslation): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [name, value] of [...entries].sort(byName)) {
    if (name === METRIC_NAME) continue;
    const label = labelName(name, translation);
    const known = labels.get(label) ?? '';
    labels.set(label, known === '' ? value : `${known};${value}`);
  }
  return labels;
}

/** A scope as it was sent. */
export interface ScopeFields {
  readonly name: string;
  readonly version: string;
  readonly schemaUrl: string;
  /** Names and texts, alternating. */
  readonly attributes: readonly string[];
}

/** The labels of a scope; none without a name, as in Prometheus. */
export function scopeLabels({ name, version, schemaUrl, attributes }: ScopeFields, translation: OtlpTranslation): Pair[] {
  if (name === '') return [];
  return [
    ...[...entriesOf(attributes)].map(([key, value]) => [labelName(`otel_scope_${key}`, translation), value] as const),
    ['otel_scope_name', name],
    ['otel_scope_version', version],
    ['otel_scope_schema_url', schemaUrl],
  ];
}

/** Names and values, alternating, as pairs. */
export function* entriesOf(pairs: readonly string[]): Generator<Pair> {
  for (let i = 0; i < pairs.length; i += 2) yield [pairs[i] as string, pairs[i + 1] as string];
}

function identityOf(attributes: ReadonlyMap<string, string>): Pair[] {
  const identity: Pair[] = [];
  const name = attributes.get(NAME);
  const namespace = attributes.get(NAMESPACE);
  const instance = attributes.get(INSTANCE);
  if (name !== undefined) identity.push(['job', namespace === undefined ? name : `${namespace}/${name}`]);
  if (instance !== undefined) identity.push(['instance', instance]);
  return identity;
}

/** None where nothing says whose attributes they are, or where there are no others than those that do. */
function targetLabels(pairs: readonly string[], identity: readonly Pair[], translation: OtlpTranslation): Labels | undefined {
  const others = [...entriesOf(pairs)].filter(([name]) => !IDENTIFYING.has(name));
  if (others.length === 0 || !identity.some(([, value]) => value !== '')) return undefined;
  const labels = attributeLabels(translation.keepIdentifying ? entriesOf(pairs) : others, translation);
  for (const [name, value] of identity) labels.set(name, value);
  labels.set(METRIC_NAME, TARGET_INFO);
  return labelsOf(labels);
}

function byName([a]: Pair, [b]: Pair): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
