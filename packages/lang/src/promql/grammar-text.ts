/** The text that the grammar gets to read: some spellings that Prometheus takes are unknown to it. */

import type { Token } from './lexer.ts';

/** The text with every token at its place, unknown spellings replaced. What stands there is read from the text itself later. */
export function adapted(text: string, tokens: readonly Token[]): string {
  let result = text;
  const replace = (start: number, replacement: string): void => {
    result = result.slice(0, start) + replacement + result.slice(start + replacement.length);
  };
  const durations = durationTokens(tokens);
  for (const [index, { kind, text: token, start }] of tokens.entries()) {
    // `2.`: a space stands for the dot. `2.e3`, `0X1F`: any number of the same length does.
    if (kind === 'number' && token.endsWith('.')) replace(start + token.length - 1, ' ');
    else if (kind === 'number' && /\.[eE]|^0X|^0x.*_/.test(token)) replace(start, '1'.repeat(token.length));
    // A metric may be called offset where no modifier can stand.
    else if (token.toLowerCase() === 'offset' && beginsOperand(tokens[index - 1])) replace(start, 'vector');
    // In durations the grammar knows lower case only; elsewhere any function's name of the same length does.
    else if (DURATION_WORD.test(token)) {
      if (durations.has(index)) replace(start, token.toLowerCase());
      else if (token === 'min_of' || token === 'max_of') replace(start, 'vector');
    }
  }
  return result;
}

/** Words of durations, in any case; elsewhere they are functions, in lower case. */
const DURATION_WORD = /^(?:step|range|min_of|max_of)$/i;

/** The tokens, by index, that belong to a duration: those in brackets, and after `offset` a call or what is in parentheses. */
function durationTokens(tokens: readonly Token[]): ReadonlySet<number> {
  const found = new Set<number>();
  let brackets = 0;
  for (let index = 0; index < tokens.length; index++) {
    const { text } = tokens[index] as Token;
    if (text === '[') brackets++;
    else if (text === ']') brackets--;
    else if (brackets > 0) found.add(index);
    else if (text.toLowerCase() === 'offset' && !beginsOperand(tokens[index - 1])) {
      while (/^[-+]$/.test(tokens[index + 1]?.text ?? '')) index++;
      if (DURATION_WORD.test(tokens[index + 1]?.text ?? '')) found.add(++index);
      let depth = 0;
      do {
        const next = tokens[index + 1]?.text;
        if (next === '(') depth++;
        else if (next === ')') depth--;
        if (depth > 0) found.add(++index);
      } while (depth > 0 && index < tokens.length);
    }
  }
  return found;
}

/** Whether what follows a token is an operand rather than something that modifies one. */
function beginsOperand(before: Token | undefined): boolean {
  return before === undefined || /^(?:[-+*/%^(,]|[=!<>]=|[<>]|and|or|unless|atan2|bool)$/i.test(before.text);
}
