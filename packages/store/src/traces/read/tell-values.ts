/** Which attributes spans have, and which values: from the newest spans of a range, so that the answer comes in bounded time. */

import type { AttributeNames, CancelSignal, FieldValuesRequest, FoundValue, SpanAttributeType, TimeBounds } from '@atalaya/model';
import { lazyText, readLazily } from '../../native/lazy.ts';
import { fragment, sql, type Sql } from '../../sql.ts';
import { startsWithin } from '../span-time.ts';
import { EVENTS, innerTypes, LINKS } from './attribute-sql.ts';
import { fieldText } from './field-text.ts';
import { isServiceName, predicateSql } from './predicate-sql.ts';
import type { TraceSources } from './sources.ts';

/** Nanoseconds: ten seconds. */
const FIRST_SLICE = 10_000_000_000n;
const GROWTH = 8n;
/** Spans that are enough: no further slice is begun. Those whose attributes are looked at, and those of which one small column is. */
const ENOUGH = { attributes: 100_000, column: 20_000_000 } as const;

/**
 * Does something with each slice of a range, the newest first, until it has looked at enough spans. Of a slice that has too many, some are not
 * looked at: `bounds` are settings that do that.
 */
async function eachSlice(
  range: TimeBounds,
  enough: number,
  look: (start: bigint, end: bigint, bounds: Readonly<Record<string, string | number>>) => Promise<number>,
): Promise<void> {
  let slice = FIRST_SLICE;
  let spans = 0;
  const bounds = { max_rows_to_read: enough * 2, read_overflow_mode: 'break' };
  for (let to = range.end; to > range.start && spans < enough; slice *= GROWTH) {
    const from = to - slice > range.start ? to - slice : range.start;
    spans += await look(from, to, bounds);
    to = from;
  }
}

/** See `attributeNames` of a trace reader. */
export async function attributeNames(
  { engine, limits }: TraceSources,
  { limit, ...range }: TimeBounds & { readonly limit: number },
  signal: CancelSignal,
): Promise<AttributeNames> {
  const names: Record<keyof AttributeNames, Set<string>> = {
    span: new Set(),
    resource: new Set(),
    scope: new Set(),
    event: new Set(),
    link: new Set(),
  };
  await eachSlice(range, ENOUGH.attributes, async (start, end, settings) => {
    const { bytes } = await engine.query(
      sql`SELECT CAST(groupUniqArrayArray(${limit})(SpanAttributes.keys), 'Array(String)') AS span,
          CAST(groupUniqArrayArray(${limit})(ResourceAttributes.keys), 'Array(String)') AS resource,
          CAST(groupUniqArrayArray(${limit})(ScopeAttributes.keys), 'Array(String)') AS scope,
          CAST(groupUniqArrayArray(${limit})(arrayFlatten(arrayMap(one -> mapKeys(one), Events.Attributes))), 'Array(String)') AS event,
          CAST(groupUniqArrayArray(${limit})(arrayFlatten(arrayMap(one -> mapKeys(one), Links.Attributes))), 'Array(String)') AS link,
          toFloat64(count()) AS spans
        FROM otel_traces WHERE ${fragment(startsWithin(start, end))}`,
      { limits, signal, settings },
    );
    let looked = 0;
    for (const block of readLazily(bytes)) {
      looked += block.column('spans', 'Float64')[0] ?? 0;
      for (const [scope, found] of Object.entries(names)) {
        const { offsets, elements } = block.column(scope, 'Array(String)');
        for (let i = 0; i < (offsets[0] ?? 0) && found.size < limit; i++) found.add(lazyText(elements, i));
      }
    }
    return looked;
  });
  const sorted = (scope: keyof AttributeNames): string[] => [...names[scope]].sort(compareBytes);
  return { span: sorted('span'), resource: sorted('resource'), scope: sorted('scope'), event: sorted('event'), link: sorted('link') };
}

/** Values of which there are more than these are not told apart by how frequent they are. */
const MOST_VALUES = 100_000;

