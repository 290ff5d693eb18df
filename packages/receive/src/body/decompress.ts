/** Decompresses request bodies, bounded before and while it happens. */

import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { AtalayaError } from '@atalaya/model';

type Inflate = (body: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const INFLATERS: Readonly<Record<string, Inflate>> = {
  gzip: promisify<Uint8Array, { maxOutputLength: number }, Buffer>(zlib.gunzip),
  'x-gzip': promisify<Uint8Array, { maxOutputLength: number }, Buffer>(zlib.gunzip),
  deflate: promisify<Uint8Array, { maxOutputLength: number }, Buffer>(zlib.inflate),
  zstd: promisify<Uint8Array, { maxOutputLength: number }, Buffer>(zlib.zstdDecompress),
};

/** What `Content-Encoding` may name. */
export const BODY_ENCODINGS: readonly string[] = ['gzip', 'deflate', 'zstd'];

/**
 * The content of a body that was compressed as `encoding` says (lower case; empty or `identity` for not at all). Rejects with UNSUPPORTED_MEDIA
 * for another encoding, with BODY_TOO_LARGE as soon as more than `limit` bytes come out, with BAD_ENCODING when the bytes are damaged.
 */
export async function decompress(body: Uint8Array, encoding: string, limit: number): Promise<Uint8Array> {
  if (encoding === '' || encoding === 'identity') return body;
  const inflate = Object.hasOwn(INFLATERS, encoding) ? INFLATERS[encoding] : undefined;
  if (inflate === undefined) {
    throw new AtalayaError('UNSUPPORTED_MEDIA', { given: encoding.slice(0, 200), supported: BODY_ENCODINGS.join(', ') });
  }
  try {
    return await inflate(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new AtalayaError('BODY_TOO_LARGE', { limit, when: 'after decompression', setting: 'limits.body' }, { cause: error });
    }
    throw new AtalayaError('BAD_ENCODING', { reason: `not ${encoding}: ${(error as Error).message}` }, { cause: error });
  }
}
