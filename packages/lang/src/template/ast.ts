/** The syntax tree of Go's `text/template`. */

/** What an expression in braces is made of. `at` is its offset in the template's text, in UTF-16 code units. */
export type Operand = { readonly at: number; readonly text: string } & (
  | { readonly kind: 'dot' | 'nil' }
  | { readonly kind: 'bool'; readonly value: boolean }
  /** Whole numbers are bigint, floats are number, as their types differ in Go. */
  | { readonly kind: 'number'; readonly value: bigint | number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly path: readonly string[] }
);

/** A function with its arguments, or a single operand. */
export interface Command {
  readonly at: number;
  readonly operands: readonly Operand[];
}

/** Commands, each with the result of the one before as its last argument. */
export interface Pipeline {
  readonly at: number;
  readonly commands: readonly Command[];
  /** Variables that take the result: one, or for `range` the index and the element. */
  readonly variables: readonly string[];
  /** Whether the variables are new (`:=`) or exist (`=`). */
  readonly declares: boolean;
}

/** A piece of a template: a text, or what an action in braces does. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    }
  | { readonly kind: 'template'; readonly at: number; readonly name: string; readonly pipeline: Pipeline | undefined }
  | { readonly kind: 'break' | 'continue' };

/** A template that was read, with those that it defines. */
export interface Template {
  readonly name: string;
  readonly text: string;
  readonly nodes: readonly TemplateNode[];
  readonly definitions: ReadonlyMap<string, readonly TemplateNode[]>;
}
