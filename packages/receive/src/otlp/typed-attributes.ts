/** Attributes with their types: maps stay one value, JSON. */

import type { AttributeList } from '@atalaya/journal';
import { ATTRIBUTE_TYPE } from '@atalaya/model';
import { BoundedAttributes } from './bounded-attributes.ts';

/** Names, values and types, filled anew for each thing that has attributes. */
export class TypedAttributes extends BoundedAttributes {
  readonly flattens = false;
  readonly #types: number[] = [];

  override clear(): void {
    super.clear();
    this.#types.length = 0;
  }

  override add(name: string, value: string, type: number = ATTRIBUTE_TYPE.string): boolean {
    const added = super.add(name, value);
    if (added) this.#types.push(type);
    return added;
  }

  /** A copy of all of them. */
  toList(): AttributeList {
    return {
      names: this.pairs.filter((_, i) => i % 2 === 0),
      values: this.pairs.filter((_, i) => i % 2 === 1),
      types: this.#types.map((type) => String.fromCharCode(type)).join(''),
    };
  }
}
