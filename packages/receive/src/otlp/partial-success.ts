/** What the answer says of records that were not taken. */

import { bytesField, varintField } from '../protobuf/protobuf-writer.ts';

/** How many records were refused, and why in one sentence. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** What the signals call the count of refused records. */
export type RejectedField = 'rejectedLogRecords' | 'rejectedSpans' | 'rejectedDataPoints';

/** Tells of refused records; `records` of the signal is their name in the plural. */
export function describeRefusals<Reason extends string>(
  taken: { readonly refused: ReadonlyMap<Reason, number>; readonly records: number },
  signal: { readonly records: string; explain(reason: Reason): string },
): PartialSuccess | undefined {
  let rejected = 0;
  const parts: string[] = [];
  for (const [reason, count] of taken.refused) {
    rejected += count;
    parts.push(`${count} ${reason} (${signal.explain(reason)})`);
  }
  const message = `${rejected} of ${taken.records} ${signal.records} were refused: ${parts.join(', ')}`;
  return rejected === 0 ? undefined : { rejected, message };
}

/** Export…ServiceResponse as protobuf: the same fields for all signals. */
export function encodeResponse(partial: PartialSuccess | undefined): Uint8Array {
  return partial === undefined
    ? new Uint8Array()
    : bytesField(1, Buffer.concat([varintField(1, partial.rejected), bytesField(2, partial.message)]), true);
}

/** Export…ServiceResponse as JSON; the name of the count is the signal's own. */
export function responseJson(partial: PartialSuccess | undefined, rejectedField: RejectedField): string {
  return JSON.stringify(
    partial === undefined ? {} : { partialSuccess: { [rejectedField]: String(partial.rejected), errorMessage: partial.message } },
  );
}
