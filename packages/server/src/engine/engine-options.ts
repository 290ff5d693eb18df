/** What the engine process is started with, from the settings. */

import { availableMemory, cacheMemory } from '../memory.ts';
import type { Settings } from '../settings/table.ts';
import { samplingRules } from '../span-writing.ts';
import type { EngineOptions } from './contract.ts';

/** @param memoryBytes what the engine may take */
export function engineOptions(settings: Settings, dataDirectory: string, memoryBytes: number): EngineOptions {
  return {
    dataDirectory,
    url: settings['engine.url'],
    memoryBytes,
    cacheBytes: settings['query.cache'] === -1 ? cacheMemory(availableMemory()) : settings['query.cache'],
    retention: { ageMs: settings['retention.metrics'], bytes: settings['retention.metrics_bytes'] },
    logRetention: {
      ageMs: settings['retention.logs'],
      bytes: settings['retention.logs_bytes'],
      streams: settings['retention.logs_streams'],
    },
    sampling: {
      ...samplingRules(settings),
      waitMs: settings['traces.decision_wait'],
      memoryBytes: settings['traces.decision_memory'],
    },
    traceRetention: { ageMs: settings['retention.traces'], bytes: settings['retention.traces_bytes'] },
    query: {
      timeoutMs: settings['query.timeout'],
      lookbackMs: settings['query.lookback'],
      series: settings['query.series'],
      samples: settings['query.samples'],
      points: settings['query.points'],
      memoryBytes: settings['query.memory'] === -1 ? Math.round(memoryBytes / 2) : settings['query.memory'],
      answerBytes: settings['query.answer'],
      stepCacheBytes: settings['query.step_cache'],
      concurrency: settings['query.concurrency'],
      logSeries: settings['query.log_series'],
      logEntries: settings['query.log_entries'],
      logLines: settings['query.log_lines'],
      logConcurrency: settings['query.log_concurrency'],
      traces: settings['query.traces'],
      traceSpans: settings['query.trace_spans'],
      traceSeries: settings['query.trace_series'],
      traceConcurrency: settings['query.trace_concurrency'],
      features: settings['query.features'],
    },
  };
}
