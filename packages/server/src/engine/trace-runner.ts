/** Answers one question about traces, on the thread of a query worker. */

import { AtalayaError, type CancelSignal, type Clock, type Span, type SpanPredicate, systemClock, type TimeBounds } from '@atalaya/model';
import { createTraceqlEngine, type JaegerQuery, pushedCondition, type TraceqlEngine, type TraceReader } from '@atalaya/query';
import { jaegerOperationsAnswer, jaegerServicesAnswer, jaegerTracesAnswer } from '../traces/jaeger-answers.ts';
import { NO_SERVICE_NAME } from '../traces/jaeger-json.ts';
import { traceByIdProtobuf, tracesProtobuf } from '../traces/otlp-protobuf.ts';
import { readableConditions } from '../traces/tag-filter.ts';
import { INTRINSIC_TAGS, plainTag, traceqlTag } from '../traces/tag-fields.ts';
import {
  tempoMetricsJson,
  tempoScopesJson,
  tempoSearchJson,
  tempoTagsJson,
  tempoTraceJson,
  tempoTraceV2Json,
  tempoValuesJson,
} from '../traces/tempo-answers.ts';
import type { EngineOptions } from './contract.ts';
import type { TraceTask } from './query-task.ts';
import { TooCostly } from './too-costly.ts';
import type {
  JaegerOperationsRequest,
  JaegerSearchRequest,
  JaegerTracesRequest,
  TempoMetricsRequest,
  TempoSearchRequest,
  TempoTagsRequest,
  TempoTagValuesRequest,
  TraceByIdRequest,
} from './trace-contract.ts';

/** What a question may take where only cheap ones are answered; one that takes longer begins again elsewhere. */
const CHEAP_MS = 1000;
/** What such a question is taken to cost, in terms of samples. */
const COST = 10_000_000;

type Answer = Uint8Array<ArrayBuffer>;

export class TraceRunner {
  readonly #limits: EngineOptions['query'];
  readonly #reader: TraceReader;
  readonly #clock: Clock;
  readonly #engine: TraceqlEngine;

