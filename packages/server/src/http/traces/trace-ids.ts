/** Trace ids as clients write them: up to 32 hexadecimal digits, leading zeros left out or not. */

import { badRequest } from '../loki/times.ts';

const DIGITS = 32;

/** All 32 digits, for Jaeger's routes. @throws AtalayaError BAD_REQUEST in Jaeger's words */
export function jaegerTraceIdOf(text: string): string {
  if (text.length > DIGITS) badRequest(`TraceID cannot be longer than ${DIGITS} hex characters: ${text}`);
  const id = text.toLowerCase().padStart(DIGITS, '0');
  // Jaeger reads the two halves one after the other, and names the one that is wrong.
  const halves = text.length > DIGITS / 2 ? [text.slice(0, -DIGITS / 2), text.slice(-DIGITS / 2)] : [text];
  const wrong = halves.find((half) => !/^[0-9a-fA-F]+$/.test(half));
  if (wrong !== undefined) badRequest(`strconv.ParseUint: parsing ${JSON.stringify(wrong)}: invalid syntax`);
  return id;
}

/** All 32 digits, for Tempo's routes. @throws AtalayaError BAD_REQUEST in Tempo's words */
export function tempoTraceIdOf(text: string): string {
  const wrong = text.search(/[^0-9a-fA-F]/);
  if (wrong >= 0) badRequest(`trace IDs can only contain hex characters: invalid character '${text[wrong]}' at position ${wrong + 1}`);
  if (text.length > DIGITS) badRequest("trace IDs can't be larger than 128 bits");
  return text.toLowerCase().padStart(DIGITS, '0');
}
