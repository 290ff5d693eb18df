/** Go template text to syntax tree. */

import { ActionReader, type ActionScope, describe } from './action.ts';
import type { Template, TemplateNode } from './ast.ts';
import { TemplateError } from './error.ts';
import { cutTemplate, lineOf, stringValue, type TemplatePiece } from './lexer.ts';

/**
 * Reads a template. `functions` are the names that it may call besides Go's own.
 * @throws TemplateError, worded as Go words it, with the template's name and the line.
 */
export function parseTemplate(name: string, text: string, functions: ReadonlySet<string>): Template {
  return new TemplateParser(name, text, functions).read();
}

/** A list that ended at `{{end}}` or `{{else …}}`. */
interface Ended {
  readonly nodes: TemplateNode[];
  /** The action of `else`, behind that word, when it was one. */
  readonly otherwise: ActionReader | undefined;
}

class TemplateParser {
  readonly #name: string;
  readonly #pieces: readonly TemplatePiece[];
  #piece = 0;
  readonly #scope: ActionScope;
  #loops = 0;
  readonly #definitions = new Map<string, readonly TemplateNode[]>();

  constructor(name: string, text: string, functions: ReadonlySet<string>) {
    this.#name = name;
    this.#pieces = cutTemplate(name, text);
    const fail = (at: number, reason: string): TemplateError => new TemplateError(`template: ${name}:${lineOf(text, at)}: ${reason}`);
    this.#scope = { text, functions, variables: ['$'], fail };
  }

  read(): Template {
    const { nodes } = this.#list('');
    return { name: this.#name, text: this.#scope.text, nodes, definitions: this.#definitions };
  }

  /** Reads nodes up to the end of the block that was opened by `inside`; of the text when that is empty. */
  #list(inside: string): Ended {
    const nodes: TemplateNode[] = [];
    while (this.#piece < this.#pieces.length) {
      const piece = this.#pieces[this.#piece++] as TemplatePiece;
      if (piece.kind === 'text') {
        nodes.push({ kind: 'text', text: piece.text });
        continue;
      }
      const action = new ActionReader(this.#scope, piece.tokens);
      const first = action.peek();
      const word = first.kind === 'word' ? first.text : '';
      if (word === 'end' || word === 'else') {
        if (inside === '' || (word === 'else' && (inside === 'define' || inside === 'block')))
          throw this.#scope.fail(first.at, `unexpected {{${word}}}`);
        action.take();
        action.skipSpace();
        if (word === 'end') action.expectEnd('end');
        return { nodes, otherwise: word === 'else' ? action : undefined };
      }
      const node = this.#action(action, word);
      if (node !== undefined) nodes.push(node);
    }
    if (inside !== '') throw this.#scope.fail(this.#scope.text.length, 'unexpected EOF');
    return { nodes, otherwise: undefined };
  }

  #action(action: ActionReader, word: string): TemplateNode | undefined {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        action.take();
        return this.#control(action, word);
      case 'define':
        this.#define(action);
        return undefined;
      case 'block': {
        action.take();
        const { at, name } = templateName(action, this.#scope, 'block clause');
        const pipeline = action.pipeline('block clause');
        this.#define(action, name);
        return { kind: 'template', at, name, pipeline };
      }
      case 'template': {
        action.take();
        const { at, name } = templateName(action, this.#scope, 'template clause');
        action.skipSpace();
        const pipeline = action.peek().kind === 'end' ? undefined : action.pipeline('template clause');
        return { kind: 'template', at, name, pipeline };
      }
      case 'break':
      case 'continue': {
        const { at } = action.peek();
        action.take();
        action.skipSpace();
        action.expectEnd(`{{${word}}}`);
        if (this.#loops === 0) throw this.#scope.fail(at, `{{${word}}} outside {{range}}`);
        return { kind: word };
      }
      default:
        return { kind: 'action', pipeline: action.pipeline('command') };
    }
  }

  #control(action: ActionReader, kind: 'if' | 'with' | 'range'): TemplateNode {
    const known = this.#scope.variables.length;
    const pipeline = action.pipeline(kind);
    if (kind === 'range') this.#loops++;
    const { nodes: body, otherwise: rest } = this.#list(kind);
    if (kind === 'range') this.#loops--;
    let otherwise: readonly TemplateNode[] = [];
    if (rest !== undefined) {
      const next = rest.peek();
      if (next.kind === 'word' && next.text === kind && kind !== 'range') {
        // `{{else if x}}…{{end}}` is `{{else}}{{if x}}…{{end}}{{end}}` with one end.
        rest.take();
        otherwise = [this.#control(rest, kind)];
      } else {
        rest.expectEnd('else');
        const ended = this.#list(kind);
        if (ended.otherwise !== undefined) throw this.#scope.fail(this.#scope.text.length, 'expected end; found {{else}}');
        otherwise = ended.nodes;
      }
    }
    this.#scope.variables.length = known;
    return { kind, pipeline, body, otherwise };
  }

  /** Reads a definition; its name from the action, unless it is given. */
  #define(action: ActionReader, given?: string): void {
    if (given === undefined) action.take();
    const name = given ?? templateName(action, this.#scope, 'define clause').name;
    if (given === undefined) {
      action.skipSpace();
      action.expectEnd('define clause');
    }
    const outer = this.#scope.variables;
    this.#scope.variables = ['$'];
    const { nodes } = this.#list('define');
    this.#scope.variables = outer;
    this.#definitions.set(name, nodes);
  }
}

/** The name that `define`, `block` and `template` begin with. */
function templateName(action: ActionReader, { fail }: ActionScope, context: string): { at: number; name: string } {
  action.skipSpace();
  const token = action.peek();
  const name = token.kind === 'string' ? stringValue(token) : undefined;
  if (name === undefined) throw fail(token.at, `unexpected ${describe(token)} in ${context}`);
  action.take();
  return { at: token.at, name };
}
