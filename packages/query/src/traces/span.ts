/** Spans as questions about traces see them: declared in room `model`, because the store gives them. */

export type { Span, SpanAttribute, SpanEvent, SpanKind, SpanLink, SpanOrigin, SpanStatus } from '@atalaya/model';
