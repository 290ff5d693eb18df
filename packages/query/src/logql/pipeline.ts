/** What a log pipeline does: one line in, one line out or none. */

import type { Labels } from '@atalaya/model';

/** A line as it was stored. */
export interface StoredLine {
  /** The labels of its stream: one object for all lines of a stream, so that what follows from it can be kept. */
  readonly stream: Labels;
  /** Structured metadata, names and values alternating, sorted by name. */
  readonly attributes: readonly string[];
  readonly text: string;
  /** Nanoseconds since the epoch. */
  readonly timestamp: bigint;
}

/** A line as a pipeline leaves it. */
export interface ProcessedLine {
  readonly text: string;
  readonly labels: LineLabels;
}

/** The labels of a processed line. An empty value can be there and is then part of the answer. */
export interface LineLabels {
  get(name: string): string | undefined;
  /** All of them, sorted by name, `__error__` and `__error_details__` among them where something went wrong. Equal sets of one pipeline are the same object as long as it keeps them. */
  all(): Labels;
  /** The same by where they came from, as Loki's `categorize-labels` tells them. */
  categorised(): { readonly stream: Labels; readonly structuredMetadata: Labels; readonly parsed: Labels };
}

/** Stages ready to run. */
export interface Pipeline {
  /** What comes out is valid until the next call. */
  process(line: StoredLine): ProcessedLine | undefined;
}
