/** Reads what stands between the braces of a template: pipelines, commands, operands. */

import type { Command, Operand, Pipeline } from './ast.ts';
import { BUILT_IN } from './built-in.ts';
import type { TemplateError } from './error.ts';
import { numberValue, stringValue, type TemplateToken } from './lexer.ts';

/** Functions that every template has. */
const BUILT_IN_NAMES: ReadonlySet<string> = new Set(['and', 'or', ...Object.keys(BUILT_IN)]);

/** What an action knows of the template around it. */
export interface ActionScope {
  readonly text: string;
  /** Names that may be called besides Go's own. */
  readonly functions: ReadonlySet<string>;
  /** Names of the variables that are known here; declarations are added. */
  variables: string[];
  /** The error that something at an offset is wrong. */
  readonly fail: (at: number, reason: string) => TemplateError;
}

/** A place among the tokens of one action. */
export class ActionReader {
  readonly #scope: ActionScope;
  readonly #tokens: readonly TemplateToken[];
  #token = 0;

  constructor(scope: ActionScope, tokens: readonly TemplateToken[]) {
    this.#scope = scope;
    this.#tokens = tokens;
    this.skipSpace();
  }

  /** The present token. */
  peek(): TemplateToken {
    return this.#tokens[this.#token] as TemplateToken;
  }

  /** Goes on to the next token. */
  take(): void {
    this.#token++;
  }

  skipSpace(): void {
    if (this.peek().kind === 'space') this.#token++;
  }

  /** @throws TemplateError unless the action ends here. */
  expectEnd(context: string): void {
    const token = this.peek();
    if (token.kind !== 'end') throw this.#scope.fail(token.at, `unexpected ${describe(token)} in ${context}`);
  }

  /** Reads up to the end of the action, or to the closing parenthesis. */
  pipeline(context: string): Pipeline {
    this.skipSpace();
    const { at } = this.peek();
    const { variables, declares } = this.#assignment(context);
    const commands: Command[] = [];
    for (;;) {
      this.skipSpace();
      const token = this.peek();
      if (token.kind === 'end' || token.text === ')') {
        if (commands.length === 0) throw this.#scope.fail(token.at, `missing value for ${context}`);
        break;
      }
      const command = this.#command(context);
      if (commands.length > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes((command.operands[0] as Operand).kind)) {
        throw this.#scope.fail(command.at, `non executable command in pipeline stage ${commands.length + 1}`);
      }
      commands.push(command);
      this.skipSpace();
      if (this.peek().text !== '|') continue;
      this.#token++;
      this.skipSpace();
      if (this.peek().kind === 'end') throw this.#scope.fail(this.peek().at, `missing value for ${context}`);
    }
    // A declared variable is known only after its own value.
    if (declares) this.#scope.variables.push(...variables);
    return { at, commands, variables, declares };
  }

  #assignment(context: string): { variables: string[]; declares: boolean } {
    const start = this.#token;
    const variables: string[] = [];
    while (this.peek().kind === 'variable') {
      variables.push(this.peek().text);
      this.#token++;
      this.skipSpace();
      const { text } = this.peek();
      if (text === ',' && context === 'range' && variables.length < 2) {
        this.#token++;
        this.skipSpace();
        continue;
      }
      if (text === ':=' || text === '=') {
        const known = text === ':=' ? undefined : variables.find((name) => !this.#scope.variables.includes(name));
        if (known !== undefined) throw this.#scope.fail(this.peek().at, `undefined variable ${JSON.stringify(known)}`);
        this.#token++;
        return { variables, declares: text === ':=' };
      }
      break;
    }
    this.#token = start;
    return { variables: [], declares: false };
  }

  #command(context: string): Command {
    const { at } = this.peek();
    const operands: Operand[] = [];
    for (;;) {
      this.skipSpace();
      const token = this.peek();
      if (token.kind === 'end' || token.text === ')' || token.text === '|') break;
      operands.push(this.#operand(context));
      const { kind, text } = this.peek();
      if (kind !== 'space' && kind !== 'end' && text !== ')' && text !== '|')
        throw this.#scope.fail(this.peek().at, `unexpected ${describe(this.peek())} in operand`);
    }
    if (operands.length === 0) throw this.#scope.fail(at, 'empty command');
    return { at, operands };
  }

  #operand(context: string): Operand {
    const token = this.peek();
    const { at, text } = token;
    this.#token++;
    switch (token.kind) {
      case 'string': {
        const value = stringValue(token);
        if (value === undefined) throw this.#scope.fail(at, 'invalid syntax');
        return { kind: 'string', at, text, value };
      }
      case 'char':
      case 'number': {
        const value = numberValue(token);
        if (value === undefined) throw this.#scope.fail(at, `illegal number syntax: ${JSON.stringify(text)}`);
        return { kind: 'number', at, text, value };
      }
      case 'field': {
        const path = [text.slice(1), ...this.#path()];
        return { kind: 'field', at, text: `.${path.join('.')}`, path };
      }
      case 'variable': {
        if (!this.#scope.variables.includes(text)) throw this.#scope.fail(at, `undefined variable ${JSON.stringify(text)}`);
        const path = this.#path();
        return { kind: 'variable', at, text: [text, ...path].join('.'), name: text, path };
      }
      case 'word':
        if (text === 'true' || text === 'false') return { kind: 'bool', at, text, value: text === 'true' };
        if (text === 'nil') return { kind: 'nil', at, text };
        if (!BUILT_IN_NAMES.has(text) && !this.#scope.functions.has(text))
          throw this.#scope.fail(at, `function ${JSON.stringify(text)} not defined`);
        return this.#called({ kind: 'function', at, text, name: text });
      case 'symbol':
        if (text === '.') return { kind: 'dot', at, text };
        if (text === '(') {
          const pipeline = this.pipeline('parenthesized pipeline');
          if (this.peek().text !== ')') throw this.#scope.fail(this.peek().at, 'unclosed left paren');
          this.#token++;
          const end = this.peek().at;
          return { kind: 'pipeline', at, text: this.#scope.text.slice(at, end), pipeline, path: this.#path() };
        }
        break;
      case 'space':
      case 'end':
    }
    throw this.#scope.fail(at, `unexpected ${describe(token)} in ${context}`);
  }

  /** A function; with fields behind it, as in `now.UTC`, it is called without arguments, as if it stood in parentheses. */
  #called(operand: Operand & { kind: 'function' }): Operand {
    const path = this.#path();
    if (path.length === 0) return operand;
    const { at, text } = operand;
    const pipeline = { at, commands: [{ at, operands: [operand] }], variables: [], declares: false };
    return { kind: 'pipeline', at, text, pipeline, path };
  }

  /** The fields that follow an operand without a space. */
  #path(): string[] {
    const path: string[] = [];
    while (this.peek().kind === 'field') {
      path.push(this.peek().text.slice(1));
      this.#token++;
    }
    return path;
  }
}

/** A token as a message names it. */
export function describe({ kind, text }: TemplateToken): string {
  return kind === 'end' ? '{{end of action}}' : JSON.stringify(text);
}
