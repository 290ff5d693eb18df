/** What a span has in a field: the values that conditions, groups and answers look at. */

import type { AttributeScope, Span, SpanAttribute, SpanField } from '@atalaya/model';
import { attributeValue, type TraceValue, wholeNumber } from './value.ts';

/** Gives what a span has in a field: nothing, one, or with events and links as many as there are. */
export type FieldReader = (span: Span) => readonly TraceValue[];

const NOTHING: readonly TraceValue[] = [];

/** Makes a reader of a field's values. */
export function readsField(field: SpanField): FieldReader {
  if (field.kind === 'attribute') {
    const find = findsAttributes(field.scope, field.name);
    return (span) => {
      const found = find(span);
      return found.length === 0 ? NOTHING : found.map(attributeValue);
    };
  }
  const text = (read: (span: Span) => string): FieldReader => {
    return (span) => [{ type: 'string', value: read(span) }];
  };
  switch (field.name) {
    case 'name':
      return text(({ name }) => name);
    case 'kind':
      return ({ kind }) => [{ type: 'kind', value: kind }];
    case 'status':
      return ({ status }) => [{ type: 'status', value: status }];
    case 'statusMessage':
      return text(({ statusMessage }) => statusMessage);
    case 'duration':
      return ({ duration }) => [{ type: 'duration', value: wholeNumber(duration) }];
    case 'traceId':
      return text(({ traceId }) => traceId);
    case 'spanId':
      return text(({ spanId }) => spanId);
    case 'parentSpanId':
      return text(({ parentSpanId }) => parentSpanId);
    case 'scopeName':
      return text(({ origin }) => origin.scopeName);
    case 'scopeVersion':
      return text(({ origin }) => origin.scopeVersion);
    case 'eventName':
      return ({ events }) => events.map(({ name }) => ({ type: 'string', value: name }));
    case 'linkTraceId':
      return ({ links }) => links.map(({ traceId }) => ({ type: 'string', value: traceId }));
    case 'linkSpanId':
      return ({ links }) => links.map(({ spanId }) => ({ type: 'string', value: spanId }));
  }
}

/** Makes a reader of a field's texts, whatever the types of its values are; durations in nanoseconds. */
export function readsTexts(field: SpanField): (span: Span) => readonly string[] {
  if (field.kind === 'attribute') {
    const find = findsAttributes(field.scope, field.name);
    return (span) => find(span).map(({ value }) => value);
  }
  const read = readsField(field);
  return (span) => read(span).map((value) => (value.type === 'array' ? '' : String(value.value)));
}

/** Makes a finder of attributes; of several with one name the first counts. An attribute of the span hides one of its resource. */
function findsAttributes(scope: AttributeScope, name: string): (span: Span) => readonly SpanAttribute[] {
  const first = (attributes: readonly SpanAttribute[]): readonly SpanAttribute[] => {
    for (const attribute of attributes) if (attribute.name === name) return [attribute];
    return NO_ATTRIBUTES;
  };
  switch (scope) {
    case 'any':
      return ({ attributes, origin }) => {
        const own = first(attributes);
        return own.length > 0 ? own : first(origin.resource);
      };
    case 'span':
      return ({ attributes }) => first(attributes);
    case 'resource':
      return ({ origin }) => first(origin.resource);
    case 'scope':
      return ({ origin }) => first(origin.scope);
    case 'event':
      return ({ events }) => events.flatMap(({ attributes }) => first(attributes));
    case 'link':
      return ({ links }) => links.flatMap(({ attributes }) => first(attributes));
  }
}

const NO_ATTRIBUTES: readonly SpanAttribute[] = [];
