/** Log entries on their way from a source on this host, through a pipeline of stages, to the log writer. */

/** A line that was read, with what its source knows of it. A pipeline may change every part of it. */
export interface CollectedEntry {
  /** The labels of its stream. Those that start with `__` are gone by now. */
  labels: Map<string, string>;
  /** Structured metadata. */
  attributes: Map<string, string>;
  /** Nanoseconds since the epoch. */
  timestamp: bigint;
  line: string;
}

/** The stages that the entries of one source go through, one after the other, in order. It belongs to one file, container or connection. */
export interface EntryPipeline {
  /** Takes an entry; what comes out, at once or later, goes to `emit`. */
  process(entry: CollectedEntry, emit: (entry: CollectedEntry) => void): void;
  /** How many of the entries that were taken last are not emitted (nor dropped) yet, because they may be continued. Their positions are not to be kept as read. */
  readonly held: number;
  /** How long an entry may be held at most while nothing follows, milliseconds. */
  readonly holdMs: number;
  /** Emits what is held. */
  flush(emit: (entry: CollectedEntry) => void): void;
}
