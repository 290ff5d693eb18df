/** The stages `| line_format` and `| label_format`. */

import { executeTemplate, type LabelAssignment, type Template, type TemplateFunction, type TemplateValue } from '@atalaya/lang';
import { ERROR_DETAILS_LABEL, type Line } from '../line.ts';
import type { CompiledStage } from '../stage.ts';
import { LabelSnapshot, LabelView } from '../template/label-view.ts';
import { plainParts, type PlainPart } from '../template/plain-parts.ts';

/** Most characters that a template may give. */
const LIMIT = 4_194_304;

/** Functions that templates may call, for lines of one pipeline. */
export type Functions = Readonly<Record<string, TemplateFunction>>;

/** A template that is ready to be filled. */
class Filler {
  readonly #template: Template;
  readonly #plain: readonly PlainPart[] | undefined;
  readonly #functions: Functions;

  constructor(template: Template, functions: Functions, line: Line) {
    this.#template = template;
    this.#plain = plainParts(template, line.names);
    this.#functions = functions;
  }

  /** The text that the template makes; `undefined` when it fails, which is an error of the line then. */
  fill(line: Line, labels: TemplateValue | undefined): string | undefined {
    const text = this.#plain === undefined || labels !== undefined ? undefined : this.#join(line, this.#plain);
    if (text !== undefined) return text;
    try {
      return executeTemplate(this.#template, labels ?? new LabelView(line), { functions: this.#functions, missing: 'nil', limit: LIMIT });
    } catch (error) {
      line.fail('TemplateFormatErr', (error as Error).message);
      return undefined;
    }
  }

  /** `undefined` for what becomes too long. */
  #join(line: Line, parts: readonly PlainPart[]): string | undefined {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return typeof only === 'string' ? only : (only.valueIn(line) ?? '');
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : (part.valueIn(line) ?? '');
    return text.length > LIMIT ? undefined : text;
  }
}

/** Replaces the line's text. */
export class LineFormatting implements CompiledStage {
  readonly #filler: Filler;

  constructor(template: Template, functions: Functions, line: Line) {
    this.#filler = new Filler(template, functions, line);
  }

  run(line: Line): boolean {
    line.text = this.#filler.fill(line, undefined) ?? line.text;
    return true;
  }
}

/** Renames labels and sets others from templates, which see the labels as they were before the first of them. */
export class LabelFormatting implements CompiledStage {
  readonly #assignments: readonly { readonly id: number; readonly from: number | Filler }[];
  readonly #templates: number;
  readonly #details: number;

  constructor(assignments: readonly LabelAssignment[], functions: Functions, line: Line) {
    this.#assignments = assignments.map(({ label, value }) => ({
      id: line.names.idOf(label),
      from: value.kind === 'label' ? line.names.idOf(value.name) : new Filler(value.template, functions, line),
    }));
    this.#templates = assignments.filter(({ value }) => value.kind === 'template').length;
    this.#details = line.names.idOf(ERROR_DETAILS_LABEL);
  }

  run(line: Line): boolean {
    let before: ReadonlyMap<string, string> | undefined;
    for (const { id, from } of this.#assignments) {
      if (typeof from === 'number') {
        const value = line.valueOf(from);
        if (value === undefined) continue;
        line.setParsed(id, value);
        line.delete(from);
        continue;
      }
      if (this.#templates > 1) before ??= new LabelSnapshot(new LabelView(line));
      const value = from.fill(line, before);
      if (value === undefined) continue;
      if (id === this.#details) line.errorDetails = value;
      else line.setParsed(id, value);
    }
    return true;
  }
}
