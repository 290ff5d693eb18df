/** Functions of templates that encode, decode, and read JSON. */

import type { TemplateFunction } from '../built-in.ts';
import type { TemplateValue } from '../value.ts';
import { of } from './signature.ts';

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(encoding: 'utf-8', options: { ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** As Go's `url.QueryEscape`: for a value in a query, spaces as `+`. */
function urlEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** As Go's `url.QueryUnescape`. */
function urlDecode(text: string): string {
  const bytes: number[] = [];
  const raw = encoder.encode(text);
  for (let i = 0; i < raw.length; i++) {
    const byte = raw[i] as number;
    if (byte === 0x2b) bytes.push(0x20);
    else if (byte !== 0x25) bytes.push(byte);
    else {
      const digits = decoder.decode(raw.subarray(i + 1, i + 3));
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw new RangeError(`invalid URL escape ${JSON.stringify(`%${digits}`)}`);
      bytes.push(Number.parseInt(digits, 16));
      i += 2;
    }
  }
  return decoder.decode(Uint8Array.from(bytes));
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64Encode(text: string): string {
  const bytes = encoder.encode(text);
  let encoded = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    encoded += BASE64.charAt(bits >> 18) + BASE64.charAt((bits >> 12) & 63);
    encoded += (b === undefined ? '=' : BASE64.charAt((bits >> 6) & 63)) + (c === undefined ? '=' : BASE64.charAt(bits & 63));
  }
  return encoded;
}

/** With or without padding, in the standard alphabet. What is wrong is the result, as with sprig's function. */
function base64Decode(text: string): string {
  const encoded = text.replaceAll(/[\r\n]/g, '');
  const content = encoded.replace(/={1,2}$/, '');
  const isPadded = content.length < encoded.length;
  const bytes: number[] = [];
  let bits = 0;
  for (let i = 0; i < content.length; i++) {
    const value = BASE64.indexOf(content.charAt(i));
    if (value < 0) return `illegal base64 data at input byte ${i}`;
    bits = (bits << 6) | value;
    if (i % 4 === 3) bytes.push((bits >> 16) & 255, (bits >> 8) & 255, bits & 255);
  }
  const rest = content.length % 4;
  if (rest === 1 || (isPadded && encoded.length % 4 !== 0)) return `illegal base64 data at input byte ${content.length - rest}`;
  if (rest >= 2) bytes.push((bits >> (rest === 2 ? 4 : 10)) & 255);
  if (rest === 3) bytes.push((bits >> 2) & 255);
  return decoder.decode(Uint8Array.from(bytes));
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What JSON says; nil for a text that is none. */
function fromJson(text: string): TemplateValue {
  try {
    return valueOf(JSON.parse(text) as Json);
  } catch {
    return null;
  }
}

function valueOf(json: Json): TemplateValue {
  if (Array.isArray(json)) return json.map(valueOf);
  if (json === null || typeof json !== 'object') return json;
  return new Map(Object.entries(json).map(([name, value]) => [name, valueOf(value)]));
}

export const ENCODINGS: Readonly<Record<string, TemplateFunction>> = {
  urlencode: of(['text'], urlEncode),
  urldecode: of(['text'], urlDecode),
  b64enc: of(['text'], base64Encode),
  b64dec: of(['text'], base64Decode),
  fromJson: of(['text'], fromJson),
};
