/** Reads spans of traces as the engine's bytes; {@link SpanRows} at the other end makes spans of them. */

import { AtalayaError, type CancelSignal, type SpansRequest, type TimeBounds } from '@atalaya/model';
import { readLazily } from '../../native/lazy.ts';
import { fragment, joined, sql, type Sql } from '../../sql.ts';
import { startsWithin } from '../span-time.ts';
import { predicateSql } from './predicate-sql.ts';
import type { TraceSources } from './sources.ts';
import { somewhereWithin, traceTimes } from './trace-times.ts';

/** Native blocks; `undefined` where there are no spans. */
export type SpanBytes = Uint8Array<ArrayBuffer> | undefined;

/** Traces that one statement names at most. */
const MOST_TRACES = 20_000;

/** All spans of the traces, ordered by trace and start. Rejects with QUERY_LIMIT for more than `limit`, and as the engine's queries do. */
export async function readSpans(sources: TraceSources, request: SpansRequest, signal: CancelSignal): Promise<SpanBytes> {
  const { traceIds, places, having, brief = false, limit } = request;
  if (traceIds.length > MOST_TRACES) {
    throw new AtalayaError('QUERY_LIMIT', { setting: 'the traces of one question', limit: MOST_TRACES, reason: 'ask for fewer at a time' });
  }
  const times =
    places === undefined ? await traceTimes(sources, traceIds, signal) : new Map(traceIds.map((id, i) => [id, places[i] as TimeBounds]));
  if (times.size === 0) return undefined;
  const ids = [...times.keys()].map((id) => sql`${id}`);
  const conditions = [somewhereWithin(times.values()), sql`TraceId IN (${joined(ids, ', ')})`];
  if (request.within !== undefined) conditions.push(startsWithin(request.within.start, request.within.end));
  if (having !== undefined) conditions.push(predicateSql(having));
  const { bytes } = await sources.engine.query(
    sql`SELECT ${fragment(brief ? BRIEF : COMPLETE)} FROM otel_traces WHERE ${joined(conditions, ' AND ')}
      ORDER BY TraceId, Timestamp, Batch, _part_offset LIMIT ${limit + 1}`,
    { limits: sources.limits, signal },
  );
  const rows = readLazily(bytes).reduce((sum, block) => sum + block.rows, 0);
  if (rows > limit) {
    const reason = `the traces have more than ${limit} spans; ask for fewer of them`;
    throw new AtalayaError('QUERY_LIMIT', { setting: 'the spans of an answer', limit, reason });
  }
  return bytes;
}

const text = (column: Sql): Sql => sql`CAST(${fragment(column)}, 'String')`;
const map = (column: Sql): Sql => sql`CAST(${fragment(column)}, 'Map(String, String)')`;
const list = (column: Sql, element: string): Sql => sql`CAST(${fragment(column)}, ${`Array(${element})`})`;

/** The columns that every answer has, by the names that {@link SpanRows} reads. */
const BRIEF = sql`TraceId AS t, SpanId AS s, ParentSpanId AS p, TraceState AS ts, TraceFlags AS fl, ${fragment(text(sql`SpanName`))} AS n,
  ${fragment(text(sql`SpanKind`))} AS k, toUnixTimestamp64Nano(Timestamp) AS b, Duration AS d, ${fragment(text(sql`StatusCode`))} AS c,
  StatusMessage AS m, ${fragment(text(sql`ServiceName`))} AS sv, ScopeName AS sn, ScopeVersion AS sx,
  ${fragment(text(sql`ResourceSchemaUrl`))} AS ru, ResourceDroppedAttributes AS rd, ${fragment(text(sql`ScopeSchemaUrl`))} AS su,
  ScopeDroppedAttributes AS sd, DroppedAttributes AS da, DroppedEvents AS de, DroppedLinks AS dl`;

const COMPLETE = sql`${fragment(BRIEF)},
  ${fragment(map(sql`SpanAttributes`))} AS a, ${fragment(text(sql`SpanAttributeTypes`))} AS at,
  ${fragment(map(sql`ResourceAttributes`))} AS r, ${fragment(text(sql`ResourceAttributeTypes`))} AS rt,
  ${fragment(map(sql`ScopeAttributes`))} AS o, ${fragment(text(sql`ScopeAttributeTypes`))} AS ot,
  arrayMap(time -> toUnixTimestamp64Nano(time), Events.Timestamp) AS eb, ${fragment(list(sql`Events.Name`, 'String'))} AS en,
  ${fragment(list(sql`Events.Attributes`, 'Map(String, String)'))} AS ea, ${fragment(list(sql`EventAttributeTypes`, 'String'))} AS et,
  Links.TraceId AS lt, Links.SpanId AS ls, Links.TraceState AS lx,
  ${fragment(list(sql`Links.Attributes`, 'Map(String, String)'))} AS la, ${fragment(list(sql`LinkAttributeTypes`, 'String'))} AS ly`;
