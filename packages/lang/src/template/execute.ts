/** Executes templates. */

import type { Command, Operand, Pipeline, Template, TemplateNode } from './ast.ts';
import { BUILT_IN, type TemplateFunction } from './built-in.ts';
import { TemplateError } from './error.ts';
import { lineOf } from './lexer.ts';
import { isList, isMap, isTrue, printValue, type TemplateValue, typeName } from './value.ts';

/** How a template is executed. */
export interface TemplateOptions {
  /** What it may call besides Go's own functions; the same names that it was read with. */
  readonly functions: Readonly<Record<string, TemplateFunction>>;
  /** What a key that a map lacks gives: Go's nil (printed `<no value>`), or an empty text where every value is one. */
  readonly missing: 'nil' | 'empty';
  /** Most characters of output; 1 MiB unless given. */
  readonly limit?: number;
}

const LIMIT = 1_048_576;
/** How deep templates may call each other. */
const DEPTH = 100;

/** The text that a template makes of `data`. @throws TemplateError, worded as Go words it. */
export function executeTemplate(template: Template, data: TemplateValue, options: TemplateOptions): string {
  return new Execution(template, options, data).run();
}

/** Left by `{{break}}` and `{{continue}}`. */
type Leaving = 'break' | 'continue' | undefined;

class Execution {
  readonly #template: Template;
  readonly #options: TemplateOptions;
  readonly #data: TemplateValue;
  #output = '';
  #variables: { name: string; value: TemplateValue }[];
  #depth = 0;
  /** The template that runs, for messages. */
  #running: string;

  constructor(template: Template, options: TemplateOptions, data: TemplateValue) {
    this.#template = template;
    this.#options = options;
    this.#data = data;
    this.#variables = [{ name: '$', value: data }];
    this.#running = template.name;
  }

  run(): string {
    this.#list(this.#template.nodes, this.#data);
    return this.#output;
  }

