/** What is done with series: the largest or smallest of them, points that fulfil a comparison. */

import type { SeriesStage } from '@atalaya/lang';
import type { TraceSeries } from '../answer.ts';
import { compareTexts, compares } from '../value.ts';

/** Goes through the stages; series that have no points left fall away. */
export function throughStages(series: readonly TraceSeries[], stages: readonly SeriesStage[]): TraceSeries[] {
  return stages.reduce<TraceSeries[]>(
    (current, stage) => {
      const kept = stage.kind === 'point-filter' ? filtered(current, stage) : ranked(current, stage);
      return kept.filter(({ values }) => values.some((value) => !Number.isNaN(value)));
    },
    [...series],
  );
}

function filtered(
  series: readonly TraceSeries[],
  { operator, value: limit }: Extract<SeriesStage, { kind: 'point-filter' }>,
): TraceSeries[] {
  const right = { type: 'double', value: limit } as const;
  const holds = (value: number): boolean => !Number.isNaN(value) && compares({ type: 'double', value }, operator, right);
  return series.map((one) => ({ ...one, values: one.values.map((value) => (holds(value) ? value : NaN)) }));
}

/** At each time only so many points stay; of equal ones those whose labels come first. */
function ranked(series: readonly TraceSeries[], { kind, count }: Extract<SeriesStage, { kind: 'topk' | 'bottomk' }>): TraceSeries[] {
  const sorted = [...series].sort((a, b) => compareTexts(labelText(a), labelText(b)));
  const kept = sorted.map(({ values }) => new Float64Array(values.length).fill(NaN));
  const sign = kind === 'topk' ? -1 : 1;
  const steps = sorted.reduce((most, { values }) => Math.max(most, values.length), 0);
  for (let step = 0; step < steps; step++) {
    const present = sorted.flatMap(({ values }, at) => (Number.isNaN(values[step] ?? NaN) ? [] : [{ at, value: values[step]! }]));
    present.sort((a, b) => sign * (a.value - b.value) || a.at - b.at);
    for (const { at, value } of present.slice(0, count)) kept[at]![step] = value;
  }
  return sorted.map((one, at) => ({ ...one, values: kept[at]! }));
}

function labelText({ labels }: TraceSeries): string {
  return labels.map(({ name, value }) => `${name}=${value}`).join(',');
}
