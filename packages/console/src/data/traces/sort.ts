/** The order of found traces. */

import type { FoundTrace } from './tempo.ts';
import type { TraceOrder } from './url.ts';

/** The traces in an order; the newer of two equals first. */
export function sortTraces(traces: readonly FoundTrace[], order: TraceOrder): FoundTrace[] {
  return traces.toSorted((a, b) => b[order] - a[order] || b.start - a.start);
}
