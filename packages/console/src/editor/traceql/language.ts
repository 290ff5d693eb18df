/** TraceQL for the editor: colours and brackets. What is wrong is said by the parser, in `check.ts`. */

import { TRACEQL_WORDS } from '@atalaya/lang';
import { StreamLanguage, type StringStream } from '@codemirror/language';

const CALLS = new Set(
  TRACEQL_WORDS.filter(({ kind }) => kind === 'metrics' || kind === 'aggregate' || kind === 'series').map(({ text }) => text),
);
const STAGES = new Set(TRACEQL_WORDS.filter(({ kind }) => kind === 'stage').map(({ text }) => text));
const VALUES = new Set(TRACEQL_WORDS.filter(({ kind }) => kind === 'value').map(({ text }) => text));

function token(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match(/^(?:"(?:[^"\\]|\\.)*"?|`[^`]*`?)/)) return 'string';
  if (
    stream.match(
      /^(?:(?:parent\.)?(?:span|resource|event|link|instrumentation)\.|parent\.|\.(?![\d.]))(?:"(?:[^"\\]|\\.)*"?|[^\s{}()=~!<>&|^,"`])*/,
    )
  ) {
    return 'labelName';
  }
  if (stream.match(/^(?:\d|\.\d)[\p{L}\d_.]*/u)) return 'number';
  const name = stream.match(/^[\p{L}_][\p{L}\p{N}_]*(?::[\p{L}_]*)?/u);
  if (name !== null && typeof name === 'object') {
    const [word] = name;
    if (/^\s*\(/.test(stream.string.slice(stream.pos)) && CALLS.has(word)) return 'variableName.function';
    if (STAGES.has(word) || word === 'by' || word === 'with') return 'keyword';
    if (VALUES.has(word)) return 'atom';
    return 'labelName';
  }
  if (stream.match(/^[=!<>~&|^+\-*/%]+/)) return 'operatorKeyword';
  stream.next();
  return null;
}

/** The language. */
export const traceql = StreamLanguage.define({
  name: 'traceql',
  token,
  languageData: { closeBrackets: { brackets: ['(', '{', '"', '`'] } },
});
