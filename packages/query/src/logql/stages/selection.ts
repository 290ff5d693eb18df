/** The stages `| drop` and `| keep`: choose labels by name, or by name and value. */

import type { LabelChoice } from '@atalaya/lang';
import { compileMatcher } from '@atalaya/model';
import { ERROR_DETAILS_LABEL, ERROR_LABEL, type Line, PRESERVE_ERROR_LABEL } from '../line.ts';
import type { CompiledStage } from '../stage.ts';

interface Choice {
  readonly label: string;
  readonly id: number;
  /** Whether a label with this value is meant. */
  isMeant(value: string): boolean;
}

function choicesOf(labels: readonly LabelChoice[], line: Line): Choice[] {
  return labels.map(({ label, matcher }) => {
    const compiled = matcher === undefined ? undefined : compileMatcher(matcher);
    return { label, id: line.names.idOf(label), isMeant: (value) => compiled === undefined || compiled.matches(value) };
  });
}

/** Takes the chosen labels away; errors can be chosen too. */
export class Drop implements CompiledStage {
  readonly #choices: readonly Choice[];

  constructor(labels: readonly LabelChoice[], line: Line) {
    this.#choices = choicesOf(labels, line);
  }

  run(line: Line): boolean {
    for (const choice of this.#choices) {
      if (choice.label === ERROR_LABEL) {
        if (choice.isMeant(line.error)) line.clearError();
      } else if (choice.label === ERROR_DETAILS_LABEL) {
        if (choice.isMeant(line.errorDetails)) line.clearErrorDetails();
      } else if (choice.isMeant(line.valueOf(choice.id) ?? '')) line.delete(choice.id);
    }
    return true;
  }
}

/** Takes all labels away but the chosen ones and errors. */
export class Keep implements CompiledStage {
  readonly #choices = new Map<number, Choice[]>();
  readonly #preserve: number;

  constructor(labels: readonly LabelChoice[], line: Line) {
    for (const choice of choicesOf(labels, line)) this.#choices.set(choice.id, [...(this.#choices.get(choice.id) ?? []), choice]);
    this.#preserve = line.names.idOf(PRESERVE_ERROR_LABEL);
  }

  run(line: Line): boolean {
    for (const id of line.labelNames()) {
      if (id === this.#preserve) continue;
      const choices = this.#choices.get(id);
      if (choices?.some((choice) => choice.isMeant(line.valueOf(id) ?? '')) !== true) line.delete(id);
    }
    return true;
  }
}
