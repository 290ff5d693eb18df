/** What the answer says of records that were not taken. */

import { bytesField, varintField } from '../protobuf/protobuf-writer.ts';
import type { LogLimits, LogRejectReason } from '../log-writer.ts';

/** How many records were refused, and why in one sentence. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

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

/** Tells of refused records. */
export function describeRefusals(
  refused: ReadonlyMap<LogRejectReason, number>,
  records: number,
  limits: LogLimits,
): PartialSuccess | undefined {
  let rejected = 0;
  const parts: string[] = [];
  for (const [reason, count] of refused) {
    rejected += count;
    parts.push(`${count} ${reason} (${REASONS[reason](limits)})`);
  }
  return rejected === 0 ? undefined : { rejected, message: `${rejected} of ${records} log records were refused: ${parts.join(', ')}` };
}

/** Export…ServiceResponse as protobuf: the same fields for all signals. */
export function encodeResponse(partial: PartialSuccess | undefined): Uint8Array {
  return partial === undefined
    ? new Uint8Array()
    : bytesField(1, Buffer.concat([varintField(1, partial.rejected), bytesField(2, partial.message)]), true);
}

/** Export…ServiceResponse as JSON; `rejectedName` is the signal's own. */
export function responseJson(partial: PartialSuccess | undefined, rejectedName: 'rejectedLogRecords'): string {
  return JSON.stringify(
    partial === undefined ? {} : { partialSuccess: { [rejectedName]: String(partial.rejected), errorMessage: partial.message } },
  );
}
