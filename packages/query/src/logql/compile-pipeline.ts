/** From the stages of a LogQL query to a pipeline that runs them on lines. */

import type { LabelFilter, Stage } from '@atalaya/lang';
import { type Clock, systemClock } from '@atalaya/model';
import { Line } from './line.ts';
import { labelsAskedFor } from './labels-asked-for.ts';
import { NeededLabels } from './needed.ts';
import type { Pipeline, ProcessedLine, StoredLine } from './pipeline.ts';
import type { CompiledStage, TextCondition } from './stage.ts';
import { CapturePattern, Regexp } from './stages/captures.ts';
import { decolorize } from './stages/decolorize.ts';
import { type Functions, LabelFormatting, LineFormatting } from './stages/format.ts';
import { WholeJson } from './stages/json.ts';
import { JsonFields } from './stages/json-fields.ts';
import { compileLabelFilter } from './stages/label-filter.ts';
import { compileLineFilter } from './stages/line-filter.ts';
import { compileLogfmt } from './stages/logfmt.ts';
import { Parsing } from './stages/parsing.ts';
import { Drop, Keep } from './stages/selection.ts';
import { Unpack } from './stages/unpack.ts';
import { templateFunctions } from './template/functions.ts';

/** How a pipeline is made. */
export interface PipelineOptions {
  /**
   * The labels that will be looked at of the lines that come out, when those are not all. Parsers then read no others than these and those
   * that stages ask for, and stop when they have them: what is wrong behind them is not seen, as in Loki. An empty set means that no label
   * is looked at.
   */
  readonly needed?: ReadonlySet<string>;
  /** What `now` in templates goes by; the machine's clock unless given. */
  readonly clock?: Clock;
}

/** Makes stages ready to run. @throws LogqlError for what cannot be built, such as `ip("x")`. */
export function compilePipeline(stages: readonly Stage[], options: PipelineOptions = {}): Pipeline {
  return new CompiledPipeline(stages, options);
}

/** Stages, and the line that goes through them. */
export class CompiledPipeline implements Pipeline {
  readonly line = new Line();
  /** Line filters that stand before anything else: they need no labels. */
  readonly #filters: readonly TextCondition[];
  readonly #stages: readonly CompiledStage[];
  readonly #processed: { text: string; readonly labels: Line } = { text: '', labels: this.line };

  /** `after` are conditions that will be run by whoever has the pipeline, behind its stages. */
  constructor(stages: readonly Stage[], { needed, clock = systemClock }: PipelineOptions, after: readonly LabelFilter[] = []) {
    const asked = needed === undefined ? undefined : labelsAskedFor([...stages, ...after]);
    const parsing = new Parsing(
      this.line,
      needed === undefined || asked === undefined ? undefined : new NeededLabels([...needed, ...asked]),
    );
    const first = stages.findIndex((stage) => stage.kind !== 'line-filter');
    const filters = first < 0 ? stages : stages.slice(0, first);
    this.#filters = filters.flatMap((stage) => (stage.kind === 'line-filter' ? [compileLineFilter(stage)] : []));
    const functions = templateFunctions(this.line, clock);
    this.#stages = stages.slice(filters.length).map((stage) => compileStage(stage, this.line, parsing, functions));
    if (after.length === 0) this.line.names.fix();
  }

  process(stored: StoredLine): ProcessedLine | undefined {
    if (!this.run(stored)) return undefined;
    this.#processed.text = this.line.text;
    return this.#processed;
  }

  /** Brings `line` through the stages; whether it came through. */
  run(stored: StoredLine): boolean {
    for (const filter of this.#filters) if (!filter.holds(stored.text)) return false;
    const { line } = this;
    line.begin(stored);
    for (const stage of this.#stages) if (!stage.run(line)) return false;
    return true;
  }
}

function compileStage(stage: Stage, line: Line, parsing: Parsing, functions: Functions): CompiledStage {
  switch (stage.kind) {
    case 'line-filter':
      return compileLineFilter(stage);
    case 'json':
      return stage.fields.length === 0 ? new WholeJson(line, parsing) : new JsonFields(stage.fields, line, parsing);
    case 'logfmt':
      return compileLogfmt(stage, line, parsing);
    case 'regexp':
      return new Regexp(stage, line, parsing);
    case 'pattern':
      return new CapturePattern(stage, line, parsing);
    case 'unpack':
      return new Unpack(parsing);
    case 'decolorize':
      return decolorize;
    case 'label-filter':
      return compileLabelFilter(stage.condition, line);
    case 'line_format':
      return new LineFormatting(stage.template, functions, line);
    case 'label_format':
      return new LabelFormatting(stage.assignments, functions, line);
    case 'drop':
      return new Drop(stage.labels, line);
    case 'keep':
      return new Keep(stage.labels, line);
  }
}
