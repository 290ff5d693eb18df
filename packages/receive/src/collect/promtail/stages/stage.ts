/** What a stage of a pipeline is, and how one is made of its configuration. */

import { formatFixed } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import type { Cursor } from '../../../scrape-config/cursor.ts';
import type { CollectedEntry } from '../../entry.ts';
import type { StageMetrics } from '../metrics/stage-metrics.ts';

/** A value that a stage extracted. Objects and lists are kept as their JSON. */
export type Extracted = string | number | boolean | null;

/** An entry on its way through a pipeline, with what the stages before extracted from it. */
export interface StageEntry extends CollectedEntry {
  /** Labels are extracted values too, as they were when the pipeline began. */
  extracted: Map<string, Extracted>;
  /** The number of the first line, in the order that the pipeline took them, of those that the entry is made of. */
  readonly sequence: number;
}

export type Emit = (entry: StageEntry) => void;

/** One stage of one pipeline. Unlike its configuration it may have a state. */
export interface Stage {
  process(entry: StageEntry, emit: Emit): void;
  /** For stages that hold entries back. */
  readonly holding?: Holding;
}

/** What a stage holds back. */
export interface Holding {
  /** Sequence of the oldest entry held; `undefined` when none is. */
  oldest(): number | undefined;
  /** How long an entry may be held while nothing follows, milliseconds. */
  readonly waitMs: number;
  flush(emit: Emit): void;
}

/** Makes a stage for a pipeline that begins. */
export type StageMaker = () => Stage;

/** What stages need beside their configuration. */
export interface StageContext {
  readonly clock: Clock;
  readonly metrics: StageMetrics;
  /** Uniform random numbers from 0 up to 1. */
  readonly random: () => number;
  /** Reads nested stages. */
  readonly readStages: (list: Cursor) => StageMaker;
}

/** Reads and checks the configuration of a stage. @throws AtalayaError BAD_CONFIG with the line of what is wrong. */
export type StageReader = (config: Cursor, context: StageContext) => StageMaker;

/** A stage without a state that changes entries and lets all of them through. */
export function changing(change: (entry: StageEntry) => void): StageMaker {
  const stage: Stage = {
    process(entry, emit) {
      change(entry);
      emit(entry);
    },
  };
  return () => stage;
}

/** A stage without a state that lets through what `keeps` says. */
export function filtering(keeps: (entry: StageEntry) => boolean): StageMaker {
  const stage: Stage = {
    process(entry, emit) {
      if (keeps(entry)) emit(entry);
    },
  };
  return () => stage;
}

/** An extracted value as text; `undefined` where there is none. */
export function textOf(value: Extracted | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'number' ? formatFixed(value) : String(value);
}

/** What a stage works on: an extracted value that it names as its source, or the line. */
export function inputOf(entry: StageEntry, source: string | undefined): string | undefined {
  return source === undefined ? entry.line : textOf(entry.extracted.get(source));
}

/** Reads the `source` of a stage, where it has one; it may be left out, but not be empty. */
export function readSource(fields: ReadonlyMap<string, Cursor>): string | undefined {
  return fields.get('source')?.requiredText();
}
