/** The receiver of OTLP logs. */

import type { LogLimits, LogRejectReason, LogWriter } from '../../log-writer.ts';
import { createOtlpReceiver, type OtlpOptions, type OtlpReceiver } from '../otlp-receiver.ts';
import { walkLogsJson } from './logs-json.ts';
import { walkLogsProtobuf } from './logs-protobuf.ts';
import { RecordTaker } from './take-records.ts';

const REASONS: Readonly<Record<LogRejectReason, (limits: LogLimits) => string>> = {
  too_old: () => 'older than the retention of logs',
  too_far_in_future: ({ maxFutureMs }) => `more than ${maxFutureMs / 1000} s ahead of the clock`,
  missing_labels: () => 'no stream label',
  invalid_labels: () => 'invalid stream labels',
  label_limit: (limits) =>
    `more than ${limits.labels} stream labels, or one longer than ${limits.labelNameBytes} (name) or ${limits.labelValueBytes} (value) bytes`,
  stream_limit: ({ streams }) => `the limit of ${streams} streams is reached`,
  line_too_long: ({ lineBytes }) => `a body of more than ${lineBytes} bytes`,
  attribute_limit: ({ attributes, attributeBytes }) => `more than ${attributes} attributes or ${attributeBytes} bytes of them`,
};

/** Makes the receiver. */
export function createOtlpLogs({ writer, ...options }: OtlpOptions & { readonly writer: LogWriter }): OtlpReceiver {
  return createOtlpReceiver<LogRejectReason, RecordTaker>(
    {
      name: 'logs',
      records: 'log records',
      rejectedField: 'rejectedLogRecords',
      explain: (reason) => REASONS[reason](writer.limits),
      open: () => new RecordTaker(writer, options.clock),
      walkProtobuf: walkLogsProtobuf,
      walkJson: walkLogsJson,
    },
    options,
  );
}
