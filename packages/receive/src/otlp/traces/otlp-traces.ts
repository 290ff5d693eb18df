/** The receiver of OTLP traces. */

import type { SpanRejectReason, SpanWriter } from '../../span-writer.ts';
import { SpanCollectors } from '../../traces/span-collector.ts';
import { explainRefusal } from '../../traces/explain-refusal.ts';
import { createOtlpReceiver, type OtlpOptions, type OtlpReceiver } from '../otlp-receiver.ts';
import { SpanTaker } from './span-taker.ts';
import { walkTracesJson } from './traces-json.ts';
import { walkTracesProtobuf } from './traces-protobuf.ts';

/** Makes the receiver. */
export function createOtlpTraces({ writer, ...options }: OtlpOptions & { readonly writer: SpanWriter }): OtlpReceiver {
  const collectors = new SpanCollectors(writer, options.clock);
  return createOtlpReceiver<SpanRejectReason, SpanTaker>(
    {
      name: 'traces',
      records: 'spans',
      rejectedField: 'rejectedSpans',
      explain: (reason) => explainRefusal(reason, writer.limits),
      open: () => new SpanTaker(collectors),
      walkProtobuf: walkTracesProtobuf,
      walkJson: walkTracesJson,
    },
    options,
  );
}
