/** Reads the identities of spans that are in the table. */

import type { Engine } from '../engine/engine.ts';
import { type LazyTexts, readLazily } from '../native/lazy.ts';
import { fragment, sql, type Sql } from '../sql.ts';
import { enumType, SPAN_KINDS } from './kinds.ts';
import { SpanHasher } from './span-identity.ts';

/** Tells of each span that came through the journal and fulfils the condition; gives how many there were. */
export async function storedSpans(engine: Engine, condition: Sql, tell: (hash: SpanHasher) => void): Promise<number> {
  const { bytes } = await engine.query(
    sql`SELECT unhex(TraceId) AS t, unhex(SpanId) AS s, toUnixTimestamp64Nano(Timestamp) AS n,
      toUInt8(CAST(CAST(SpanKind, 'String'), ${enumType(SPAN_KINDS)})) AS k, CAST(SpanName, 'String') AS name
      FROM otel_traces WHERE Batch != 0 AND ${fragment(condition)}`,
  );
  const hasher = new SpanHasher();
  let spans = 0;
  for (const block of readLazily(bytes)) {
    const traceIds = block.column('t', 'String');
    const spanIds = block.column('s', 'String');
    const starts = new Uint32Array(block.column('n', 'Int64').buffer);
    const kinds = block.column('k', 'UInt8');
    const names = block.column('name', 'String');
    for (let row = 0; row < block.rows; row++) {
      // Ids that are shorter, in a row that somebody changed, would be followed by bytes of the next.
      if (lengthOf(traceIds, row) !== 16 || lengthOf(spanIds, row) !== 8) continue;
      hasher.hash(
        traceIds.bytes,
        traceIds.starts[row] as number,
        spanIds.bytes,
        spanIds.starts[row] as number,
        starts[row * 2] as number,
        starts[row * 2 + 1] as number,
        kinds[row] as number,
        names.bytes,
        names.starts[row] as number,
        names.ends[row] as number,
      );
      tell(hasher);
    }
    spans += block.rows;
  }
  return spans;
}

function lengthOf({ starts, ends }: LazyTexts, row: number): number {
  return (ends[row] as number) - (starts[row] as number);
}
