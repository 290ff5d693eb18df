/** The set operators: `and`, `or`, `unless`. */

import type { LogqlBinary } from '@atalaya/lang';
import type { MetricContext } from './context.ts';
import { signatureOf } from './matching.ts';
import type { VectorValue } from './vector.ts';

/** Combines two vectors, step by step, by what their series have in common. */
export function combineSets(
  left: VectorValue,
  right: VectorValue,
  { operator, matching }: LogqlBinary,
  { steps: { count }, budget }: MetricContext,
): VectorValue {
  const signature = signatureOf(matching);
  const [keeping, asked] = operator === 'or' ? [right, left] : [left, right];
  const marks = presenceBySignature(asked, signature, count);
  const present = new Uint8Array(keeping.present.length);
  for (const [row, labels] of keeping.labels.entries()) {
    budget.tick();
    const others = marks.get(signature(labels));
    for (let i = 0; i < count; i++) {
      const found = others?.[i] === 1;
      if (found === (operator === 'and')) present[row * count + i] = keeping.present[row * count + i]!;
    }
  }
  if (operator !== 'or') return { ...left, present };
  return join(left, { ...right, present });
}

/** For each signature, the steps at which any of its series is present. */
function presenceBySignature(
  { labels, present }: VectorValue,
  signature: (labels: VectorValue['labels'][number]) => string,
  count: number,
): Map<string, Uint8Array> {
  const marks = new Map<string, Uint8Array>();
  for (const [row, set] of labels.entries()) {
    const key = signature(set);
    let steps = marks.get(key);
    if (steps === undefined) marks.set(key, (steps = new Uint8Array(count)));
    for (let i = 0; i < count; i++) steps[i]! |= present[row * count + i]!;
  }
  return marks;
}

function join(first: VectorValue, second: VectorValue): VectorValue {
  const values = new Float64Array(first.values.length + second.values.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  const present = new Uint8Array(values.length);
  present.set(first.present);
  present.set(second.present, first.present.length);
  return { kind: 'vector', labels: [...first.labels, ...second.labels], values, present };
}
