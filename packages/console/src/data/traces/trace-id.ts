/** Trace ids as people paste them: from log lines, headers, other tools' addresses. */

const EMPTY = /^0+$/;

/**
 * The trace id that a text is, as 32 lower-case hexadecimal digits; `undefined` when the text is anything else. Read are plain ids of 128
 * and of 64 bits, UUIDs, W3C `traceparent`, B3's single header, AWS X-Ray's, and addresses that end in one.
 */
export function pastedTraceId(text: string): string | undefined {
  const word = text
    .trim()
    .replace(/^https?:\/\/\S*?\/(?:traces?|trace)\/([\w-]+)(?:[/?#]\S*)?$/i, '$1')
    .replace(/^["']|["']$/g, '')
    .replace(/^(?:trace[_-]?id|traceparent|b3)\s*[:=]\s*"?/i, '')
    .replace(/^0x/i, '')
    .toLowerCase();
  const id =
    /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(word)?.[1] ??
    /^([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}(?:-[01d])?(?:-[0-9a-f]{16})?$/.exec(word)?.[1] ??
    /^(?:root=)?1-([0-9a-f]{8}-[0-9a-f]{24})$/.exec(word)?.[1]?.replace('-', '') ??
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(word)?.[0].replaceAll('-', '') ??
    /^(?:[0-9a-f]{32}|[0-9a-f]{16})$/.exec(word)?.[0];
  return id === undefined || EMPTY.test(id) ? undefined : id.padStart(32, '0');
}

/** An id as it is shown where there is little room: its first eight digits. */
export function shortId(id: string): string {
  return id.replace(/^0{16}/, '').slice(0, 8);
}
