/** Go template text to syntax tree. */

import type { Command, Operand, Pipeline, Template, TemplateNode } from './ast.ts';
import { TemplateError } from './error.ts';
import { cutTemplate, lineOf, numberValue, stringValue, type TemplatePiece, type TemplateToken } from './lexer.ts';

/**
 * Reads a template. `functions` are the names that it may call besides Go's own.
 * @throws TemplateError, worded as Go words it, with the template's name and the line.
 */
export function parseTemplate(name: string, text: string, functions: ReadonlySet<string>): Template {
  return new TemplateParser(name, text, functions).read();
}

/** Functions that every template has. */
export const BUILT_IN_FUNCTIONS: ReadonlySet<string> = new Set(
  'and or not len index slice print printf println html js urlquery eq ne lt le gt ge'.split(' '),
);

/** A list that ended at `{{end}}` or `{{else …}}`. */
interface Ended {
  readonly nodes: TemplateNode[];
  /** The tokens after `else`, when it was one. */
  readonly otherwise: TemplateToken[] | undefined;
}

class TemplateParser {
  readonly #name: string;
  readonly #text: string;
  readonly #functions: ReadonlySet<string>;
  readonly #pieces: readonly TemplatePiece[];
  #piece = 0;
  /** Tokens of the present action, spaces included. */
  #tokens: readonly TemplateToken[] = [];
  #token = 0;
  /** Names of the variables that are known here. */
  #variables: string[] = ['$'];
  #loops = 0;
  readonly #definitions = new Map<string, readonly TemplateNode[]>();

  constructor(name: string, text: string, functions: ReadonlySet<string>) {
    this.#name = name;
    this.#text = text;
    this.#functions = functions;
    this.#pieces = cutTemplate(name, text);
  }

  read(): Template {
    const { nodes } = this.#list('');
    return { name: this.#name, text: this.#text, nodes, definitions: this.#definitions };
  }

  #fail(at: number, reason: string): TemplateError {
    return new TemplateError(`template: ${this.#name}:${lineOf(this.#text, at)}: ${reason}`);
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
      this.#tokens = piece.tokens;
      this.#token = 0;
      this.#skipSpace();
      const first = this.#peek();
      const word = first.kind === 'word' ? first.text : '';
      if (word === 'end' || word === 'else') {
        if (inside === '' || (word === 'else' && (inside === 'define' || inside === 'block')))
          throw this.#fail(first.at, `unexpected {{${word}}}`);
        this.#token++;
        this.#skipSpace();
        if (word === 'end') this.#expectEnd('end');
        return { nodes, otherwise: word === 'else' ? this.#tokens.slice(this.#token) : undefined };
      }
      const node = this.#action(word);
      if (node !== undefined) nodes.push(node);
    }
    if (inside !== '') throw this.#fail(this.#text.length, 'unexpected EOF');
    return { nodes, otherwise: undefined };
  }

  #action(word: string): TemplateNode | undefined {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        this.#token++;
        return this.#control(word);
      case 'define':
        this.#define();
        return undefined;
      case 'block': {
        this.#token++;
        const { at, name } = this.#templateName('block clause');
        const pipeline = this.#pipeline('block clause');
        this.#define(name);
        return { kind: 'template', at, name, pipeline };
      }
      case 'template': {
        this.#token++;
        const { at, name } = this.#templateName('template clause');
        this.#skipSpace();
        const pipeline = this.#peek().kind === 'end' ? undefined : this.#pipeline('template clause');
        return { kind: 'template', at, name, pipeline };
      }
      case 'break':
      case 'continue': {
        const { at } = this.#peek();
        this.#token++;
        this.#skipSpace();
        this.#expectEnd(`{{${word}}}`);
        if (this.#loops === 0) throw this.#fail(at, `{{${word}}} outside {{range}}`);
        return { kind: word };
      }
      default:
        return { kind: 'action', pipeline: this.#pipeline('command') };
    }
  }

  #control(kind: 'if' | 'with' | 'range'): TemplateNode {
    const known = this.#variables.length;
    const pipeline = this.#pipeline(kind);
    if (kind === 'range') this.#loops++;
    const { nodes: body, otherwise: rest } = this.#list(kind);
    if (kind === 'range') this.#loops--;
    let otherwise: readonly TemplateNode[] = [];
    if (rest !== undefined) {
      const [next] = rest;
      if (next?.kind === 'word' && ((kind === 'if' && next.text === 'if') || (kind === 'with' && next.text === 'with'))) {
        // `{{else if x}}…{{end}}` is `{{else}}{{if x}}…{{end}}{{end}}` with one end.
        this.#tokens = rest.slice(1);
        this.#token = 0;
        otherwise = [this.#control(kind)];
      } else {
        if (next?.kind !== 'end') throw this.#fail((next as TemplateToken).at, `unexpected ${describe(next as TemplateToken)} in else`);
        const ended = this.#list(kind);
        if (ended.otherwise !== undefined) throw this.#fail(this.#text.length, 'expected end; found {{else}}');
        otherwise = ended.nodes;
      }
    }
    this.#variables.length = known;
    return { kind, pipeline, body, otherwise };
  }

