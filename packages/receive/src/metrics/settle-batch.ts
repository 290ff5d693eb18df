/** What becomes of the registry when a batch has been journaled, or has not. */

import type { BatchColumns } from './batch-columns.ts';
import { FINGERPRINT_HIGH, FINGERPRINT_LOW, FREE, JOURNALED, SLOT_WORDS } from './series-registry.ts';
import type { WriterState } from './writer-state.ts';

/** The batch is on disk: its samples now count for `same`, its definitions need not be sent again. */
export function confirmBatch(state: WriterState, columns: BatchColumns, batch: number): void {
  const { registry, knownMetadata } = state;
  const { words } = registry;
  const histograms = columns.histograms?.count ?? 0;
  for (let i = 0; i < columns.count; i++) registry.confirmNewest(columns.slots[i] as number, batch);
  for (let i = 0; i < histograms; i++) registry.confirmNewest(columns.histograms?.slots[i] as number, batch);
  columns.definedSlots.forEach((slot, i) => {
    const base = slot * SLOT_WORDS;
    // The slot may have been evicted and given to another series meanwhile.
    if (words[base + FINGERPRINT_LOW] !== columns.definitionWord(i * 2)) return;
    if (words[base + FINGERPRINT_HIGH] !== columns.definitionWord(i * 2 + 1) || registry.states[slot] === FREE) return;
    registry.states[slot] = JOURNALED;
    registry.definitions.delete(slot);
  });
  if (columns.metadata.length > 0) knownMetadata.add(columns.metadata);
  state.samplesWritten += columns.rows;
  state.histogramsWritten += histograms;
  state.exemplarsWritten += columns.exemplars?.count ?? 0;
}

/** The batch was not written: what it changed in the registry becomes unknown. */
export function forgetBatch(state: WriterState, columns: BatchColumns, batch: number): void {
  const { registry, newestExemplars } = state;
  const { histograms, exemplars } = columns;
  for (let i = 0; i < (exemplars?.count ?? 0); i++) newestExemplars.forget(exemplars?.labels.slots[i] as number);
  for (let i = 0; i < columns.count; i++) registry.forgetNewest(columns.slots[i] as number, batch);
  for (let i = 0; i < (histograms?.count ?? 0); i++) registry.forgetNewest(histograms?.slots[i] as number, batch);
}
