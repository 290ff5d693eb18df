/** Lengths of ids in bytes. */

export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;
