/** Where the loader puts the records of one signal. */

import type { JournalPosition, JournalRecord, Signal } from '@atalaya/journal';

/** Takes the batches of one signal, each first by {@link take}, then, in the same order, by {@link load}. */
export interface Sink<Batch = unknown> {
  /** The batch in a record. @throws RangeError, SyntaxError or TypeError when there is none that could be loaded. */
  decode(record: JournalRecord): Batch;
  /** Rows (samples, lines) in it. */
  rowsOf(batch: Batch): number;
  /**
   * Takes a batch in: questions that begin from now on see it, or can wait for it. Its record begins at `from`, or behind damage that begins there.
   */
  take(batch: Batch, from: JournalPosition): void;
  /**
   * Resolves when the batches are durable in the tables. Repeated after a failure, and again after a crash, with more or fewer batches: what
   * is there already must not be there twice. `token` names this very group of records.
   */
  load(batches: readonly Batch[], options: { readonly token?: string }): Promise<SinkResult>;
  /**
   * Where the first record begins of which something is held back although it was loaded; undefined when nothing is. The checkpoint stays before it,
   * and until the sink lets go of it, {@link load} is called every now and then, without batches too.
   */
  heldFrom?(): JournalPosition | undefined;
}

/** What one load did. */
export interface SinkResult {
  /** Put into the tables. */
  readonly rows: number;
  /** Series, or streams, that nobody had used before. */
  readonly newSeries: number;
  /** Samples whose series nobody has defined. They wait in the store until somebody does. */
  readonly undefinedSamples?: number;
}

/** The sinks by the signal whose records they take. Records of any other signal are kept aside. */
export type Sinks = ReadonlyMap<Signal, Sink>;
