/** Writes small protobuf messages: answers, where clarity counts and speed does not. */

import { Buffer } from 'node:buffer';
import { LENGTH_DELIMITED, VARINT } from './protobuf-cursor.ts';

/** A varint field; nothing where the value is 0, as proto3 has it. The value is a whole number from 0 to 2^53. */
export function varintField(field: number, value: number): Uint8Array {
  return value === 0 ? new Uint8Array() : Uint8Array.from([...varint(field * 8 + VARINT), ...varint(value)]);
}

/** A string, bytes or message field; nothing where it is empty and not `always`. */
export function bytesField(field: number, value: string | Uint8Array, always = false): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  if (bytes.length === 0 && !always) return bytes;
  return Buffer.concat([Uint8Array.from([...varint(field * 8 + LENGTH_DELIMITED), ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes;
}
