/** Steps of range queries that were computed before, kept as long as nothing they looked at has changed. See docs/adr/0011-step-cache.md. */

import type { DataChanges } from '../reader.ts';
import type { StepInputs } from './step-inputs.ts';
import { cut, join, type Matrix, sizeOfMatrix } from './step-matrix.ts';

/** Steps by number: step `n` is at `n * step + phase`, with the phase that is common to all queries of a key. Both ends inclusive. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Consecutive steps that were computed. */
export interface Part extends Span {
  readonly matrix: Matrix;
  /** What was said while they were computed. It is not known which of the steps it is about. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** What is kept of one query. */
interface Entry {
  readonly parts: readonly Part[];
  /** No later change of the data than this was seen by the parts. */
  readonly version: number;
  readonly bytes: number;
}

/** Where the steps of a query are in time. */
export interface Grid {
  readonly phase: number;
  readonly step: number;
}

/** A single query may take this share of the cache. */
const LARGEST_SHARE = 1 / 4;
/** What an entry takes besides its parts, bytes. */
const ENTRY_BYTES = 512;

/** Keeps computed steps by query, the least recently used go first. */
export class StepCache {
  readonly #limit: number;
  /** In the order of their use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The version to ask about what has changed; undefined when nothing is kept of the query. */
  versionOf(key: string): number | undefined {
    return this.#entries.get(key)?.version;
  }

  /** Whether the query has had something to say: then its steps had better be computed in blocks. */
  isAnnotated(key: string): boolean {
    return this.#entries.get(key)?.parts.some(isAnnotated) === true;
  }

  /** The steps of a span that can be used, ascending, given what has changed since {@link versionOf}. */
  usable(key: string, wanted: Span, grid: Grid, inputs: StepInputs, changes: DataChanges): Part[] {
    const entry = this.#entries.get(key);
    if (entry === undefined) return [];
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const { oldest, horizon } = changes;
    if (inputs.fixedNewest >= oldest || inputs.fixedOldest < horizon) return [];
    const { phase, step } = grid;
    // The last step whose newest input lies before all changes, and the first one whose oldest input is still kept.
    const unchanged = Math.ceil((oldest - inputs.newest - phase) / step) - 1;
    const kept = Math.ceil((horizon - inputs.oldest - phase) / step);
    const first = Math.max(wanted.first, kept);
    const last = Math.min(wanted.last, unchanged);
    return entry.parts.flatMap((part) => clip(part, { first: Math.max(first, part.first), last: Math.min(last, part.last) }, grid));
  }

  /** Keeps steps, in place of what was kept of the query: `parts` ascending, computed from data no older than `version`. */
  keep(key: string, parts: readonly Part[], version: number, blockSteps: number): void {
    this.#forget(key);
    const compact = compacted(parts, blockSteps);
    const bytes = key.length * 2 + ENTRY_BYTES + compact.reduce((sum, { matrix }) => sum + sizeOfMatrix(matrix), 0);
    if (bytes > this.#limit * LARGEST_SHARE) return;
    this.#entries.set(key, { parts: compact, version, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

/** What is left of a part; nothing of one that had something to say, unless it is wanted whole. */
function clip(part: Part, { first, last }: Span, { phase, step }: Grid): Part[] {
  if (last < first) return [];
  if (first === part.first && last === part.last) return [part];
  if (isAnnotated(part)) return [];
  return [{ ...part, first, last, matrix: cut(part.matrix, phase + first * step, phase + last * step) }];
}

function isAnnotated({ warnings, infos }: Part): boolean {
  return warnings.length > 0 || infos.length > 0;
}

/** Joins neighbours that had nothing to say, and others within the same block of steps. */
function compacted(parts: readonly Part[], blockSteps: number): Part[] {
  const blockOf = (step: number): number => Math.floor(step / blockSteps);
  const result: Part[] = [];
  for (const part of parts) {
    const before = result.at(-1);
    const quiet = before !== undefined && !isAnnotated(before) && !isAnnotated(part);
    const together = before !== undefined && before.last + 1 === part.first;
    if (together && (quiet || blockOf(before.first) === blockOf(part.last))) result[result.length - 1] = joined(before, part);
    else result.push(part);
  }
  return result;
}

/** Two parts that follow each other. */
function joined(before: Part, after: Part): Part {
  return {
    first: before.first,
    last: after.last,
    matrix: join(before.matrix, after.matrix),
    warnings: [...new Set([...before.warnings, ...after.warnings])],
    infos: [...new Set([...before.infos, ...after.infos])],
  };
}

/** The steps of a span that none of the parts has; cut at the borders of blocks, if any are given. */
export function missing(wanted: Span, parts: readonly Span[], blockSteps?: number): Span[] {
  const gaps: Span[] = [];
  let next = wanted.first;
  for (const { first, last } of [...parts, { first: wanted.last + 1, last: wanted.last + 1 }]) {
    if (first > next) gaps.push({ first: next, last: first - 1 });
    next = last + 1;
  }
  if (blockSteps === undefined) return gaps;
  return gaps.flatMap(({ first, last }) => {
    const pieces: Span[] = [];
    for (let at = first; at <= last;) {
      const end = Math.min(last, (Math.floor(at / blockSteps) + 1) * blockSteps - 1);
      pieces.push({ first: at, last: end });
      at = end + 1;
    }
    return pieces;
  });
}

/** All parts as one, ascending; there is at least one. */
export function assembled(parts: readonly Part[]): Part {
  return parts.reduce(joined);
}
