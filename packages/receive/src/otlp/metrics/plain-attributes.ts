/** Attributes as Prometheus sees them: a map is one attribute, its value JSON. */

import { BoundedAttributes } from '../bounded-attributes.ts';

export class PlainAttributes extends BoundedAttributes {
  readonly flattens = false;
}
