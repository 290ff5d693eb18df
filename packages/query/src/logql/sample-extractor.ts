/** Numbers from lines: each line that comes through a pipeline gives one, or none. */

import { type Grouping, readGoFloat, type Stage, type Unwrap } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import { CompiledPipeline, type PipelineOptions } from './compile-pipeline.ts';
import type { Line } from './line.ts';
import type { StoredLine } from './pipeline.ts';
import type { CompiledStage } from './stage.ts';
import { compileLabelFilter } from './stages/label-filter.ts';
import { readBytes, readDuration, secondsOf } from './text/quantities.ts';
import { utf8Length } from './text/utf8.ts';

/** What a line is counted as: 1, the bytes of its text when it has gone through the pipeline, or the number in a label. */
export type Measure = 'lines' | 'bytes' | Unwrap;

/** A number taken from a line. */
export interface LineSample {
  readonly value: number;
  /**
   * The labels that remain of the line's: those of the grouping, or all but the one that the number was taken from. Equal sets are the same
   * object, as with `LineLabels.all`. A sample with an error has all labels, the error among them.
   */
  readonly labels: Labels;
  /** What went wrong with the line, `''` when nothing did. An error that was asked for by name (`__preserve_error__`) is none. */
  readonly error: string;
}

/** Takes numbers from lines. */
export interface SampleExtractor {
  /** The line's number; `undefined` when it has none. What comes out is valid until the next call. */
  extract(line: StoredLine): LineSample | undefined;
}

/** How an extractor is made. */
export interface SampleExtractorOptions extends PipelineOptions {
  /** The labels that samples keep, or do not keep. */
  readonly grouping?: Grouping;
}

/**
 * Makes an extractor of the stages before a range aggregation. With a grouping `by (…)` parsers read no more than what it names.
 * @throws LogqlError for what cannot be built.
 */
export function compileSampleExtractor(stages: readonly Stage[], measure: Measure, options: SampleExtractorOptions = {}): SampleExtractor {
  return new Extractor(stages, measure, options);
}

class Extractor implements SampleExtractor {
  readonly #pipeline: CompiledPipeline;
  readonly #line: Line;
  readonly #isBytes: boolean;
  readonly #unwrapped: number | undefined;
  readonly #read: (text: string) => number | string;
  readonly #conditions: readonly CompiledStage[];
  /** Labels to group by; `undefined` keeps all. */
  readonly #group: readonly number[] | undefined;
  readonly #without: boolean;
  readonly #preserve: number;
  readonly #sample = { value: 0, labels: [] as Labels, error: '' };

  constructor(stages: readonly Stage[], measure: Measure, options: SampleExtractorOptions) {
    const unwrap = typeof measure === 'string' ? undefined : measure;
    const { grouping, needed = neededFor(grouping), ...rest } = options;
    const all = needed === undefined || unwrap === undefined ? needed : new Set([...needed, unwrap.label]);
    this.#pipeline = new CompiledPipeline(stages, { ...rest, ...(all === undefined ? {} : { needed: all }) }, unwrap?.conditions);
    this.#line = this.#pipeline.line;
    const { names } = this.#line;
    this.#isBytes = measure === 'bytes';
    this.#unwrapped = unwrap === undefined ? undefined : names.idOf(unwrap.label);
    this.#read = readerOf(unwrap);
    this.#conditions = (unwrap?.conditions ?? []).map(({ condition }) => compileLabelFilter(condition, this.#line));
    this.#without = grouping?.without ?? true;
    const labels = [...(grouping?.labels ?? []), ...(this.#without && unwrap !== undefined ? [unwrap.label] : [])];
    this.#group = this.#without && labels.length === 0 ? undefined : labels.sort().map((name) => names.idOf(name));
    this.#preserve = names.idOf('__preserve_error__');
    names.fix();
  }

  extract(stored: StoredLine): LineSample | undefined {
    if (!this.#pipeline.run(stored)) return undefined;
    const line = this.#line;
    const sample = this.#sample;
    if (this.#unwrapped === undefined) sample.value = this.#isBytes ? utf8Length(line.text) : 1;
    else {
      const text = line.valueOf(this.#unwrapped);
      // Lines without the label are none of those that are asked for.
      if (text === undefined || text === '') return undefined;
      const value = this.#read(text);
      if (typeof value === 'string') line.fail('SampleExtractionErr', value);
      sample.value = typeof value === 'string' ? 0 : value;
      for (const condition of this.#conditions) if (!condition.run(line)) return undefined;
    }
    sample.labels = this.#group === undefined ? line.all() : line.grouped(this.#group, this.#without);
    sample.error = line.valueOf(this.#preserve) === 'true' ? '' : line.error;
    return sample;
  }
}

/** All that is looked at when samples are grouped by labels. */
function neededFor(grouping: Grouping | undefined): ReadonlySet<string> | undefined {
  return grouping === undefined || grouping.without ? undefined : new Set(grouping.labels);
}

function readerOf(unwrap: Unwrap | undefined): (text: string) => number | string {
  switch (unwrap?.conversion) {
    case 'bytes':
      return readBytes;
    case 'duration':
    case 'duration_seconds':
      return (text) => {
        const duration = readDuration(text);
        return typeof duration === 'string' ? duration : secondsOf(duration);
      };
    case undefined:
      return readGoFloat;
  }
}
