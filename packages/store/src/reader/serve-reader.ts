/** The engine's side of a reader: matches, asks the engine, hands its bytes over without a copy. */

import { AtalayaError } from '@atalaya/model';
import type { SelectionEstimate } from '../metrics/estimate.ts';
import type { DataChanges, MetricStore } from '../metrics/store-interface.ts';
import type { LabelDelivery, ReaderMessage, ServerMessage } from './protocol.ts';
import type { ReaderPort } from './reader-port.ts';

/** Series whose labels one reader keeps at most; then it starts afresh. */
const KEPT_SERIES = 200_000;

const NOT_READABLE = 'the newest samples are missing: they are on disk, but reading them takes longer than a query waits';

/**
 * Serves a reader at the other end of the port until the port closes. Each answer waits until `readable` resolves: with
 * `true` when what was acknowledged before can be read, with `false` when that takes too long; a selection then carries a warning.
 */
export function serveReader(store: MetricStore, port: ReaderPort, readable: () => Promise<boolean> = () => Promise.resolve(true)): void {
  const running = new Map<number, AbortController>();
  let delivered = new Set<number>();
  /** Leases that the reader has not ended. */
  const leases = new Set<number>();
  let closed = false;
  const { arena } = store;
  if (arena !== undefined) port.postMessage({ kind: 'arena', buffer: arena } satisfies ServerMessage);

  const deliver = (slots: Uint32Array): LabelDelivery => {
    let unknown = slots.filter((slot) => !delivered.has(slot));
    const reset = delivered.size > 0 && delivered.size + unknown.length > KEPT_SERIES;
    if (reset) {
      delivered = new Set();
      unknown = slots.slice();
    }
    for (const slot of unknown) delivered.add(slot);
    return { reset, slots: Uint32Array.from(unknown), ...store.labels(unknown) };
  };

  const answer = async (message: ReaderMessage & { kind: 'select' }, signal: AbortSignal): Promise<void> => {
    const { call } = message;
    try {
      const complete = await readable();
      const selected = await store.read(message.question, message.bounds, signal);
      if ('lease' in selected) {
        leases.add(selected.lease);
        if (closed) store.endLease(selected.lease);
      }
      const labels = deliver(selected.slots);
      const warned = complete ? selected : { ...selected, warnings: [...(selected.warnings ?? []), NOT_READABLE] };
      const transfer = [labels.slots.buffer, labels.ends.buffer, labels.bytes.buffer];
      const { histograms } = selected;
      if (histograms !== undefined) transfer.push(histograms.places.buffer, histograms.ids.buffer, histograms.bytes.buffer);
      if ('lease' in warned) {
        transfer.push(warned.slots.buffer, warned.starts.buffer, warned.ends.buffer, warned.flags.buffer);
        port.postMessage({ kind: 'hot', call, hot: warned, labels } satisfies ServerMessage, { transfer });
      } else {
        transfer.push(warned.bytes.buffer, warned.ids.buffer);
        port.postMessage({ kind: 'selected', call, raw: warned, labels } satisfies ServerMessage, { transfer });
      }
    } catch (error) {
      port.postMessage({ kind: 'failed', call, error: AtalayaError.from(error).toData() } satisfies ServerMessage);
    } finally {
      running.delete(call);
    }
  };

  const tell = async (call: number, ask: () => DataChanges | Promise<SelectionEstimate>): Promise<void> => {
    try {
      await readable();
      port.postMessage({ kind: 'told', call, value: await ask() } satisfies ServerMessage);
    } catch (error) {
      port.postMessage({ kind: 'failed', call, error: AtalayaError.from(error).toData() } satisfies ServerMessage);
    }
  };

  port.on('message', (received) => {
    const message = received as ReaderMessage;
    if (message.kind === 'estimate') {
      void tell(message.call, () => store.estimate(message.question));
      return;
    }
    if (message.kind === 'changes') {
      void tell(message.call, () => store.changes(message.since));
      return;
    }
    if (message.kind === 'release') {
      leases.delete(message.lease);
      store.endLease(message.lease);
      return;
    }
    if (message.kind === 'cancel') {
      running.get(message.call)?.abort();
      return;
    }
    const aborter = new AbortController();
    running.set(message.call, aborter);
    void answer(message, aborter.signal);
  });
  port.on('close', () => {
    closed = true;
    for (const aborter of running.values()) aborter.abort();
    for (const lease of leases) store.endLease(lease);
  });
}
