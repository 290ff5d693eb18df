/** The operations of a service: what its spans are named, how often, how they fail, how slow, and which share of its time they take. */

import { type Answer, parseSample, type QueryResult, type VectorSample } from '../prometheus.ts';
import { INCOMING, type operationQueries } from './queries.ts';

/** An operation; numbers as in the service graph. */
export interface Operation {
  /** Unique among a service's operations. */
  readonly id: string;
  readonly name: string;
  /** As the label `span_kind` has it. */
  readonly kind: string;
  readonly rate: number;
  readonly errors: number;
  readonly p95: number | undefined;
  /** Seconds of spans per second. */
  readonly busy: number;
}

/** The answers to {@link operationQueries}. */
export type OperationAnswers = Readonly<Record<keyof ReturnType<typeof operationQueries>, Answer<QueryResult> | undefined>>;

const vector = (answer: Answer<QueryResult> | undefined): readonly VectorSample[] =>
  answer?.data.resultType === 'vector' ? answer.data.result : [];
const keyOf = ({ metric }: VectorSample) => JSON.stringify([metric['span_kind'] ?? '', metric['span_name'] ?? '']);

/** The operations that the answers tell of, the busiest first. Those without a call in the range are left out. */
export function operationsOf(answers: OperationAnswers): Operation[] {
  const valued = (answer: Answer<QueryResult> | undefined) =>
    new Map(vector(answer).map((sample) => [keyOf(sample), parseSample(sample.value[1])] as const));
  const seconds = valued(answers.seconds);
  const latency = valued(answers.latency);
  return [...Map.groupBy(vector(answers.calls), keyOf)]
    .flatMap(([id, samples]): Operation[] => {
      const { span_name: name = '', span_kind: kind = '' } = samples[0]?.metric ?? {};
      const sum = (of: readonly VectorSample[]) => of.reduce((total, { value }) => total + (parseSample(value[1]) || 0), 0);
      const rate = sum(samples);
      const failed = sum(samples.filter(({ metric }) => metric['status_code'] === 'STATUS_CODE_ERROR'));
      const p95 = latency.get(id);
      if (rate <= 0) return [];
      return [
        {
          id,
          name,
          kind,
          rate,
          errors: failed / rate,
          p95: p95 !== undefined && Number.isFinite(p95) ? p95 : undefined,
          busy: Math.max(seconds.get(id) || 0, 0),
        },
      ];
    })
    .sort((a, b) => b.busy - a.busy || (a.id < b.id ? -1 : 1));
}

/** Whether an operation is one that others call. */
export function isIncoming({ kind }: Operation): boolean {
  return INCOMING.split('|').includes(kind);
}
