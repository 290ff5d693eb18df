/** Conditions on labels: `| status >= 500 and (took > 1s or addr = ip("10.0.0.0/8"))`. */

import { type CompareOperator, type LabelCondition, LogqlError, readGoFloat } from '@atalaya/lang';
import { compileMatcher } from '@atalaya/model';
import { ERROR_DETAILS_LABEL, ERROR_LABEL, type Line } from '../line.ts';
import type { CompiledStage } from '../stage.ts';
import { compileAddressSearch } from '../text/addresses.ts';
import { readBytes, readDuration } from '../text/quantities.ts';

/** Makes a condition ready. @throws LogqlError for an `ip("…")` that is no address, network or range. */
export function compileLabelFilter(condition: LabelCondition, line: Line): CompiledStage {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return compileJunction(condition.kind, compileLabelFilter(condition.left, line), compileLabelFilter(condition.right, line));
    case 'match': {
      const matcher = compileMatcher(condition.matcher);
      if (matcher.name === ERROR_LABEL) return { run: (tested) => matcher.matches(tested.error) };
      if (matcher.name === ERROR_DETAILS_LABEL) return { run: (tested) => matcher.matches(tested.errorDetails) };
      const id = line.names.idOf(matcher.name);
      return { run: (tested) => matcher.matches(tested.valueOf(id) ?? '') };
    }
    case 'ip':
      return compileAddress(condition, line);
    case 'number':
      return new QuantityFilter(line.names.idOf(condition.label), readGoFloat, condition.operator, condition.value);
    case 'duration':
      return new QuantityFilter(line.names.idOf(condition.label), readDuration, condition.operator, condition.value);
    case 'bytes':
      return new QuantityFilter(line.names.idOf(condition.label), readBytes, condition.operator, condition.value);
  }
}

function compileJunction(kind: 'and' | 'or', left: CompiledStage, right: CompiledStage): CompiledStage {
  if (kind === 'or') return { run: (line) => left.run(line) || right.run(line) };
  // The right side is looked at in any case: it may find an error.
  return {
    run(line) {
      const isLeft = left.run(line);
      return right.run(line) && isLeft;
    },
  };
}

function compileAddress(condition: Extract<LabelCondition, { kind: 'ip' }>, line: Line): CompiledStage {
  const id = line.names.idOf(condition.label);
  const wanted = condition.operator === '=';
  try {
    const search = compileAddressSearch(condition.value);
    return {
      run(tested) {
        // Of lines with errors only conditions on the error decide.
        if (tested.error !== '') return true;
        const value = tested.valueOf(id);
        return value !== undefined && search.holds(value) === wanted;
      },
    };
  } catch (error) {
    throw LogqlError.stage(condition.start, condition.end, (error as Error).message);
  }
}

/** Compares what a label's value reads as. Lines without the label go no further; a value that cannot be read is an error of the line. */
class QuantityFilter implements CompiledStage {
  readonly #id: number;
  readonly #read: (text: string) => number | string;
  readonly #operator: CompareOperator;
  readonly #value: number;

  constructor(id: number, read: (text: string) => number | string, operator: CompareOperator, value: number) {
    this.#id = id;
    this.#read = read;
    this.#operator = operator;
    this.#value = value;
  }

  run(line: Line): boolean {
    const text = line.valueOf(this.#id);
    if (text === undefined) return false;
    const value = this.#read(text);
    if (typeof value === 'string') {
      line.failFirst('LabelFilterErr', value);
      return true;
    }
    switch (this.#operator) {
      case '=':
      case '==':
        return value === this.#value;
      case '!=':
        return value !== this.#value;
      case '>':
        return value > this.#value;
      case '>=':
        return value >= this.#value;
      case '<':
        return value < this.#value;
      case '<=':
        return value <= this.#value;
    }
  }
}
