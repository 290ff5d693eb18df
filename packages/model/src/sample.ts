/** Facts about samples that every room shares. */

/** High and low word of the NaN that marks a series as stale (0x7ff0000000000002), as Prometheus defines it. */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;

/**
 * The stale marker. JavaScript engines may change a NaN's bits when it passes through ordinary variables, so where bits
 * matter write it with {@link writeStaleMarker} and test it with {@link isStaleAt} on the array's own bytes.
 */
export function writeStaleMarker(values: Float64Array, index: number): void {
  const target = new Uint32Array(values.buffer, values.byteOffset + index * 8, 2);
  target[0] = STALE_LOW;
  target[1] = STALE_HIGH;
}

/** Whether the value at `index` is the stale marker, bit for bit. `words` is a Uint32Array over the same bytes as the values. */
export function isStaleAt(words: Uint32Array, index: number): boolean {
  return words[index * 2] === STALE_LOW && words[index * 2 + 1] === STALE_HIGH;
}

/** What kind of metric a name stands for, as in the exposition formats. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'gaugehistogram' | 'summary' | 'info' | 'stateset' | 'unknown';

/** What a metric's owner says of it. */
export interface MetricMetadata {
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
}
