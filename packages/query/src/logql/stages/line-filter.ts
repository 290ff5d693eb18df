/** Line filters: `|= != |~ !~ |> !>`, with alternatives and addresses. */

import { type LineFilter, type LineMatch, LogqlError, readLinePattern } from '@atalaya/lang';
import { compileSearch } from '@atalaya/model';
import type { Line } from '../line.ts';
import type { CompiledStage, TextCondition } from '../stage.ts';
import { compileAddressSearch } from '../text/addresses.ts';
import { LinePattern } from '../text/line-pattern.ts';

/** Makes a line filter ready. @throws LogqlError for an `ip("…")` that is no address, network or range. */
export function compileLineFilter({ operator, alternatives, start, end }: LineFilter): CompiledStage & TextCondition {
  const negated = operator.startsWith('!');
  const conditions = alternatives.map((alternative) => {
    try {
      return conditionOf(operator.slice(1), alternative);
    } catch (error) {
      throw LogqlError.stage(start, end, (error as Error).message);
    }
  });
  const [only] = conditions;
  return new TextStage(
    conditions.length === 1 && only !== undefined ? only : { holds: (text) => conditions.some((one) => one.holds(text)) },
    negated,
  );
}

function conditionOf(comparison: string, { value, ip }: LineMatch): TextCondition {
  if (ip) return compileAddressSearch(value);
  if (comparison === '=') return { holds: (text) => text.includes(value) };
  if (comparison === '>') return new LinePattern(readLinePattern(value));
  const search = compileSearch(value);
  return { holds: (text) => search.test(text) };
}

class TextStage implements CompiledStage, TextCondition {
  readonly #condition: TextCondition;
  readonly #negated: boolean;

  constructor(condition: TextCondition, negated: boolean) {
    this.#condition = condition;
    this.#negated = negated;
  }

  holds(text: string): boolean {
    return this.#condition.holds(text) !== this.#negated;
  }

  run(line: Line): boolean {
    return this.#condition.holds(line.text) !== this.#negated;
  }
}
