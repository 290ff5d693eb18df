/** A trace as a file. */

import type { LoadedTrace } from '../../../data/traces/tempo.ts';

/** Saves the trace as OTLP JSON, which every OTLP receiver takes again. */
export function saveTrace({ trace, json }: LoadedTrace): void {
  const address = URL.createObjectURL(new Blob([JSON.stringify(json, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `trace-${trace.id}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
