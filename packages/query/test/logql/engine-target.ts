/** The script target that needs nothing else: the engine over lines in memory, answers through the encoder. */

import { AtalayaError, type CancelSignal, labelsOf, ManualClock } from '@atalaya/model';
import { createLogqlEngine, createMemoryLogReader, encodeLogAnswer, type MemoryLine, type MemoryStream } from '@atalaya/query';
import type { LogData, LogReply, LogTarget } from './run-script.ts';

const NEVER: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const LIMITS = { series: 500, entries: 5000, lines: 1e6, points: 11_000, timeMs: 60_000 };

/** A target with an empty memory. @param pushesDown whether counting is left to the reader where it can do it */
export function createEngineTarget(pushesDown: boolean): LogTarget {
  const streams = new Map<string, MemoryStream & { readonly lines: MemoryLine[] }>();
  const stored = { [Symbol.iterator]: () => streams.values() };
  const engine = createLogqlEngine(createMemoryLogReader(stored, { blockRows: 3 }), {
    clock: new ManualClock(),
    limits: LIMITS,
    pushesDown,
  });
  return {
    addedLabels: ['detected_level'],
    clear() {
      streams.clear();
      return Promise.resolve();
    },
    push({ labels, entries }) {
      const key = labels.join('\u0000');
      const stream = streams.get(key) ?? { labels: labelsOf(pairsOf(labels)), lines: [] };
      streams.set(key, stream);
      for (const { at, text, metadata } of entries) {
        const attributes = Object.keys(metadata)
          .sort()
          .flatMap((name) => [name, metadata[name] as string]);
        stream.lines.push({ timestamp: at, text, attributes, level: text.startsWith('error:') ? 'error' : 'info' });
      }
      return Promise.resolve();
    },
    async ask({ query, type, start, end, step, limit, direction }): Promise<LogReply> {
      try {
        const answer =
          type === 'instant'
            ? await engine.instant({ query, timeNs: start }, NEVER)
            : await engine.range({ query, startNs: start, endNs: end, stepNs: type === 'logs' ? 1n : step, limit, direction }, NEVER);
        return JSON.parse(new TextDecoder().decode(encodeLogAnswer(answer))) as { data: LogData };
      } catch (error) {
        if (!(error instanceof AtalayaError)) throw error;
        return { error: error.message };
      }
    },
  };
}

function pairsOf(labels: readonly string[]): [string, string][] {
  return labels.flatMap((name, i) => (i % 2 === 0 ? [[name, labels[i + 1] as string] as [string, string]] : []));
}
