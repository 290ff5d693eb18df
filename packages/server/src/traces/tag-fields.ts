/** Names under which Tempo's API knows what spans have: TraceQL's intrinsics and attributes with a scope. */

import type { AttributeScope, SpanField, SpanPredicate } from '@atalaya/model';

/** Intrinsics as Tempo lists them. */
export const INTRINSIC_TAGS: readonly string[] = [
  'duration',
  'event:name',
  'event:timeSinceStart',
  'instrumentation:name',
  'instrumentation:version',
  'kind',
  'name',
  'rootName',
  'rootServiceName',
  'span:duration',
  'span:kind',
  'span:name',
  'span:status',
  'span:statusMessage',
  'status',
  'statusMessage',
  'trace:duration',
  'trace:rootName',
  'trace:rootService',
  'traceDuration',
];

/** Where the values of a tag are found; `none` where listing them would help nobody, as with durations and ids. */
export type TagField = { readonly field: SpanField; readonly having?: SpanPredicate } | 'none';

type IntrinsicName = Extract<SpanField, { kind: 'intrinsic' }>['name'];
const intrinsic = (name: IntrinsicName): TagField => ({ field: { kind: 'intrinsic', name } });
const attribute = (scope: AttributeScope, name: string): SpanField => ({ kind: 'attribute', scope, name });

const ROOT: SpanPredicate = { kind: 'root' };
const ROOT_NAME: TagField = { field: { kind: 'intrinsic', name: 'name' }, having: ROOT };
const ROOT_SERVICE: TagField = { field: attribute('resource', 'service.name'), having: ROOT };

const INTRINSICS: ReadonlyMap<string, TagField> = new Map<string, TagField>([
  ...(['name', 'kind', 'status', 'statusMessage'] as const).flatMap((name): [string, TagField][] => [
    [name, intrinsic(name)],
    [`span:${name}`, intrinsic(name)],
  ]),
  ['event:name', intrinsic('eventName')],
  ['instrumentation:name', intrinsic('scopeName')],
  ['instrumentation:version', intrinsic('scopeVersion')],
  ['rootName', ROOT_NAME],
  ['trace:rootName', ROOT_NAME],
  ['rootServiceName', ROOT_SERVICE],
  ['trace:rootService', ROOT_SERVICE],
  ...['duration', 'span:duration', 'traceDuration', 'trace:duration', 'event:timeSinceStart'].map((name): [string, TagField] => [
    name,
    'none',
  ]),
  ...['span:id', 'span:parentID', 'trace:id', 'link:spanID', 'link:traceID', 'nestedSetParent'].map((name): [string, TagField] => [
    name,
    'none',
  ]),
]);

const SCOPES: ReadonlyMap<string, AttributeScope> = new Map([
  ['', 'any'],
  ['span', 'span'],
  ['resource', 'resource'],
  ['event', 'event'],
  ['link', 'link'],
  ['instrumentation', 'scope'],
]);

/** What a name of TraceQL means (`.a`, `span.a`, `resource."a b"`, `span:name`); undefined when it means nothing. */
export function traceqlTag(text: string): TagField | undefined {
  const known = INTRINSICS.get(text);
  if (known !== undefined) return known;
  const [, prefix = '', name = ''] = /^(\w*)\.(.+)$/s.exec(text) ?? [];
  const scope = SCOPES.get(prefix);
  if (scope === undefined || name === '') return undefined;
  return { field: attribute(scope, unquoted(name)) };
}

/** What a name means where Tempo's first API knows no scopes: an intrinsic, or whatever attribute has that name. */
export function plainTag(text: string): TagField {
  return INTRINSICS.get(text) ?? { field: attribute('any', text) };
}

function unquoted(name: string): string {
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(name)) return name;
  return name.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
}
