/** The evaluator's side of a reader: asks through a port and makes columns of the bytes that come back. */

import { AtalayaError, type CancelSignal, type Labels } from '@atalaya/model';
import {
  decodeHistograms,
  type FloatColumns,
  type HistogramColumns,
  type RawHistograms,
  withoutReplaced,
} from '../histograms/histogram-selection.ts';
import { type ArenaColumns, arenaColumns } from '../hot/arena.ts';
import { decodeSelection } from '../metrics/decode.ts';
import type { SelectionEstimate } from '../metrics/estimate.ts';
import type { DataChanges, HotRead } from '../metrics/store-interface.ts';
import type { RawSelection, SelectBounds, SelectQuestion } from '../metrics/selection.ts';
import { LabelCache } from './label-cache.ts';
import type { ReaderMessage, ServerMessage } from './protocol.ts';
import type { ReaderPort } from './reader-port.ts';

/** Series with their samples; see the reader port of room `query`, which this fits. */
export interface SelectedSeries {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  readonly labels: readonly Labels[];
  /** Native histograms, where one of the series has had any; their times are not among those of the samples. */
  readonly histograms?: HistogramColumns;
  /** What may be among each series' samples; without them nothing is known. */
  readonly flags?: Uint8Array;
  /** Samples that lay decoded in memory, and rows that were read from disk for the others. */
  readonly origin?: { readonly samplesInMemory: number; readonly rowsFromDisk: number };
  /** What the samples lack, in words for whoever asked. */
  readonly warnings?: readonly string[];
  /** Where the columns are shared: tells that they are not looked at any more. */
  release?(): void;
}

/** Reads samples through a port. */
export interface PortReader {
  /** The caller owns the answer. Rejects with an AtalayaError; aborting rejects with QUERY_CANCELED at once and ends the work behind it. */
  select(question: SelectQuestion, bounds: SelectBounds, signal: CancelSignal): Promise<SelectedSeries>;
  /** What a selection would find; nothing is read for it. */
  estimate(question: SelectQuestion, signal: CancelSignal): Promise<SelectionEstimate>;
  /** How far back the data has changed since a version that this told before. */
  changes(since: number): Promise<DataChanges>;
}

interface Waiting {
  resolve(selected: SelectedSeries): void;
  reject(error: AtalayaError): void;
}

interface Asking {
  resolve(value: unknown): void;
  reject(error: AtalayaError): void;
}

/** Connects to {@link serveReader} at the other end of the port. When the port closes every waiting call rejects with ENGINE_UNAVAILABLE. */
export function connectReader(port: ReaderPort): PortReader {
  const waiting = new Map<number, Waiting>();
  const asking = new Map<number, Asking>();
  const cache = new LabelCache();
  let calls = 0;
  let closed = false;
  let arena: ArenaColumns | undefined;
  const send = (message: ReaderMessage): void => port.postMessage(message);

  port.on('message', (received) => {
    const message = received as ServerMessage;
    if (message.kind === 'arena') {
      arena = arenaColumns(message.buffer);
      return;
    }
    const call = waiting.get(message.call);
    if (message.kind === 'failed') {
      (call ?? asking.get(message.call))?.reject(AtalayaError.fromData(message.error));
      return;
    }
    if (message.kind === 'told') {
      asking.get(message.call)?.resolve(message.value);
      return;
    }
    // Labels are delivered once: they are taken even if nobody waits for the samples any more.
    cache.take(message.labels);
    let release: (() => void) | undefined;
    if (message.kind === 'hot') {
      const { lease } = message.hot;
      release = () => send({ kind: 'release', lease });
    }
    if (call === undefined) {
      release?.();
      return;
    }
    try {
      if (message.kind === 'selected') call.resolve(ownColumns(message.raw, cache));
      else if (arena === undefined) throw new RangeError('samples in an arena that was never given');
      else call.resolve(sharedColumns(message.hot, arena, cache, release));
    } catch (error) {
      release?.();
      call.reject(AtalayaError.from(error));
    }
  });
  port.on('close', () => {
    closed = true;
    for (const call of [...waiting.values(), ...asking.values()]) call.reject(closedError());
  });

  /** Asks a small question: its answer is a message away, so that it is not worth cancelling. */
  function ask<T>(message: (call: number) => ReaderMessage): Promise<T> {
    if (closed) return Promise.reject(closedError());
    const call = ++calls;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    asking.set(call, { resolve, reject });
    send(message(call));
    return (promise as Promise<T>).finally(() => asking.delete(call));
  }

  return {
    estimate({ matchers, start, end }, signal) {
      if (signal.aborted) return Promise.reject(canceledError());
      return ask((call) => ({ kind: 'estimate', call, question: { matchers, start, end } }));
    },
    changes: (since) => ask((call) => ({ kind: 'changes', call, since })),
    select(question, bounds, signal) {
      if (closed) return Promise.reject(closedError());
      if (signal.aborted) return Promise.reject(canceledError());
      const call = ++calls;
      const { promise, resolve, reject } = Promise.withResolvers<SelectedSeries>();
      const abort = (): void => {
        send({ kind: 'cancel', call });
        reject(canceledError());
      };
      signal.addEventListener('abort', abort);
      waiting.set(call, { resolve, reject });
      send({
        kind: 'select',
        call,
        question: {
          matchers: question.matchers,
          start: question.start,
          end: question.end,
          ...(question.slots === undefined ? {} : { slots: question.slots }),
        },
        bounds: { series: bounds.series, samples: bounds.samples },
      });
      return promise.finally(() => {
        waiting.delete(call);
        signal.removeEventListener('abort', abort);
      });
    },
  };
}

/** What came as bytes, as columns of its own. */
function ownColumns(raw: RawSelection, cache: LabelCache): SelectedSeries {
  const labels = Array.from(raw.slots, (slot) => cache.get(slot));
  const { offsets, timestamps, values } = decodeSelection(raw);
  const floats = { starts: offsets.subarray(0, labels.length), ends: offsets.subarray(1), timestamps, values };
  const origin = { samplesInMemory: raw.recent?.series.length ?? 0, rowsFromDisk: raw.rowsRead };
  return { labels, origin, ...withHistograms(floats, raw.histograms), ...warningsOf(raw) };
}

/** What lies in the arena, where it lies. */
function sharedColumns(hot: HotRead, arena: ArenaColumns, cache: LabelCache, release: (() => void) | undefined): SelectedSeries {
  const labels = Array.from(hot.slots, (slot) => cache.get(slot));
  const { starts, ends, flags, rowsRead } = hot;
  let samples = 0;
  for (let i = 0; i < starts.length; i++) samples += (ends[i] as number) - (starts[i] as number);
  const origin = { samplesInMemory: Math.max(0, samples - rowsRead), rowsFromDisk: rowsRead };
  const columns = withHistograms({ starts, ends, ...arena }, hot.histograms);
  return { labels, origin, flags, ...columns, ...warningsOf(hot), ...(release === undefined ? {} : { release }) };
}

function withHistograms(floats: FloatColumns, raw: RawHistograms | undefined): FloatColumns & { readonly histograms?: HistogramColumns } {
  if (raw === undefined) return floats;
  const histograms = decodeHistograms(raw, floats.starts.length);
  return { ...withoutReplaced(floats, histograms), histograms };
}

function warningsOf({ warnings }: { readonly warnings?: readonly string[] }): { readonly warnings?: readonly string[] } {
  return warnings === undefined ? {} : { warnings };
}

const canceledError = (): AtalayaError => new AtalayaError('QUERY_CANCELED', { phase: 'reading samples' });
const closedError = (): AtalayaError => new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'the connection to it is closed' });
