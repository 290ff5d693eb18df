/** Spans that are never stored: those that fulfil one of the lists of conditions. */

import { eachText, type SpanBatch, type SpanOrigin } from '@atalaya/journal';
import { type CompiledMatcher, compileMatcher } from '@atalaya/model';
import { TextCache } from '../../protobuf/text-cache.ts';
import { AttributeFinder } from '../find-attributes.ts';
import type { SpanConditions } from './span-conditions.ts';

/** What a condition may ask for that is no attribute. */
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];
const OF_SPANS = new Set(['name', 'kind', 'status', 'service.name']);

/** A condition made ready; `place` is that of an attribute. */
interface Condition extends CompiledMatcher {
  readonly place: number;
}

export class SpanFilter {
  readonly #lists: readonly (readonly Condition[])[];
  readonly #attributes: AttributeFinder;
  readonly #texts = new TextCache();
  readonly #needsNames: boolean;

  /** @param lists a span that fulfils all conditions of any list is not stored */
  constructor(lists: readonly SpanConditions[]) {
    const names = [...new Set(lists.flat().map(({ name }) => name))].filter((name) => !OF_SPANS.has(name));
    this.#lists = lists.map((list) => list.map((matcher) => ({ ...compileMatcher(matcher), place: names.indexOf(matcher.name) })));
    this.#attributes = new AttributeFinder(names);
    this.#needsNames = lists.flat().some(({ name }) => name === 'name');
  }

  /** Sets the mark of each row that is not to be stored to 0; says how many. */
  filter(batch: SpanBatch, keep: Uint8Array): number {
    if (this.#lists.length === 0) return 0;
    this.#attributes.find(batch.attributes);
    const names = this.#needsNames ? this.#namesOf(batch) : [];
    let filtered = 0;
    for (let row = 0; row < batch.rows; row++) {
      const origin = batch.origins[batch.rowOrigins[row] as number] as SpanOrigin;
      if (!this.#lists.some((list) => list.every((condition) => condition.matches(this.#value(condition, batch, row, origin, names)))))
        continue;
      keep[row] = 0;
      filtered++;
    }
    return filtered;
  }

  /** What a span has for a condition; nothing reads as the empty text. */
  #value({ name, place }: Condition, batch: SpanBatch, row: number, origin: SpanOrigin, names: readonly string[]): string {
    switch (name) {
      case 'name':
        return names[row] as string;
      case 'kind':
        return KINDS[batch.kinds[row] as number] as string;
      case 'status':
        return STATUSES[batch.statusCodes[row] as number] as string;
      case 'service.name':
        return origin.serviceName;
      default: {
        const start = this.#attributes.start(row, place);
        if (start >= 0) return this.#texts.text(asBuffer(batch.attributes.values), start, this.#attributes.end(row, place));
        const inResource = origin.resource.names.indexOf(name);
        return inResource < 0 ? '' : (origin.resource.values[inResource] as string);
      }
    }
  }

  #namesOf({ names }: SpanBatch): string[] {
    const texts: string[] = [];
    const bytes = asBuffer(names);
    eachText(names, (start, end) => texts.push(this.#texts.text(bytes, start, end)));
    return texts;
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
