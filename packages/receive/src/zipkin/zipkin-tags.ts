/** Zipkin's tags: texts, some of which say what OTLP has fields for. */

import { badField, type JsonObject } from '../otlp/json-fields.ts';
import type { Json } from '../otlp/json-text.ts';

const OK = 1;
const ERROR = 2;
const STATUS: Readonly<Record<string, number>> = { OK, ERROR, STATUS_CODE_OK: OK, STATUS_CODE_ERROR: ERROR };

/** What the tags of a span say. */
export interface Tags {
  /** As OTLP numbers it. */
  readonly status: number;
  readonly statusMessage: string;
  readonly traceState: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  /** Whether a span of no kind is said to be internal. */
  readonly internal: boolean;
  /** What remains. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/** Reads the tags. @throws AtalayaError BAD_ENCODING */
export function takeTags(tags: JsonObject): Tags {
  const attributes: [string, string][] = [];
  const told = { status: 0, statusMessage: '', traceState: '', scopeName: '', scopeVersion: '', internal: false };
  for (const name in tags) {
    const value = textOf(name, tags[name] as Json);
    if (name === 'otel.status_code') told.status = Math.max(told.status, STATUS[value] ?? 0);
    else if (name === 'otel.status_description') told.statusMessage = value;
    else if (name === 'w3c.tracestate') told.traceState = value;
    else if (name === 'otel.scope.name' || name === 'otel.library.name') told.scopeName = value;
    else if (name === 'otel.scope.version' || name === 'otel.library.version') told.scopeVersion = value;
    else if (name === 'span.kind' && value === 'internal') told.internal = true;
    else if (name === 'error' && value !== 'false') {
      // That it is there says that the span failed; what it says is why.
      told.status = ERROR;
      if (value !== 'true' && value !== '') told.statusMessage ||= value;
    } else attributes.push([name, value]);
  }
  return { ...told, attributes };
}

/** Tags are texts; other simple values are what they look like as one. */
function textOf(name: string, value: Json): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : badField(`the tag ${name.slice(0, 100)}`, 'a text', value);
}
