/** Functions of templates that hash texts and write JSON. */

import { createHash } from 'node:crypto';
import { printValue, templateFunction as of, type TemplateFunction, type TemplateValue } from '@atalaya/lang';

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

function adler32(text: string): string {
  let [a, b] = [1, 0];
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return String(b * 65_536 + a);
}

function jsonOf(value: TemplateValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return (value as readonly TemplateValue[]).map(jsonOf);
  if (value instanceof Map) {
    return Object.fromEntries([...(value as ReadonlyMap<string, TemplateValue>)].map(([name, each]) => [name, jsonOf(each)]));
  }
  return typeof value === 'object' && value !== null ? printValue(value) : value;
}

export const HASHES: Readonly<Record<string, TemplateFunction>> = {
  /** With a salt before the text. */
  Hash: of(['text', 'text'], (salt, text) => hash('sha3-256', salt + text)),
  Sha2Hash: of(['text', 'text'], (salt, text) => hash('sha256', salt + text)),
  md5sum: of(['text'], (text) => hash('md5', text)),
  sha1sum: of(['text'], (text) => hash('sha1', text)),
  sha256sum: of(['text'], (text) => hash('sha256', text)),
  sha512sum: of(['text'], (text) => hash('sha512', text)),
  adler32sum: of(['text'], adler32),
  toJson: of(['any'], (value) => JSON.stringify(jsonOf(value))),
  toPrettyJson: of(['any'], (value) => JSON.stringify(jsonOf(value), null, 2)),
};
