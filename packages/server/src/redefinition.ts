/** Has the writer define all series again when the engine met samples of series whose labels it was never told. */

import { comparePositions, type Journal, type JournalPosition } from '@atalaya/journal';
import type { Logger } from '@atalaya/model';
import type { MetricWriter } from '@atalaya/receive';
import type { LoadedEvent } from './engine/contract.ts';

export interface RedefinitionOptions {
  readonly journal: Pick<Journal, 'durable'>;
  readonly writer: Pick<MetricWriter, 'redefineSeries'>;
  readonly log: Logger;
}

/** Makes the listener to loads. What was written before the last redefinition asks for no other one. */
export function redefineWhenNeeded({ journal, writer, log }: RedefinitionOptions): (event: LoadedEvent) => void {
  let redefinedAt: JournalPosition | undefined;
  return ({ end, undefinedSamples }) => {
    if (undefinedSamples === 0) return;
    if (redefinedAt !== undefined && comparePositions(end, redefinedAt) <= 0) return;
    redefinedAt = journal.durable;
    log.warn({ samples: undefinedSamples }, 'labels of series were lost with a damaged record; every series is defined again');
    writer.redefineSeries();
  };
}
