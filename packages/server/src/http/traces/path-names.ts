/** Names in paths. */

/** A name that a client may have escaped twice, as not all proxies in between leave it as it is. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
