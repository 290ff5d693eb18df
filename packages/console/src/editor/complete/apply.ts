/** What accepting a completion writes, and where the cursor stands afterwards. */

import { type Completion, pickedCompletion, snippet, startCompletion } from '@codemirror/autocomplete';
import type { FunctionSignature } from '@atalaya/lang';
import type { EditorView } from '@codemirror/view';

import { quoted } from '../text/scan.ts';
import { labelText } from '../text/selectors.ts';
import { parameterNames } from '../words/signatures.ts';

/** What CodeMirror calls to accept a completion. */
export type Apply = NonNullable<Exclude<Completion['apply'], string>>;

/** Writes a pattern whose `${fields}` are walked through with Tab. */
export function applyPattern(pattern: string): Apply {
  return (view, completion, from, to) => snippet(pattern)(view, completion, from, to);
}

/** Writes a call with the cursor at its first argument; only the name when its parenthesis is there already. */
export function applyCall(name: string, fields: readonly string[]): Apply {
  const pattern = `${name}(${fields.join(', ')})`;
  return (view, completion, from, to) => {
    if (view.state.sliceDoc(to, to + 1) === '(') write(view, completion, from, to, name, name.length);
    else snippet(pattern)(view, completion, from, to);
  };
}

/** The fields of a function's call: its required parameters; strings get their quotes. */
export function callFields(signature: FunctionSignature): readonly string[] {
  const required = signature.variadic === 0 ? signature.args.length : signature.args.length - 1;
  const names = parameterNames(signature);
  if (names.length <= 1) return names.length === 0 ? [] : ['${}'];
  return names.slice(0, Math.max(required, 1)).map((name, index) => {
    const field = `\${${name}}`;
    return signature.args[index] === 'string' ? `"${field}"` : field;
  });
}

/** Writes a label's name, and the beginning of its matcher when there is none yet; then values are offered. */
export function applyLabel(name: string): Apply {
  return (view, completion, from, to) => {
    const text = labelText(name);
    const follows = /^\s*[=!]/.test(view.state.sliceDoc(to, to + 8));
    if (follows) return write(view, completion, from, to, text, text.length);
    write(view, completion, from, to, `${text}=""`, text.length + 2);
    startCompletion(view);
  };
}

/** Writes an operator between a label and its value, with the quotes of the value. */
export function applyMatchOperator(operator: string): Apply {
  return (view, completion, from, to) => {
    write(view, completion, from, to, `${operator}""`, operator.length + 1);
    startCompletion(view);
  };
}

/** Writes a value between its quotes, which it brings along when there are none; the cursor goes behind the closing one. */
export function applyValue(value: string, quote: string, regular: boolean, end: number): Apply {
  const literal = regular ? value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`) : value;
  const inner = quote === '`' ? literal : quoted(literal).slice(1, -1);
  const text = quote === "'" ? inner.replaceAll(String.raw`\"`, '"').replaceAll("'", String.raw`\'`) : inner;
  return (view, completion, from) => {
    const closed = quote !== '' && view.state.sliceDoc(end, end + 1) === quote;
    const written = quote === '' ? `"${text}"` : text;
    write(view, completion, from, end, written, written.length + (closed ? 1 : 0));
  };
}

/** Replaces text and puts the cursor `cursor` characters behind the beginning of the new text. */
export function write(view: EditorView, completion: Completion, from: number, to: number, text: string, cursor: number): void {
  view.dispatch({
    changes: { from, to, insert: text },
    selection: { anchor: from + cursor },
    scrollIntoView: true,
    userEvent: 'input.complete',
    annotations: pickedCompletion.of(completion),
  });
}
