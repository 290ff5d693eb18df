/** Spans as OTLP arranges them: by resource, and within it by scope. */

import type { Span, SpanAttribute, SpanOrigin } from '@atalaya/model';

/** The spans of one scope; the origin tells the scope. */
export interface ScopeGroup {
  readonly origin: SpanOrigin;
  readonly spans: Span[];
}

/** The scopes of one resource; any origin of them tells the resource. */
export interface ResourceGroup {
  readonly origin: SpanOrigin;
  readonly scopes: ScopeGroup[];
}

/** Groups spans in the order in which resources and scopes first come. */
export function groupSpans(spans: readonly Span[]): ResourceGroup[] {
  const resources = new Map<string, ResourceGroup>();
  const scopes = new Map<string, ScopeGroup>();
  const known = new Map<SpanOrigin, ScopeGroup>();
  for (const span of spans) {
    let scope = known.get(span.origin);
    if (scope === undefined) known.set(span.origin, (scope = scopeOf(span.origin)));
    scope.spans.push(span);
  }
  return [...resources.values()];

  function scopeOf(origin: SpanOrigin): ScopeGroup {
    const resourceKey = JSON.stringify([origin.resourceSchemaUrl, origin.resource, origin.resourceDropped]);
    const { scopeSchemaUrl, scopeName, scopeVersion, scope, scopeDropped } = origin;
    const scopeKey = JSON.stringify([resourceKey, scopeSchemaUrl, scopeName, scopeVersion, scope, scopeDropped]);
    const found = scopes.get(scopeKey);
    if (found !== undefined) return found;
    const group: ScopeGroup = { origin, spans: [] };
    scopes.set(scopeKey, group);
    const resource = resources.get(resourceKey);
    if (resource === undefined) resources.set(resourceKey, { origin, scopes: [group] });
    else resource.scopes.push(group);
    return group;
  }
}

/** Place of a kind in OTLP's enumeration. */
export const KIND_NUMBER = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;
/** Place of a status in OTLP's enumeration. */
export const STATUS_NUMBER = { unset: 0, ok: 1, error: 2 } as const;

/** The attribute by which the receiver notes what the sender of an event or a link had dropped: spans have no other place for it. */
const DROPPED = 'otel.dropped_attributes_count';

/** Attributes of an event or a link as they were sent, and how many its sender had dropped. */
export function asSent(attributes: readonly SpanAttribute[]): { readonly attributes: readonly SpanAttribute[]; readonly dropped: number } {
  const note = attributes.at(-1);
  if (note?.name !== DROPPED || note.type !== 'int') return { attributes, dropped: 0 };
  return { attributes: attributes.slice(0, -1), dropped: Number(note.value) };
}