  /** Reads a definition; its name from the action, unless it is given. */
  #define(given?: string): void {
    if (given === undefined) this.#token++;
    const name = given ?? this.#templateName('define clause').name;
    if (given === undefined) {
      this.#skipSpace();
      this.#expectEnd('define clause');
    }
    const outer = this.#variables;
    this.#variables = ['$'];
    const { nodes } = this.#list('define');
    this.#variables = outer;
    this.#definitions.set(name, nodes);
  }

  #templateName(context: string): { at: number; name: string } {
    this.#skipSpace();
    const token = this.#peek();
    const name = token.kind === 'string' ? stringValue(token) : undefined;
    if (name === undefined) throw this.#fail(token.at, `unexpected ${describe(token)} in ${context}`);
    this.#token++;
    return { at: token.at, name };
  }

  #peek(): TemplateToken {
    return this.#tokens[this.#token] as TemplateToken;
  }

  #skipSpace(): void {
    if (this.#peek().kind === 'space') this.#token++;
  }

  #expectEnd(context: string): void {
    const token = this.#peek();
    if (token.kind !== 'end') throw this.#fail(token.at, `unexpected ${describe(token)} in ${context}`);
  }

  /** Reads up to the end of the action, or to the closing parenthesis. */
  #pipeline(context: string): Pipeline {
    this.#skipSpace();
    const { at } = this.#peek();
    const { variables, declares } = this.#assignment(context);
    const commands: Command[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#peek();
      if (token.kind === 'end' || token.text === ')') {
        if (commands.length === 0) throw this.#fail(token.at, `missing value for ${context}`);
        break;
      }
      const command = this.#command(context);
      if (commands.length > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes((command.operands[0] as Operand).kind)) {
        throw this.#fail(command.at, `non executable command in pipeline stage ${commands.length + 1}`);
      }
      commands.push(command);
      this.#skipSpace();
      if (this.#peek().text !== '|') continue;
      this.#token++;
      this.#skipSpace();
      if (this.#peek().kind === 'end') throw this.#fail(this.#peek().at, `missing value for ${context}`);
    }
    // A declared variable is known only after its own value.
    if (declares) this.#variables.push(...variables);
    return { at, commands, variables, declares };
  }

  #assignment(context: string): { variables: string[]; declares: boolean } {
    const start = this.#token;
    const variables: string[] = [];
    while (this.#peek().kind === 'variable') {
      variables.push(this.#peek().text);
      this.#token++;
      this.#skipSpace();
      const { text } = this.#peek();
      if (text === ',' && context === 'range' && variables.length < 2) {
        this.#token++;
        this.#skipSpace();
        continue;
      }
      if (text === ':=' || text === '=') {
        const known = text === ':=' ? undefined : variables.find((name) => !this.#variables.includes(name));
        if (known !== undefined) throw this.#fail(this.#peek().at, `undefined variable ${JSON.stringify(known)}`);
        this.#token++;
        return { variables, declares: text === ':=' };
      }
      break;
    }
    this.#token = start;
    return { variables: [], declares: false };
  }

  #command(context: string): Command {
    const { at } = this.#peek();
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#peek();
      if (token.kind === 'end' || token.text === ')' || token.text === '|') break;
      operands.push(this.#operand(context));
      const { kind, text } = this.#peek();
      if (kind !== 'space' && kind !== 'end' && text !== ')' && text !== '|')
        throw this.#fail(this.#peek().at, `unexpected ${describe(this.#peek())} in operand`);
    }
    if (operands.length === 0) throw this.#fail(at, 'empty command');
    return { at, operands };
  }

  #operand(context: string): Operand {
    const token = this.#peek();
    const { at, text } = token;
    this.#token++;
    switch (token.kind) {
      case 'string': {
        const value = stringValue(token);
        if (value === undefined) throw this.#fail(at, 'invalid syntax');
        return { kind: 'string', at, text, value };
      }
      case 'char':
      case 'number': {
        const value = numberValue(token);
        if (value === undefined) throw this.#fail(at, `illegal number syntax: ${JSON.stringify(text)}`);
        return { kind: 'number', at, text, value };
      }
      case 'field': {
        const path = [text.slice(1), ...this.#path()];
        return { kind: 'field', at, text: `.${path.join('.')}`, path };
      }
      case 'variable': {
        if (!this.#variables.includes(text)) throw this.#fail(at, `undefined variable ${JSON.stringify(text)}`);
        const path = this.#path();
        return { kind: 'variable', at, text: [text, ...path].join('.'), name: text, path };
      }
      case 'word':
        if (text === 'true' || text === 'false') return { kind: 'bool', at, text, value: text === 'true' };
        if (text === 'nil') return { kind: 'nil', at, text };
        if (!BUILT_IN_FUNCTIONS.has(text) && !this.#functions.has(text))
          throw this.#fail(at, `function ${JSON.stringify(text)} not defined`);
        return { kind: 'function', at, text, name: text };
      case 'symbol':
        if (text === '.') return { kind: 'dot', at, text };
        if (text === '(') {
          const pipeline = this.#pipeline('parenthesized pipeline');
          if (this.#peek().text !== ')') throw this.#fail(this.#peek().at, 'unclosed left paren');
          this.#token++;
          const end = this.#peek().at;
          return { kind: 'pipeline', at, text: this.#text.slice(at, end), pipeline, path: this.#path() };
        }
        break;
      case 'space':
      case 'end':
    }
    throw this.#fail(at, `unexpected ${describe(token)} in ${context}`);
  }

  /** The fields that follow an operand without a space. */
  #path(): string[] {
    const path: string[] = [];
    while (this.#peek().kind === 'field') {
      path.push(this.#peek().text.slice(1));
      this.#token++;
    }
    return path;
  }
}

function describe({ kind, text }: TemplateToken): string {
  return kind === 'end' ? '{{end of action}}' : JSON.stringify(text);
}