  #fail({ at, text }: { at: number; text: string }, reason: string, cause?: unknown): TemplateError {
    const whole = this.#template.text;
    const column = at - (whole.lastIndexOf('\n', at - 1) + 1);
    const place = `${this.#template.name}:${lineOf(whole, at)}:${column}`;
    const shown = text.length > 20 ? `${text.slice(0, 20)}...` : text;
    return new TemplateError(`template: ${place}: executing ${JSON.stringify(this.#running)} at <${shown}>: ${reason}`, { cause });
  }

  #write(text: string): void {
    this.#output += text;
    const limit = this.#options.limit ?? LIMIT;
    if (this.#output.length > limit)
      throw new TemplateError(`template: ${this.#template.name}: the output is longer than ${limit} characters`);
  }

  #list(nodes: readonly TemplateNode[], dot: TemplateValue): Leaving {
    for (const node of nodes) {
      const leaving = this.#node(node, dot);
      if (leaving !== undefined) return leaving;
    }
    return undefined;
  }

  #node(node: TemplateNode, dot: TemplateValue): Leaving {
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return undefined;
      case 'action': {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0) this.#write(printValue(value));
        return undefined;
      }
      case 'if':
      case 'with':
        return this.#scoped(() => {
          const value = this.#pipeline(node.pipeline, dot);
          if (!isTrue(value)) return this.#list(node.otherwise, dot);
          return this.#list(node.body, node.kind === 'with' ? value : dot);
        });
      case 'range':
        return this.#scoped(() => this.#range(node, dot));
      case 'template':
        this.#call(node, dot);
        return undefined;
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  /** Runs something whose variables end with it. */
  #scoped(run: () => Leaving): Leaving {
    const known = this.#variables.length;
    try {
      return run();
    } finally {
      this.#variables.length = known;
    }
  }

  #range(node: Extract<TemplateNode, { kind: 'if' | 'with' | 'range' }>, dot: TemplateValue): Leaving {
    const { pipeline, body, otherwise } = node;
    const value = this.#pipeline({ ...pipeline, variables: [] }, dot);
    const items = itemsOf(value);
    if (items === undefined)
      throw this.#fail({ at: pipeline.at, text: this.#textOf(pipeline) }, `range can't iterate over ${printValue(value)}`);
    const { variables, declares } = pipeline;
    const [first, second] = variables;
    const known = this.#variables.length;
    let any = false;
    for (const [index, item] of items) {
      any = true;
      this.#variables.length = known;
      if (first !== undefined) this.#assign(first, second === undefined ? item : index, declares);
      if (second !== undefined) this.#assign(second, item, declares);
      if (this.#list(body, item) === 'break') break;
    }
    return any ? undefined : this.#list(otherwise, dot);
  }

  #call(node: Extract<TemplateNode, { kind: 'template' }>, dot: TemplateValue): void {
    const nodes = this.#template.definitions.get(node.name);
    const place = { at: node.at, text: JSON.stringify(node.name) };
    if (nodes === undefined) throw this.#fail(place, `template ${JSON.stringify(node.name)} not defined`);
    if (this.#depth >= DEPTH) throw this.#fail(place, `exceeded maximum template depth (${DEPTH})`);
    const data = node.pipeline === undefined ? null : this.#pipeline(node.pipeline, dot);
    const outer = { variables: this.#variables, running: this.#running };
    this.#variables = [{ name: '$', value: data }];
    this.#running = node.name;
    this.#depth++;
    this.#list(nodes, data);
    this.#depth--;
    this.#variables = outer.variables;
    this.#running = outer.running;
  }

  #assign(name: string, value: TemplateValue, declares: boolean): void {
    const variable = declares ? undefined : this.#variables.findLast((known) => known.name === name);
    if (variable === undefined) this.#variables.push({ name, value });
    else variable.value = value;
  }

  #pipeline(pipeline: Pipeline, dot: TemplateValue): TemplateValue {
    let value: TemplateValue = null;
    for (const [stage, command] of pipeline.commands.entries()) value = this.#command(command, dot, stage === 0 ? [] : [value]);
    for (const name of pipeline.variables) this.#assign(name, value, pipeline.declares);
    return value;
  }

  #command({ operands }: Command, dot: TemplateValue, last: readonly TemplateValue[]): TemplateValue {
    const [first, ...rest] = operands as [Operand, ...Operand[]];
    if (first.kind === 'function') return this.#apply(first, rest, dot, last);
    if (rest.length + last.length > 0) {
      if (first.kind === 'field' || (first.kind === 'variable' && first.path.length > 0)) {
        throw this.#fail(first, `${first.path.at(-1)} is not a method but has arguments`);
      }
      throw this.#fail(first, `can't give argument to non-function ${first.text}`);
    }
    return this.#operand(first, dot);
  }

  #apply(
    operand: Operand & { kind: 'function' },
    args: readonly Operand[],
    dot: TemplateValue,
    last: readonly TemplateValue[],
  ): TemplateValue {
    const { name } = operand;
    const count = args.length + last.length;
    const given = Object.hasOwn(this.#options.functions, name) ? this.#options.functions[name] : undefined;
    if (given === undefined && (name === 'and' || name === 'or')) {
      if (count === 0) throw this.#fail(operand, `wrong number of args for ${name}: want at least 1 got 0`);
      // The first that decides is the result, and nothing behind it is evaluated.
      let value: TemplateValue = null;
      for (const arg of args) {
        value = this.#operand(arg, dot);
        if (isTrue(value) === (name === 'or')) return value;
      }
      return last.length > 0 ? (last[0] as TemplateValue) : value;
    }
    const called = given ?? (Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined);
    if (called === undefined) throw this.#fail(operand, `${JSON.stringify(name)} is not a defined function`);
    if (count < called.least || count > called.most) {
      const want = called.most === Number.POSITIVE_INFINITY ? `at least ${called.least}` : `${called.least}`;
      throw this.#fail(operand, `wrong number of args for ${name}: want ${want} got ${count}`);
    }
    const values = [...args.map((arg) => this.#operand(arg, dot)), ...last];
    try {
      return called.call(...values);
    } catch (error) {
      throw this.#fail(operand, `error calling ${name}: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }

  #operand(operand: Operand, dot: TemplateValue): TemplateValue {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'bool':
      case 'number':
      case 'string':
        return operand.value;
      case 'field':
        return this.#walk(dot, operand.path, operand);
      case 'variable': {
        const variable = this.#variables.findLast((known) => known.name === operand.name);
        if (variable === undefined) throw this.#fail(operand, `undefined variable: ${operand.name}`);
        return this.#walk(variable.value, operand.path, operand);
      }
      case 'pipeline':
        return this.#walk(this.#pipeline(operand.pipeline, dot), operand.path, operand);
      case 'function':
        return this.#apply(operand, [], dot, []);
    }
  }

  #walk(start: TemplateValue, path: readonly string[], operand: Operand): TemplateValue {
    let value = start;
    for (const name of path) {
      if (isMap(value)) {
        value = value.get(name) ?? (this.#options.missing === 'empty' ? '' : null);
        continue;
      }
      if (value === null) throw this.#fail(operand, `nil pointer evaluating interface {}.${name}`);
      const found = typeof value === 'object' && !isList(value) ? value.field?.(name) : undefined;
      if (found === undefined) throw this.#fail(operand, `can't evaluate field ${name} in type ${typeName(value)}`);
      value = found;
    }
    return value;
  }

  #textOf({ at }: Pipeline): string {
    return /^[^}]*/.exec(this.#template.text.slice(at))?.[0].trim() ?? '';
  }
}

/** Index and element of what can be walked over; `undefined` for what cannot. Maps go by their keys' order. */
function itemsOf(value: TemplateValue): Iterable<readonly [TemplateValue, TemplateValue]> | undefined {
  if (isList(value)) return value.map((item, index) => [BigInt(index), item] as const);
  if (isMap(value)) return [...value.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  if (value === null) return [];
  // Go ranges over whole numbers too.
  if (typeof value === 'bigint')
    return Array.from({ length: Number(value < 0n ? 0n : value) }, (_, index) => [BigInt(index), BigInt(index)] as const);
  return undefined;
}
