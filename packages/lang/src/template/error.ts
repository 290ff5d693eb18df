/** The error of a template that cannot be read or executed. */

/** Thrown by the parser and the executor; the message reads like Go's: `template: line:1:2: executing "line" at <.foo>: …`. */
export class TemplateError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TemplateError';
  }
}
