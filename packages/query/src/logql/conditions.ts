/** The part of a pipeline that a reader can check by itself: conditions on the stored text and on the labels a line is stored with. */

import { type LabelCondition, type LineFilter, readLinePattern, type Stage } from '@atalaya/lang';
import { compilePattern } from '@atalaya/model';
import type { LineCondition } from './log-reader.ts';

/** What of a pipeline can be said as conditions. */
export interface StoredConditions {
  /** Every line for which one of them fails would be dropped by the pipeline. */
  readonly conditions: readonly LineCondition[];
  /** Whether the pipeline does nothing else. */
  readonly complete: boolean;
}

/**
 * Gathers the conditions of a pipeline. Filters commute: one is taken though a stage before it cannot be, as long as what it looks at is
 * still what was stored, the text until a stage changes it, the labels until a stage adds, changes or removes some.
 */
export function storedConditions(stages: readonly Stage[]): StoredConditions {
  const conditions: LineCondition[] = [];
  let complete = true;
  let textIsStored = true;
  let labelsAreStored = true;
  for (const stage of stages) {
    switch (stage.kind) {
      case 'line-filter': {
        if (!textIsStored) break;
        const found = ofLineFilter(stage);
        conditions.push(...found.conditions);
        complete &&= found.complete;
        break;
      }
      case 'label-filter': {
        if (!labelsAreStored) break;
        const found = ofCondition(stage.condition);
        conditions.push(...found.conditions);
        complete &&= found.complete;
        break;
      }
      case 'line_format':
      case 'decolorize':
        complete = textIsStored = false;
        break;
      case 'unpack':
        complete = textIsStored = labelsAreStored = false;
        break;
      case 'json':
      case 'logfmt':
      case 'regexp':
      case 'pattern':
      case 'label_format':
      case 'drop':
      case 'keep':
        complete = labelsAreStored = false;
    }
  }
  return { conditions, complete };
}

const NOTHING: StoredConditions = { conditions: [], complete: false };

function ofLineFilter({ operator, alternatives }: LineFilter): StoredConditions {
  if (alternatives.some(({ ip }) => ip)) return NOTHING;
  const any = alternatives.map(({ value }) => value);
  // What an empty text means is the pipeline's to say.
  if (any.includes('')) return NOTHING;
  switch (operator) {
    case '|=':
    case '!=':
      return { conditions: [{ kind: 'contains', any, ignoreCase: false, negated: operator === '!=' }], complete: true };
    case '|~':
    case '!~': {
      const negated = operator === '!~';
      const literals = any.map(literalsOf);
      if (literals.some((texts) => texts === undefined)) return { conditions: [{ kind: 'matches', any, negated }], complete: true };
      return {
        conditions: [{ kind: 'contains', any: literals.flatMap((texts) => texts ?? []), ignoreCase: false, negated }],
        complete: true,
      };
    }
    case '|>': {
      // Every text of a pattern has to be there; of several patterns some text of one of them.
      const texts = any.map((pattern) => readLinePattern(pattern).flatMap((part) => (part.kind === 'text' ? [part.text] : [])));
      if (texts.some(({ length }) => length === 0)) return NOTHING;
      const [only] = texts;
      const wanted = texts.length === 1 && only !== undefined ? only.map((text) => [text]) : [texts.map(longest)];
      return { conditions: wanted.map((some) => ({ kind: 'contains', any: some, ignoreCase: false, negated: false })), complete: false };
    }
    case '!>':
      return NOTHING;
  }
}

const longest = (texts: readonly string[]): string => texts.reduce((best, text) => (text.length > best.length ? text : best));

/** The texts that an expression such as `GET|POST` finds; `undefined` for any other. */
function literalsOf(expression: string): readonly string[] | undefined {
  const { literals } = compilePattern(expression);
  return literals === undefined || literals.includes('') ? undefined : literals;
}

function ofCondition(condition: LabelCondition): StoredConditions {
  switch (condition.kind) {
    case 'and': {
      const left = ofCondition(condition.left);
      const right = ofCondition(condition.right);
      return { conditions: [...left.conditions, ...right.conditions], complete: left.complete && right.complete };
    }
    case 'match': {
      const { name } = condition.matcher;
      // The first are not stored, the second are what attributes are called whose names collide with a label of their stream.
      if (name.startsWith('__') || name.endsWith('_extracted')) return NOTHING;
      return { conditions: [{ kind: 'label', matcher: condition.matcher }], complete: true };
    }
    case 'or':
    case 'ip':
    case 'number':
    case 'duration':
    case 'bytes':
      return NOTHING;
  }
}
