/** The syntax trees of the queries asked last: dashboards and rules ask the same texts again and again. */

import type { Expression } from '@atalaya/lang';

const KEPT = 512;
/** Longer texts are rare and their trees large. */
const LONGEST = 4096;

/** Trees are never changed, so that one may serve any number of evaluations, even at the same time. */
export class RecentExpressions {
  readonly #byText = new Map<string, Expression>();

  get(text: string): Expression | undefined {
    const expression = this.#byText.get(text);
    if (expression === undefined) return undefined;
    // The order of a map is that of insertion: what is used moves to its end.
    this.#byText.delete(text);
    this.#byText.set(text, expression);
    return expression;
  }

  keep(text: string, expression: Expression): Expression {
    if (text.length > LONGEST) return expression;
    this.#byText.set(text, expression);
    if (this.#byText.size > KEPT) this.#byText.delete(this.#byText.keys().next().value as string);
    return expression;
  }
}
