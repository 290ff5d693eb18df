/** info(): adds the labels of info metrics to series of the same target. */

import type { FunctionCall } from '@atalaya/lang';
import { compileMatcher, type CompiledMatcher, type Labels, labelValue, type Matcher, METRIC_NAME } from '@atalaya/model';
import { type Evaluation, failed } from '../context.ts';
import { labelsKey, showLabels, valuesKey, withLabel } from '../series.ts';
import { VectorBuilder, type VectorValue } from '../value.ts';

/** The labels by which a series and the info metrics of its target find each other. */
const IDENTIFYING: readonly string[] = ['instance', 'job'];

/** What info() reads besides its first argument: `target_info`, unless the selector names metrics itself. */
export function infoMatchers(node: FunctionCall): readonly Matcher[] {
  const selector = node.args[1];
  const given = selector?.kind === 'selector' ? selector.matchers : [];
  const names = given.filter(({ name }) => name === METRIC_NAME);
  // What is only told not to be meant is taken out of all that are called info.
  if (names.length > 0 && names.every(({ operator }) => operator === '!=' || operator === '!~')) {
    return [{ name: METRIC_NAME, operator: '=~', value: '.+_info' }, ...given];
  }
  return names.length > 0 ? given : [{ name: METRIC_NAME, operator: '=', value: 'target_info' }, ...given];
}

/**
 * Adds labels. `infos` holds, for each info series, the time of its current sample in seconds as value: of several with the
 * same name for one target the newest counts.
 */
export function addInfoLabels(base: VectorValue, infos: VectorValue, node: FunctionCall, { steps, query }: Evaluation): VectorValue {
  const { count } = steps;
  const matchers = infoMatchers(node).map(compileMatcher);
  const nameMatchers = matchers.filter(({ name }) => name === METRIC_NAME);
  const dataMatchers = matchers.filter(({ name }) => name !== METRIC_NAME);
  const wanted = dataMatchers.length === 0 ? undefined : new Set(dataMatchers.map(({ name }) => name));
  const required = dataMatchers.some((matcher) => !matcher.matches(''));
  const newest = newestInfos(infos, count);

  const out = new VectorBuilder(steps, base.labels.length);
  const rows = new Map<string, number>();
  const rowOf = (labels: Labels): number => {
    const key = labelsKey(labels);
    let at = rows.get(key);
    if (at === undefined) {
      query.budget.reserve(rows.size + 1, steps, rows.size);
      rows.set(key, (at = out.addRow(labels)));
    }
    return at;
  };
  for (const [series, labels] of base.labels.entries()) {
    query.budget.check();
    const isInfo = nameMatchers.every((matcher: CompiledMatcher) => matcher.matches(labelValue(labels, METRIC_NAME)));
    const identified = IDENTIFYING.some((name) => labelValue(labels, name) !== '');
    const candidates = isInfo || !identified ? [] : (newest.get(valuesKey(labels, IDENTIFYING)) ?? []);
    // The same info series stay current for many steps: their combination is made once.
    const made = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const from = series * count + i;
      if (base.present[from] === 0) continue;
      const current = candidates.map((byStep) => byStep[i]!).filter((info) => info >= 0);
      if (current.length === 0 && required && !isInfo) continue;
      const key = current.join();
      let at = made.get(key);
      if (at === undefined) {
        const added = current.map((info) => infos.labels[info] as Labels);
        made.set(key, (at = rowOf(combined(labels, added, wanted))));
      }
      if (out.present[at + i] !== 0) throw failed('vector cannot contain metrics with the same labelset');
      out.copy(at + i, base, from);
    }
  }
  return out.finish();
}

/** By target, for each info metric: the newest info series at each step, -1 where there is none. */
function newestInfos({ labels, values, present }: VectorValue, count: number): Map<string, Int32Array[]> {
  const byMetric = new Map<string, Int32Array>();
  const byTarget = new Map<string, Int32Array[]>();
  for (const [series, set] of labels.entries()) {
    const target = valuesKey(set, IDENTIFYING);
    const key = `${labelValue(set, METRIC_NAME)}\u{10ffff}${target}`;
    let newest = byMetric.get(key);
    if (newest === undefined) {
      newest = new Int32Array(count).fill(-1);
      byMetric.set(key, newest);
      const ofTarget = byTarget.get(target);
      if (ofTarget === undefined) byTarget.set(target, [newest]);
      else ofTarget.push(newest);
    }
    for (let i = 0; i < count; i++) {
      if (present[series * count + i] !== 1) continue;
      const known = newest[i]!;
      const time = values[series * count + i]!;
      const knownTime = known < 0 ? -Infinity : values[known * count + i]!;
      if (time > knownTime) newest[i] = series;
      else if (time === knownTime) {
        const first = `${showLabels(labels[known] as Labels)} @ ${knownTime * 1000}`;
        throw failed(`found duplicate series for info metric: existing ${first}, new ${showLabels(set)} @ ${time * 1000}`);
      }
    }
  }
  return byTarget;
}

/** The labels with those of the info series that it does not have itself; only the wanted ones where some are named. */
function combined(labels: Labels, infos: readonly Labels[], wanted: ReadonlySet<string> | undefined): Labels {
  const added = new Map<string, string>();
  for (const info of infos) {
    for (let i = 0; i < info.length; i += 2) {
      const name = info[i] as string;
      const value = info[i + 1] as string;
      if (name === METRIC_NAME || (wanted !== undefined && !wanted.has(name))) continue;
      const known = added.get(name);
      if (known !== undefined && known !== value) throw failed(`conflicting label: ${name}`);
      if (labelValue(labels, name) === '') added.set(name, value);
    }
  }
  let result = labels;
  for (const [name, value] of added) result = withLabel(result, name, value);
  return result;
}
