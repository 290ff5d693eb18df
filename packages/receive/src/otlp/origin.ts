/** What the records of a resource and scope share, as either decoder reads it: the same for all signals but for what is made of attributes. */

import type { BoundedAttributes } from './bounded-attributes.ts';

/** Resource and scope; the decoders fill it before they tell of records. */
export class Origin<Attributes extends BoundedAttributes = BoundedAttributes> {
  readonly resource: Attributes;
  readonly scope: Attributes;
  resourceDropped = 0;
  resourceSchemaUrl = '';
  scopeSchemaUrl = '';
  scopeName = '';
  scopeVersion = '';
  scopeDropped = 0;

  constructor(make: () => Attributes) {
    this.resource = make();
    this.scope = make();
  }

  clearResource(): void {
    this.resource.clear();
    this.resourceDropped = 0;
    this.resourceSchemaUrl = '';
  }

  clearScope(): void {
    this.scope.clear();
    this.scopeSchemaUrl = '';
    this.scopeName = '';
    this.scopeVersion = '';
    this.scopeDropped = 0;
  }
}
