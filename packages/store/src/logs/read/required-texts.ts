/** Finds texts that every match of a regular expression contains, so that an index can tell where it cannot match. */

/** One of the alternatives holds, and of it every text is in each match. */
export type RequiredTexts = readonly (readonly string[])[];

/** Whether letters may stand for those of the other case somewhere in the expression. */
export function foldsCase(expression: string): boolean {
  return /\(\?[a-zA-Z]*i/.test(expression);
}

/**
 * What every match contains, as far as that can be told easily; an alternative may be without any text. `undefined` when the expression is
 * not understood: it is RE2's to say whether it is valid.
 */
export function requiredTexts(expression: string): RequiredTexts | undefined {
  const reader = new ExpressionReader(expression);
  const alternatives = reader.alternatives();
  return reader.atEnd ? alternatives : undefined;
}

class ExpressionReader {
  readonly #text: string;
  #at = 0;
  #understood = true;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#understood && this.#at >= this.#text.length;
  }

  /** Up to the end or the parenthesis that closes the group. */
  alternatives(): string[][] {
    const found = [this.#sequence()];
    while (this.#take('|')) found.push(this.#sequence());
    return found;
  }

  #sequence(): string[] {
    const texts: string[] = [];
    let run = '';
    const flush = (): void => {
      if (run !== '') texts.push(run);
      run = '';
    };
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] as string)) {
      const atom = this.#atom();
      const least = this.#leastTimes();
      if (atom.literal !== undefined && !least.quantified) {
        run += atom.literal;
        continue;
      }
      // A repeated character stands at the end of what is before it, if it has to be there at all; what follows begins anew.
      if (atom.literal !== undefined && least.times > 0) run += atom.literal;
      flush();
      if (least.times > 0) texts.push(...atom.texts);
    }
    flush();
    return texts;
  }

  /** One character, class, group or anchor: the very text that it matches, or texts that are in all it matches. */
  #atom(): { readonly literal?: string; readonly texts: readonly string[] } {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) as number);
    this.#at += character.length;
    switch (character) {
      case '(':
        return { texts: this.#group() };
      case '[':
        this.#class();
        return { texts: [] };
      case '\\':
        return this.#escape();
      case '.':
      case '^':
      case '$':
        return { texts: [] };
      case '*':
      case '+':
      case '?':
        this.#understood = false;
        return { texts: [] };
      default:
        return { literal: character, texts: [] };
    }
  }

  #group(): readonly string[] {
    const opening = /\?(?:P?<\w+>|[a-zA-Z-]*(:|\)))/y;
    opening.lastIndex = this.#at;
    const found = opening.exec(this.#text);
    if (found !== null) this.#at = opening.lastIndex;
    else if (this.#text[this.#at] === '?') this.#understood = false;
    if (found?.[1] === ')') return [];
    const inside = this.alternatives();
    if (!this.#take(')')) this.#understood = false;
    return inside.length === 1 ? (inside[0] as string[]) : [];
  }

  /** Skips `[…]`: a bracket that comes first, or stands in `[:name:]`, does not end it. */
  #class(): void {
    const rest = /\^?\]?(?:\[:\^?[a-z]+:\]|\\[\s\S]|[^\]\\])*\]/y;
    rest.lastIndex = this.#at;
    if (!rest.test(this.#text)) this.#understood = false;
    else this.#at = rest.lastIndex;
  }

  #escape(): { readonly literal?: string; readonly texts: readonly string[] } {
    const escape = /Q([\s\S]*?)(?:\\E|$)|x\{[\dA-Fa-f]+\}|x[\dA-Fa-f]{2}|[pP](?:\{\^?\w+\}|\w)|[0-7]{1,3}|[a-zA-Z]|([^\w\s])/y;
    escape.lastIndex = this.#at;
    const found = escape.exec(this.#text);
    if (found === null) {
      this.#understood = false;
      return { texts: [] };
    }
    this.#at = escape.lastIndex;
    // A quantifier behind a quotation is that of its last character.
    if (found[1] !== undefined) return { texts: [] };
    return found[2] === undefined ? { texts: [] } : { literal: found[2], texts: [] };
  }

  /** How often, at least, what was read has to be there. */
  #leastTimes(): { readonly quantified: boolean; readonly times: number } {
    const quantifier = /(?:([*?])|\+|\{(\d+)(?:,\d*)?\})\??/y;
    let times = 1;
    let quantified = false;
    for (;;) {
      quantifier.lastIndex = this.#at;
      const found = quantifier.exec(this.#text);
      if (found === null) return { quantified, times };
      this.#at = quantifier.lastIndex;
      quantified = true;
      if (found[1] !== undefined || Number(found[2] ?? 1) === 0) times = 0;
    }
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }
}
