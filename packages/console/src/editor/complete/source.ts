/** The order of asking for a completion that all query languages share: where the cursor is, a pause, what fits there, ranked. */

import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';

import { matchedLetters, ranked } from './rank.ts';

/** Questions to the server wait until typing pauses this long. */
const PAUSE_MS = 60;

/** A place in a text: where the word that is being typed begins, and what of it stands before the cursor. */
interface TypedPlace {
  readonly kind: string;
  readonly from: number;
  readonly prefix: string;
}

interface Completing<P extends TypedPlace> {
  placeAt(text: string, position: number): P | { readonly kind: 'nothing' };
  /** Where an empty word is completed unasked, because a list is the natural next thing. */
  readonly eager: ReadonlySet<P['kind']>;
  optionsFor(place: P): Promise<readonly Completion[]>;
}

/** The completion for CodeMirror. */
export function completionSource<P extends TypedPlace>({ placeAt, eager, optionsFor }: Completing<P>): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const place = placeAt(context.state.doc.toString(), context.pos);
    if (!isTyped(place)) return null;
    if (!context.explicit && place.prefix === '' && !eager.has(place.kind)) return null;
    if (!context.explicit) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (context.aborted) return null;
    const options = ranked(place.prefix, await optionsFor(place));
    if (options.length === 0) return null;
    return { from: place.from, options, filter: false, getMatch: (completion) => matchedLetters(place.prefix, completion.label) };
  };
}

function isTyped<P extends TypedPlace>(place: P | { readonly kind: 'nothing' }): place is P {
  return place.kind !== 'nothing';
}

/** Options of which no two have the same label: the last one given stays, at the place of the first. */
export function oncePerLabel(options: readonly Completion[]): Completion[] {
  return [...new Map(options.map((option) => [option.label, option])).values()];
}
