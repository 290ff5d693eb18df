/** Traces as Jaeger's API asks for them: by service, operation, tags and duration. */

import { AtalayaError, type FieldValue, type SpanField, type SpanKind, type SpanPredicate, type TimeBounds } from '@atalaya/model';
import type { WholeTrace } from './answer.ts';
import { candidatePortions, spansOf, type TraceWork } from './candidates.ts';
import { compilePredicate } from './predicate.ts';

/** What Jaeger asks for. One span has to fulfil all of it, and to start within the range. */
export interface JaegerQuery extends TimeBounds {
  /** Empty: those without a name. */
  readonly service?: string;
  readonly operation?: string;
  /**
   * Names and texts of tags: of the span, its process, or its logs, whatever their types are; `error`, `span.kind`, `otel.status_code`,
   * `otel.status_description`, `otel.scope.name` and `otel.scope.version` are tags as well.
   */
  readonly tags?: Readonly<Record<string, string>>;
  /** Nanoseconds, inclusive. */
  readonly minDuration?: bigint;
  readonly maxDuration?: bigint;
  /** Most traces; 20 unless given. */
  readonly limit?: number;
}

/** Candidates that are asked for at a time, over what is still wanted: some may turn out not to match. */
const SPARE = 4;

/** Finds traces, the newest first, with all of their spans. @throws AtalayaError BAD_PARAMETER, QUERY_LIMIT, or as the reader does. */
export async function findTraces(query: JaegerQuery, work: TraceWork): Promise<WholeTrace[]> {
  const { start, end, limit = 20 } = query;
  if (end < start) throw new AtalayaError('BAD_PARAMETER', { parameter: 'end', reason: 'must not be before start' });
  if (limit > work.budget.limits.traces) throw tracesLimit(limit, work.budget.limits.traces);
  const wanted = jaegerPredicate(query);
  const test = compilePredicate(wanted);
  const having = work.pushesDown ? [wanted] : [];
  const found: WholeTrace[] = [];
  for await (const candidates of candidatePortions({ start, end, having }, limit + SPARE, work)) {
    work.budget.took(candidates.length, 0);
    const traces = await spansOf(candidates, {}, work);
    for (const { traceId } of candidates) {
      const spans = traces.get(traceId) ?? [];
      if (!spans.some((span) => span.start >= start && span.start < end && test(span))) continue;
      if (found.push({ traceId, spans }) >= limit) return found;
    }
  }
  return found;
}

/** The answer to a search that asks for too many traces. */
export function tracesLimit(limit: number, most: number): AtalayaError<'QUERY_LIMIT'> {
  const reason = `${limit} traces were asked for; ask for fewer, or raise query.traces`;
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.traces', limit: most, reason });
}

type IntrinsicName = Extract<SpanField, { kind: 'intrinsic' }>['name'];

function isEqual(field: SpanField | IntrinsicName, value: FieldValue): SpanPredicate {
  return { kind: 'compare', field: typeof field === 'string' ? { kind: 'intrinsic', name: field } : field, operator: '=', value };
}

function hasText(name: IntrinsicName, value: string): SpanPredicate {
  return isEqual(name, { type: 'string', value });
}

function jaegerPredicate({ service, operation, tags = {}, minDuration, maxDuration }: JaegerQuery): SpanPredicate {
  const of: SpanPredicate[] = [];
  const serviceName: SpanField = { kind: 'attribute', scope: 'resource', name: 'service.name' };
  if (service === '') of.push({ kind: 'not', of: { kind: 'exists', field: serviceName } });
  else if (service !== undefined) of.push(isEqual(serviceName, { type: 'string', value: service }));
  if (operation !== undefined) of.push(hasText('name', operation));
  for (const [name, value] of Object.entries(tags)) of.push(tagPredicate(name, value));
  const limit = (operator: '>=' | '<=', value: bigint): SpanPredicate => {
    return { kind: 'compare', field: { kind: 'intrinsic', name: 'duration' }, operator, value: { type: 'duration', value } };
  };
  if (minDuration !== undefined) of.push(limit('>=', minDuration));
  if (maxDuration !== undefined) of.push(limit('<=', maxDuration));
  return { kind: 'and', of };
}

/** Where Jaeger looks for a tag: the span's attributes, its process, its logs; and what it makes tags of itself. */
const TAG_SCOPES = ['span', 'resource', 'event'] as const;

function tagPredicate(name: string, value: string): SpanPredicate {
  const written = TAG_SCOPES.map((scope): SpanPredicate => ({ kind: 'text', field: { kind: 'attribute', scope, name }, value }));
  const own = ownTag(name, value);
  return { kind: 'or', of: own === undefined ? written : [own, ...written] };
}

const KINDS: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer'];

/** A tag that is none of the attributes: Jaeger's form of a span has it all the same. */
function ownTag(name: string, value: string): SpanPredicate | undefined {
  const isError = isEqual('status', { type: 'status', value: 'error' });
  switch (name) {
    case 'error':
      if (value === 'true') return isError;
      return value === 'false' ? { kind: 'not', of: isError } : undefined;
    case 'span.kind': {
      const kind = KINDS.find((one) => one === value);
      return kind === undefined ? undefined : isEqual('kind', { type: 'kind', value: kind });
    }
    case 'otel.status_code':
      if (value === 'ERROR') return isError;
      return value === 'OK' ? isEqual('status', { type: 'status', value: 'ok' }) : undefined;
    case 'otel.status_description':
      return hasText('statusMessage', value);
    case 'otel.scope.name':
    case 'otel.library.name':
      return hasText('scopeName', value);
    case 'otel.scope.version':
    case 'otel.library.version':
      return hasText('scopeVersion', value);
    case 'event':
      return hasText('eventName', value);
  }
  return undefined;
}
