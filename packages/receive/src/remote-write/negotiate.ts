/** Which message a remote-write request carries, from its headers. */

import { AtalayaError } from '@atalaya/model';

/** Versions of the protocol. */
export type ProtocolVersion = '1.0' | '2.0';

/** Request headers as node:http gives them: lower-case names. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const MESSAGES: Readonly<Record<string, ProtocolVersion>> = {
  'prometheus.WriteRequest': '1.0',
  'io.prometheus.write.v2.Request': '2.0',
};
const SUPPORTED = 'application/x-protobuf with proto=prometheus.WriteRequest (1.0) or proto=io.prometheus.write.v2.Request (2.0), snappy';

/**
 * The version that `Content-Type` names; without one it is 1.0, and snappy without a `Content-Encoding`.
 * @throws AtalayaError UNSUPPORTED_MEDIA
 */
export function negotiate(headers: RequestHeaders): ProtocolVersion {
  const encoding = headerValue(headers, 'content-encoding');
  if (encoding !== '' && encoding.toLowerCase() !== 'snappy') throw unsupported(encoding);
  const contentType = headerValue(headers, 'content-type');
  if (contentType === '') return '1.0';
  const [mediaType = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  if (mediaType.toLowerCase() !== 'application/x-protobuf') throw unsupported(contentType);
  let message = 'prometheus.WriteRequest';
  for (const parameter of parameters) {
    const [, value] = /^proto\s*=\s*"?([^"]*)"?$/i.exec(parameter) ?? [];
    if (value !== undefined) message = value;
  }
  const version = Object.hasOwn(MESSAGES, message) ? MESSAGES[message] : undefined;
  if (version === undefined) throw unsupported(contentType);
  return version;
}

function headerValue(headers: RequestHeaders, name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : (value?.join(', ') ?? '')).trim();
}

function unsupported(given: string): AtalayaError {
  return new AtalayaError('UNSUPPORTED_MEDIA', { given: given.slice(0, 200), supported: SUPPORTED });
}
