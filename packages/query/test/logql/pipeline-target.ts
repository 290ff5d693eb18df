/** The script target that needs nothing but pipelines: lines in memory, answers to log queries. */

import { LogqlError, parseLogql } from '@atalaya/lang';
import { compileMatcher, labelsToRecord, ManualClock, matchesAll } from '@atalaya/model';
import { compilePipeline, type StoredLine } from '@atalaya/query';
import type { LogReply, LogTarget } from './run-script.ts';

/** The time that `now` gives in scripts: 2026-01-02 03:04:05 UTC. */
export const SCRIPT_NOW_MS = 1_767_323_045_000;

/** A target with an empty memory. */
export function createPipelineTarget(): LogTarget {
  let stored: StoredLine[] = [];
  const clock = new ManualClock(SCRIPT_NOW_MS);
  return {
    clear() {
      stored = [];
      return Promise.resolve();
    },
    push({ labels, entries }) {
      for (const { at, text, metadata } of entries) {
        const attributes = Object.keys(metadata)
          .sort()
          .flatMap((name) => [name, metadata[name] as string]);
        stored.push({ stream: labels, attributes, text, timestamp: at });
      }
      return Promise.resolve();
    },
    ask({ query, start, end, limit, direction }): Promise<LogReply> {
      try {
        const tree = parseLogql(query);
        if (tree.kind !== 'logs') throw new TypeError(`not a log query: ${query}`);
        const matchers = tree.matchers.map((matcher) => compileMatcher(matcher));
        const pipeline = compilePipeline(tree.stages, { clock });
        const lines = stored
          .filter(({ stream, timestamp }) => timestamp >= start && timestamp < end && matchesAll(stream, matchers))
          .sort((a, b) => Number(a.timestamp - b.timestamp));
        // Of lines at the same time as well the last one comes first.
        if (direction === 'backward') lines.reverse();
        const streams = new Map<string, { stream: Record<string, string>; values: [string, string][] }>();
        let count = 0;
        for (const line of lines) {
          const processed = count < limit ? pipeline.process(line) : undefined;
          if (processed === undefined) continue;
          count++;
          const labels = processed.labels.all();
          const key = JSON.stringify(labels);
          const stream = streams.get(key) ?? { stream: labelsToRecord(labels), values: [] };
          streams.set(key, stream);
          stream.values.push([String(line.timestamp), processed.text]);
        }
        return Promise.resolve({ data: { resultType: 'streams', result: [...streams.values()] } });
      } catch (error) {
        if (error instanceof LogqlError) return Promise.resolve({ error: error.message });
        throw error;
      }
    },
  };
}
