/** Shows a configuration without its secrets. */

import { isMap, isPair, isScalar, isSeq, type Node, parseDocument, Scalar, visit } from 'yaml';

/** What stands where a secret was, as in Prometheus. */
export const REDACTED = '<secret>';

/** Names whose values are secrets wherever they stand; their `…_file` and `…_ref` siblings are not. */
const SECRET_NAME =
  /^(?:.*_)?(?:password|passwd|credentials|secret|secrets|secret_key|token|api_key|apikey|private_key|shared_key|account_key|access_key_secret|consumer_key|auth|authorization)$/i;
/** Of headers given as plain text, those that carry credentials. */
const SECRET_HEADER = /^(?:proxy-)?authorization$|^cookie$|token|secret|api-?key/i;
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*):[^\s/?#]*@/gi;

/** Text with the passwords of URLs in it replaced. */
export function redactUrls(text: string): string {
  return text.replaceAll(URL_CREDENTIALS, `$1:${REDACTED}@`);
}

/**
 * The YAML of a configuration with every password, key and credential shown as `<secret>`, also those inside URLs, and
 * without comments (which may hold old ones). A text that is not YAML is not shown at all.
 */
export function redactConfig(text: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return '# not shown: the file is not valid YAML\n';
  document.commentBefore = null;
  document.comment = null;
  visit(document, {
    Node: (_key, node) => {
      node.comment = null;
      node.commentBefore = null;
      if (isScalar(node) && typeof node.value === 'string') node.value = redactUrls(node.value);
    },
    Pair: (_key, pair, path) => {
      const name = isScalar(pair.key) ? String(pair.key.value) : '';
      const parent = path.findLast(isPair);
      const section = parent !== undefined && isScalar(parent.key) ? String(parent.key.value) : '';
      if (isSecret(name, section)) pair.value = masked(pair.value as Node | null);
    },
  });
  return document.toString({ lineWidth: 0 });
}

function isSecret(name: string, section: string): boolean {
  if (name === 'key') return section === 'tls_config';
  // A section has secrets in its fields; `authorization` itself is one of them.
  return SECRET_NAME.test(name) || (/header/i.test(section) && SECRET_HEADER.test(name));
}

function masked(node: Node | null): Node | null {
  if (isMap(node)) {
    // `authorization: { type, credentials }`: its fields are looked at one by one, but a header's `values` are the secret itself.
    for (const pair of node.items) {
      if (isScalar(pair.key) && ['values', 'secrets'].includes(String(pair.key.value))) pair.value = masked(pair.value as Node | null);
    }
    return node;
  }
  if (isSeq(node)) {
    node.items = node.items.map((item) => masked(item as Node | null));
    return node;
  }
  if (node === null || (isScalar(node) && (node.value === null || node.value === ''))) return node;
  const shown = new Scalar(REDACTED);
  if (isScalar(node) && node.anchor !== undefined) shown.anchor = node.anchor;
  return shown;
}
