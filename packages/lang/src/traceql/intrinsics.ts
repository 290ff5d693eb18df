/** Fields that every span has, or its trace, its events and links: what they are called, what they hold, what they are. */

/** What a value may be. `attribute` is known only when a span is looked at; `nil` is nothing. */
export type TraceqlType = 'nil' | 'attribute' | 'int' | 'float' | 'string' | 'boolean' | 'duration' | 'status' | 'kind';

interface Intrinsic {
  /** How it is written; the first is the usual way, under which answers name it too. */
  readonly names: readonly [string, ...string[]];
  readonly type: TraceqlType;
  /** One sentence for people. */
  readonly help: string;
}

/** Intrinsic fields by the names that trees and programs have for them. */
export const TRACEQL_INTRINSICS = {
  name: { names: ['name', 'span:name'], type: 'string', help: 'Name of the span: the operation.' },
  status: { names: ['status', 'span:status'], type: 'status', help: 'Outcome of the span: `error`, `ok` or `unset`.' },
  statusMessage: { names: ['statusMessage', 'span:statusMessage'], type: 'string', help: 'What the span says of its outcome.' },
  kind: {
    names: ['kind', 'span:kind'],
    type: 'kind',
    help: 'What the span is for: `server`, `client`, `producer`, `consumer`, `internal` or `unspecified`.',
  },
  duration: { names: ['duration', 'span:duration'], type: 'duration', help: 'How long the span took.' },
  spanId: { names: ['span:id'], type: 'string', help: 'Id of the span: 16 hexadecimal digits.' },
  parentId: { names: ['span:parentID'], type: 'string', help: 'Id of the parent span; empty for a root.' },
  childCount: { names: ['childCount', 'span:childCount'], type: 'int', help: 'How many children the span has.' },
  parent: { names: ['parent'], type: 'nil', help: 'The parent span: `parent = nil` holds for roots.' },
  traceId: { names: ['trace:id'], type: 'string', help: 'Id of the trace: 32 hexadecimal digits.' },
  rootName: { names: ['rootName', 'trace:rootName'], type: 'string', help: 'Name of the root span of the trace.' },
  rootServiceName: {
    names: ['rootServiceName', 'trace:rootService'],
    type: 'string',
    help: 'Service of the root span of the trace.',
  },
  traceDuration: {
    names: ['traceDuration', 'trace:duration'],
    type: 'duration',
    help: 'From the first start to the last end of a span of the trace.',
  },
  nestedSetLeft: {
    names: ['nestedSetLeft'],
    type: 'int',
    help: 'When the tree of the trace is walked: the step at which the span is entered.',
  },
  nestedSetRight: {
    names: ['nestedSetRight'],
    type: 'int',
    help: 'When the tree of the trace is walked: the step at which the span is left.',
  },
  nestedSetParent: {
    names: ['nestedSetParent'],
    type: 'int',
    help: 'The nestedSetLeft of the parent; -1 for a root: `nestedSetParent < 0`.',
  },
  eventName: { names: ['event:name'], type: 'string', help: 'Name of an event of the span.' },
  eventTimeSinceStart: {
    names: ['event:timeSinceStart'],
    type: 'duration',
    help: 'From the start of the span to one of its events.',
  },
  linkTraceId: { names: ['link:traceID'], type: 'string', help: 'Trace that a link of the span leads to.' },
  linkSpanId: { names: ['link:spanID'], type: 'string', help: 'Span that a link of the span leads to.' },
  scopeName: { names: ['instrumentation:name'], type: 'string', help: 'Name of the instrumentation library.' },
  scopeVersion: { names: ['instrumentation:version'], type: 'string', help: 'Version of the instrumentation library.' },
} as const satisfies Record<string, Intrinsic>;

/** An intrinsic field. */
export type TraceqlIntrinsic = keyof typeof TRACEQL_INTRINSICS;

const BY_NAME: ReadonlyMap<string, TraceqlIntrinsic> = new Map(
  Object.entries(TRACEQL_INTRINSICS).flatMap(([id, { names }]) => names.map((name) => [name, id as TraceqlIntrinsic] as const)),
);

/** The intrinsic field that is written so. */
export function intrinsicNamed(name: string): TraceqlIntrinsic | undefined {
  return BY_NAME.get(name);
}