  constructor(limits: EngineOptions['query'], reader: TraceReader, clock: Clock = systemClock) {
    this.#limits = limits;
    this.#reader = reader;
    this.#clock = clock;
    this.#engine = createTraceqlEngine(reader, {
      clock,
      limits: {
        traces: limits.traces,
        spans: limits.traceSpans,
        series: limits.traceSeries,
        points: limits.points,
        timeMs: limits.timeoutMs,
        memoryBytes: limits.memoryBytes,
      },
    });
  }

  /**
   * Runs a task; resolves with the answer's bytes. Where `mostCost` is finite it rejects with {@link TooCostly} when it turns out to take
   * long: what a question about spans costs is not known before. Rejects as the engine does.
   */
  async run(task: TraceTask, mostCost: number, signal: CancelSignal): Promise<Answer> {
    if (mostCost === Number.POSITIVE_INFINITY) return this.#answer(task, signal);
    const hurried = new HurriedSignal(signal);
    const timer = this.#clock.after(CHEAP_MS, () => hurried.hurry());
    try {
      return await this.#answer(task, hurried);
    } catch (error) {
      if (hurried.isLate && !signal.aborted) throw new TooCostly(COST);
      throw error;
    } finally {
      timer.cancel();
      hurried.detach();
    }
  }

  async #answer(task: TraceTask, signal: CancelSignal): Promise<Answer> {
    const answer = await this.#text(task, signal);
    const bytes = typeof answer === 'string' ? Uint8Array.from(Buffer.from(answer)) : answer;
    const { answerBytes } = this.#limits;
    if (bytes.length > answerBytes) {
      const reason = `the answer has ${bytes.length} bytes; ask for fewer traces, or raise query.answer`;
      throw new AtalayaError('QUERY_LIMIT', { setting: 'query.answer', limit: answerBytes, reason });
    }
    return bytes;
  }

  async #text(task: TraceTask, signal: CancelSignal): Promise<string | Answer> {
    switch (task.kind) {
      case 'trace-by-id':
        return this.#traceById(task, signal);
      case 'trace-jaeger-traces':
        return this.#jaegerTraces(task, signal);
      case 'trace-jaeger-search':
        return jaegerTracesAnswer(await this.#engine.findTraces(jaegerQuery(task), signal));
      case 'trace-jaeger-services':
        return jaegerServicesAnswer(await this.#reader.services(boundsOf(task), signal));
      case 'trace-jaeger-operations':
        return this.#jaegerOperations(task, signal);
      case 'trace-search':
        return this.#search(task, signal);
      case 'trace-tags':
        return this.#tags(task, signal);
      case 'trace-tag-values':
        return this.#tagValues(task, signal);
      case 'trace-metrics':
        return this.#metrics(task, signal);
    }
  }

  async #traceById({ traceId, form }: TraceByIdRequest, signal: CancelSignal): Promise<string | Answer> {
    const spans = await this.#spans([traceId], signal);
    if (spans.length === 0) throw new AtalayaError('NOT_FOUND', { what: `trace ${traceId}` });
    switch (form) {
      case 'jaeger':
        return jaegerTracesAnswer([{ traceId, spans }]);
      case 'tempo-json':
        return tempoTraceJson(spans);
      case 'tempo-protobuf':
        return tracesProtobuf(spans);
      case 'tempo-v2-json':
        return tempoTraceV2Json(spans);
      case 'tempo-v2-protobuf':
        return traceByIdProtobuf(spans);
    }
  }

  async #jaegerTraces({ traceIds }: JaegerTracesRequest, signal: CancelSignal): Promise<string> {
    const wanted = [...new Set(traceIds)];
    const found = Map.groupBy(await this.#spans(wanted, signal), ({ traceId }) => traceId);
    const traces = wanted.flatMap((traceId) => {
      const spans = found.get(traceId);
      return spans === undefined ? [] : [{ traceId, spans }];
    });
    return jaegerTracesAnswer(
      traces,
      wanted.filter((id) => !found.has(id)),
    );
  }

  #spans(traceIds: readonly string[], signal: CancelSignal): Promise<Span[]> {
    return this.#reader.spans({ traceIds, limit: this.#limits.traceSpans }, signal);
  }

  async #jaegerOperations(task: JaegerOperationsRequest, signal: CancelSignal): Promise<string> {
    const service = task.service === NO_SERVICE_NAME ? '' : task.service;
    const kind = task.spanKind === undefined ? {} : { kind: task.spanKind };
    const operations = await this.#reader.operations({ ...boundsOf(task), service, ...kind }, signal);
    return jaegerOperationsAnswer(operations, task.withKinds);
  }

  async #search(task: TempoSearchRequest, signal: CancelSignal): Promise<string> {
    const { query, limit, spansPerSet } = task;
    return tempoSearchJson(await this.#engine.search({ ...boundsOf(task), query, limit, spansPerSpanset: spansPerSet }, signal));
  }

  async #tags(task: TempoTagsRequest, signal: CancelSignal): Promise<string> {
    const { scope, limit, byScope } = task;
    const scopes: [string, readonly string[]][] = [];
    if (scope !== 'intrinsic') {
      const names = await this.#reader.attributeNames({ ...boundsOf(task), limit }, signal);
      const all = { event: names.event, link: names.link, instrumentation: names.scope, resource: names.resource, span: names.span };
      for (const [name, tags] of Object.entries(all)) {
        if ((scope === 'none' && tags.length > 0) || scope === name) scopes.push([name, tags]);
      }
    }
    if (!byScope && scope !== 'intrinsic') return tempoTagsJson(scopes, limit);
    if (scope === 'none' || scope === 'intrinsic') scopes.push(['intrinsic', INTRINSIC_TAGS]);
    return byScope ? tempoScopesJson(scopes) : tempoTagsJson(scopes, limit);
  }

  async #tagValues(task: TempoTagValuesRequest, signal: CancelSignal): Promise<string> {
    const { tag, limit, typed } = task;
    const found = typed ? traceqlTag(tag) : plainTag(tag);
    if (found === undefined) throw new AtalayaError('BAD_QUERY', { reason: `tag name is not valid: ${tag}` });
    if (found === 'none') return tempoValuesJson([], typed);
    // What the store cannot tell of a condition lets more values through, which does no harm here.
    const conditions = readableConditions(task.query).map((condition) => pushedCondition(condition).predicate);
    const having: SpanPredicate = { kind: 'and', of: [...(found.having === undefined ? [] : [found.having]), ...conditions] };
    const values = await this.#reader.values({ ...boundsOf(task), field: found.field, having, limit }, signal);
    return tempoValuesJson(values, typed);
  }

  async #metrics(task: TempoMetricsRequest, signal: CancelSignal): Promise<string> {
    const { query, step, exemplars } = task;
    const asked = { ...boundsOf(task), query, exemplars, ...(step === undefined ? {} : { step: BigInt(step) }) };
    return tempoMetricsJson(await this.#engine.metrics(asked, signal), step !== undefined);
  }
}

function boundsOf({ start, end }: { readonly start: string; readonly end: string }): TimeBounds {
  return { start: BigInt(start), end: BigInt(end) };
}

function jaegerQuery(task: JaegerSearchRequest): JaegerQuery {
  const { service, operation, tags, minDuration, maxDuration, limit } = task;
  return {
    ...boundsOf(task),
    service: service === NO_SERVICE_NAME ? '' : service,
    ...(operation === '' ? {} : { operation }),
    tags,
    ...(minDuration === '0' ? {} : { minDuration: BigInt(minDuration) }),
    ...(maxDuration === '0' ? {} : { maxDuration: BigInt(maxDuration) }),
    limit,
  };
}

/** A signal that aborts with another one, or earlier. */
class HurriedSignal implements CancelSignal {
  readonly #signal: CancelSignal;
  readonly #listeners = new Set<() => void>();
  readonly #tell = (): void => this.#listeners.forEach((listener) => listener());
  #late = false;

  constructor(signal: CancelSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#tell);
  }

  get isLate(): boolean {
    return this.#late;
  }

  get aborted(): boolean {
    return this.#late || this.#signal.aborted;
  }

  hurry(): void {
    this.#late = true;
    this.#tell();
  }

  detach(): void {
    this.#signal.removeEventListener('abort', this.#tell);
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }
}
