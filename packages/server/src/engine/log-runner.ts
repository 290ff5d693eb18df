/** Answers one question about logs, on the thread of a query worker. */

import { type CancelSignal, systemClock } from '@atalaya/model';
import {
  compilePipeline,
  createLogqlEngine,
  detectFields,
  encodeLogAnswer,
  linePatterns,
  type LogqlEngine,
  logQueryCost,
  type LogReader,
  logVolumes,
  readSelection,
} from '@atalaya/query';
import type { EngineOptions } from './contract.ts';
import { fieldsAnswer, fieldValuesAnswer, patternsAnswer, volumeAnswer } from './log-answers.ts';
import type { LogFieldsRequest, LogPatternsRequest, LogVolumeRequest } from './log-contract.ts';
import type { LogTask } from './query-task.ts';
import { TooCostly } from './too-costly.ts';

/** Lines that patterns are looked for in; of more a sample is taken. */
const PATTERN_LINES = 100_000;
/** What looking for patterns costs at most, in terms of samples: seldom much less. */
const PATTERNS_COST = 10_000_000;
/** Patterns that are told. */
const PATTERNS = 1000;
/** Fields that values are looked for among. */
const FIELDS = 5000;

type Answer = Uint8Array<ArrayBuffer>;

export class LogRunner {
  readonly #reader: LogReader;
  readonly #engine: LogqlEngine;

  constructor(limits: EngineOptions['query'], reader: LogReader) {
    this.#reader = reader;
    this.#engine = createLogqlEngine(reader, {
      clock: systemClock,
      limits: {
        series: limits.logSeries,
        entries: limits.logEntries,
        lines: limits.logLines,
        points: limits.points,
        timeMs: limits.timeoutMs,
        memoryBytes: limits.memoryBytes,
        answerBytes: limits.answerBytes,
      },
    });
  }

  /**
   * Runs a task; resolves with the answer's JSON text. Rejects with {@link TooCostly} when it is expected to cost more than `mostCost`, and as
   * the engine does.
   */
  async run(task: LogTask, waitedMs: number, mostCost: number, signal: CancelSignal): Promise<Answer> {
    if (mostCost !== Number.POSITIVE_INFINITY) await this.#admit(task, mostCost, signal);
    switch (task.kind) {
      case 'log-instant': {
        const { query, time, limit, direction, categorised } = task;
        const answer = await this.#engine.instant({ query, timeNs: BigInt(time), limit, direction }, signal);
        return encodeLogAnswer(answer, { categorised, waitedMs });
      }
      case 'log-range': {
        const { query, start, end, step, interval, limit, direction, categorised } = task;
        const range = { startNs: BigInt(start), endNs: BigInt(end), stepNs: BigInt(step), intervalNs: BigInt(interval) };
        const answer = await this.#engine.range({ query, ...range, limit, direction }, signal);
        return encodeLogAnswer(answer, { categorised, waitedMs });
      }
      case 'log-patterns':
        return this.#patterns(task, signal);
      case 'log-fields':
        return this.#fields(task, signal);
      case 'log-volume':
        return this.#volume(task, signal);
    }
  }

  /** What fields and volumes look at is bounded. */
  async #admit(task: LogTask, mostCost: number, signal: CancelSignal): Promise<void> {
    if (task.kind === 'log-patterns') throw new TooCostly(PATTERNS_COST);
    if (task.kind !== 'log-instant' && task.kind !== 'log-range') return;
    const range =
      task.kind === 'log-instant'
        ? { start: BigInt(task.time), end: BigInt(task.time) }
        : { start: BigInt(task.start), end: BigInt(task.end) };
    const cost = await logQueryCost(this.#reader, task.query, range, signal);
    if (cost > mostCost) throw new TooCostly(cost);
  }

  async #patterns({ query, start, end, step }: LogPatternsRequest, signal: CancelSignal): Promise<Answer> {
    const range = { start: BigInt(start), end: BigInt(end), step: BigInt(step) };
    const request = { ...readSelection(query), ...range, lines: PATTERN_LINES, patterns: PATTERNS };
    return patternsAnswer(await linePatterns(this.#reader, request, signal));
  }

  async #fields({ query, start, end, lineLimit, limit, field }: LogFieldsRequest, signal: CancelSignal): Promise<Answer> {
    const { pipeline = compilePipeline([]), ...selection } = readSelection(query);
    const fields = field === undefined ? limit : FIELDS;
    const request = { ...selection, pipeline, start: BigInt(start), end: BigInt(end), lines: lineLimit, fields };
    const found = await detectFields(this.#reader, request, signal);
    if (field === undefined) return fieldsAnswer(found, limit);
    return fieldValuesAnswer(
      found.find(({ name }) => name === field),
      limit,
    );
  }

  async #volume({ query, start, end, step, limit, targetLabels, aggregateBy }: LogVolumeRequest, signal: CancelSignal): Promise<Answer> {
    const matchers = query.replaceAll(/\s/g, '') === '{}' ? [] : readSelection(query).matchers;
    const ofMatchers = [...new Set(matchers.map(({ name }) => name))];
    const request = {
      matchers,
      start: BigInt(start),
      end: BigInt(end),
      step: step === undefined ? undefined : BigInt(step),
      labels: targetLabels.length === 0 ? ofMatchers : targetLabels,
      required: targetLabels,
      byNames: aggregateBy === 'labels',
      limit,
    };
    return volumeAnswer(await logVolumes(this.#reader, request, signal), step !== undefined);
  }
}
