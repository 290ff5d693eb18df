/** What the reasons mean for which spans are refused, as answers to their senders say it. */

import type { SpanLimits, SpanRejectReason } from '../span-writer.ts';

const REASONS: Readonly<Record<SpanRejectReason, (limits: SpanLimits) => string>> = {
  invalid_id: () => 'a trace id that is not 16 bytes, a span id that is not 8 bytes, or one that is all zero',
  too_old: () => 'older than the retention of traces',
  too_far_in_future: ({ maxFutureMs }) => `starting more than ${maxFutureMs / 1000} s ahead of the clock`,
  attribute_limit: ({ attributes, attributeBytes }) => `more than ${attributes} attributes or ${attributeBytes} bytes of them in one place`,
  span_too_large: ({ spanBytes, events, links }) => `more than ${spanBytes} bytes, ${events} events or ${links} links`,
};

/** Says of a reason what it means. */
export function explainRefusal(reason: SpanRejectReason, limits: SpanLimits): string {
  return REASONS[reason](limits);
}
