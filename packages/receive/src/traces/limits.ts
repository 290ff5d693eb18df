/** What the span writer takes when nobody says otherwise. */

import type { SpanLimits } from '../span-writer.ts';

export const DEFAULT_SPAN_LIMITS: SpanLimits = {
  attributes: 2000,
  attributeBytes: 262_144,
  events: 10_000,
  links: 10_000,
  spanBytes: 2_097_152,
  retentionMs: 15 * 86_400_000,
  maxFutureMs: 3_600_000,
};
