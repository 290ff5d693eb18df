/** LogQL for the editor: colours, brackets, comments. What is wrong is said by the parser, in `check.ts`. */

import { StreamLanguage, type StringStream } from '@codemirror/language';

import { CONVERSIONS, MODIFIERS, RANGE_FUNCTIONS, STAGES, VECTOR_FUNCTIONS } from './words/words.ts';

const CALLABLE = new Set<string>([...RANGE_FUNCTIONS, ...VECTOR_FUNCTIONS, ...CONVERSIONS]);
const KEYWORDS = new Set<string>([...MODIFIERS]);
const STAGE_WORDS = new Set<string>(STAGES);

interface State {
  /** A string in backquotes goes on over lines. */
  raw: boolean;
  /** A pipe was just read: a stage's name may follow. */
  piped: boolean;
}

function token(stream: StringStream, state: State): string | null {
  if (state.raw) {
    state.raw = !/^[^`]*`/.test(stream.string.slice(stream.pos));
    if (!stream.skipTo('`')) stream.skipToEnd();
    else stream.next();
    return 'string';
  }
  if (stream.eatSpace()) return null;
  const afterPipe = state.piped;
  state.piped = false;
  if (stream.match(/^#.*/)) return 'comment';
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
  if (stream.match(/^`/)) {
    state.raw = true;
    return token(stream, state);
  }
  if (stream.match(/^(?:\d|\.\d)[\p{L}\d_.]*/u)) return 'number';
  if (stream.match(/^--(?:strict|keep-empty)/)) return 'keyword';
  if (stream.match(/^(?:\|[=~>]|![~>])/)) return 'operatorKeyword';
  if (stream.match(/^\|/)) {
    state.piped = true;
    return 'operatorKeyword';
  }
  const name = stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u);
  if (name !== null && typeof name === 'object') {
    const [word] = name;
    if (afterPipe && STAGE_WORDS.has(word)) return 'keyword';
    if (KEYWORDS.has(word)) return 'keyword';
    if (CALLABLE.has(word) && /^\s*(?:\(|by\b|without\b)/.test(stream.string.slice(stream.pos))) return 'variableName.function';
    return 'labelName';
  }
  stream.next();
  return null;
}

/** The language. */
export const logql = StreamLanguage.define<State>({
  name: 'logql',
  startState: () => ({ raw: false, piped: false }),
  copyState: (state) => ({ ...state }),
  token,
  languageData: {
    closeBrackets: { brackets: ['(', '[', '{', '"', '`'] },
    commentTokens: { line: '#' },
  },
});
