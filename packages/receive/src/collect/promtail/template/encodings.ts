/** Functions of templates that hash and encode texts. */

import { createHash } from 'node:crypto';
import type { TemplateFunction, TemplateValue } from '@atalaya/lang';
import { of, printed } from './signature.ts';

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

function adler32(text: string): string {
  let [a, b] = [1, 0];
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return String(b * 65_536 + a);
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

function valueOf(json: Json): TemplateValue {
  if (Array.isArray(json)) return json.map(valueOf);
  if (json === null || typeof json !== 'object') return json;
  return new Map(Object.entries(json).map(([name, value]) => [name, valueOf(value)]));
}

function jsonOf(value: TemplateValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return (value as readonly TemplateValue[]).map(jsonOf);
  if (value instanceof Map)
    return Object.fromEntries([...(value as ReadonlyMap<string, TemplateValue>)].map(([name, each]) => [name, jsonOf(each)]));
  return typeof value === 'object' && value !== null ? printed(value) : value;
}

export const ENCODINGS: Readonly<Record<string, TemplateFunction>> = {
  /** With a salt before the text. */
  Hash: of(['text', 'text'], (salt, text) => hash('sha3-256', salt + text)),
  Sha2Hash: of(['text', 'text'], (salt, text) => hash('sha256', salt + text)),
  md5sum: of(['text'], (text) => hash('md5', text)),
  sha1sum: of(['text'], (text) => hash('sha1', text)),
  sha256sum: of(['text'], (text) => hash('sha256', text)),
  sha512sum: of(['text'], (text) => hash('sha512', text)),
  adler32sum: of(['text'], adler32),
  b64enc: of(['text'], (text) => Buffer.from(text).toString('base64')),
  b64dec: of(['text'], (text) => Buffer.from(text, 'base64').toString()),
  fromJson: of(['text'], (text) => valueOf(JSON.parse(text) as Json)),
  toJson: of(['any'], (value) => JSON.stringify(jsonOf(value))),
  toPrettyJson: of(['any'], (value) => JSON.stringify(jsonOf(value), null, 2)),
};