/** See `values` of a trace reader. */
export async function fieldValues(
  { engine, limits }: TraceSources,
  { field, having, limit, ...range }: FieldValuesRequest,
  signal: CancelSignal,
): Promise<FoundValue[]> {
  const { source, type, text } = valuesSql(field);
  const counts = new Map<string, { readonly type: SpanAttributeType; readonly value: string; spans: number }>();
  await eachSlice(range, isColumn(field) && having === undefined ? ENOUGH.column : ENOUGH.attributes, async (start, end, settings) => {
    const condition = having === undefined ? sql`1` : predicateSql(having);
    const { bytes } = await engine.query(
      // Spans without such a value are counted together.
      sql`SELECT ${fragment(type)} AS type, if(type IN ('s', 'i', 'd', 'b', 'keyword', 'duration'), ${fragment(text)}, '') AS text,
          toFloat64(count()) AS spans FROM otel_traces ${fragment(source)}
        WHERE ${fragment(startsWithin(start, end))} AND ${fragment(condition)} GROUP BY type, text
        ORDER BY spans DESC, text LIMIT ${Math.max(limit, MOST_VALUES)}`,
      { limits, signal, settings },
    );
    let looked = 0;
    for (const block of readLazily(bytes)) {
      const [types, texts] = [block.column('type', 'String'), block.column('text', 'String')];
      const spans = block.column('spans', 'Float64');
      for (let row = 0; row < block.rows; row++) {
        looked += spans[row] as number;
        const told = VALUE_TYPES[lazyText(types, row)];
        if (told === undefined || counts.size >= MOST_VALUES) continue;
        const value = lazyText(texts, row);
        const key = `${told} ${value}`;
        const known = counts.get(key) ?? { type: told, value, spans: 0 };
        known.spans += spans[row] as number;
        counts.set(key, known);
      }
    }
    return looked;
  });
  return [...counts.values()]
    .sort((a, b) => b.spans - a.spans || compareBytes(a.value, b.value))
    .slice(0, limit)
    .map(({ type: told, value }) => ({ type: told, value }));
}

/** Whether a field lies in a column that is read quickly. */
function isColumn(field: FieldValuesRequest['field']): boolean {
  return isServiceName(field) || (field.kind === 'intrinsic' && COLUMNS.has(field.name));
}

const COLUMNS: ReadonlySet<string> = new Set(['name', 'kind', 'status', 'scopeName', 'scopeVersion']);

const VALUE_TYPES: Readonly<Record<string, SpanAttributeType>> = {
  s: 'string',
  i: 'int',
  d: 'double',
  b: 'bool',
  keyword: 'keyword',
  duration: 'duration',
};

/** Type and text of each value of a field, and what has to be joined for it: every event and link has its own. */
function valuesSql(field: FieldValuesRequest['field']): { readonly source: Sql; readonly type: Sql; readonly text: Sql } {
  if (field.kind === 'attribute') {
    if (field.scope === 'event' || field.scope === 'link') {
      const of = field.scope === 'event' ? EVENTS : LINKS;
      const name = field.name;
      const pairs = sql`arrayFilter(pair -> pair.3 > 0, arrayMap((attributes, types) ->
        (attributes[${name}], types, indexOf(mapKeys(attributes), ${name})), ${fragment(of.maps)}, ${fragment(innerTypes(of))}))`;
      return {
        source: sql`ARRAY JOIN ${fragment(pairs)} AS pair`,
        type: sql`if(empty(pair.2), 's', substring(pair.2, toUInt32(pair.3), 1))`,
        text: sql`pair.1`,
      };
    }
    const { present, type, text } = fieldText(field);
    return { source: sql``, type: sql`CAST(if(${fragment(present)}, ${fragment(type ?? sql`''`)}, ''), 'String')`, text };
  }
  const list = LISTS[field.name];
  if (list !== undefined) return { source: sql`ARRAY JOIN ${fragment(list)} AS one`, type: sql`'s'`, text: sql`CAST(one, 'String')` };
  const { text } = fieldText(field);
  const type = field.name === 'kind' || field.name === 'status' ? sql`'keyword'` : field.name === 'duration' ? sql`'duration'` : sql`'s'`;
  return { source: sql``, type, text };
}

const LISTS: Readonly<Record<string, Sql>> = {
  eventName: sql`Events.Name`,
  linkTraceId: sql`Links.TraceId`,
  linkSpanId: sql`Links.SpanId`,
};

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
