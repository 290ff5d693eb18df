import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompress } from './decompress.ts';

const CONTENT = Buffer.from('a line that repeats itself, '.repeat(1000));

describe('decompressing', () => {
  it.each([
    ['', CONTENT],
    ['identity', CONTENT],
    ['gzip', zlib.gzipSync(CONTENT)],
    ['deflate', zlib.deflateSync(CONTENT)],
    ['zstd', zlib.zstdCompressSync(CONTENT)],
  ])('"%s"', async (encoding, body) => {
    expect(Buffer.from(await decompress(body, encoding, CONTENT.length))).toEqual(CONTENT);
  });

  it.each(['gzip', 'deflate', 'zstd'] as const)('a bomb of %s is stopped at the limit', async (encoding) => {
    const zeros = Buffer.alloc(1 << 24);
    const body = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, zstd: zlib.zstdCompressSync }[encoding](zeros);
    await expect(decompress(body, encoding, 1 << 20)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it.each(['gzip', 'deflate', 'zstd'])('damaged %s is refused', async (encoding) => {
    await expect(decompress(Buffer.from('not compressed at all'), encoding, 1 << 20)).rejects.toMatchObject({ code: 'BAD_ENCODING' });
    const cut = zlib.gzipSync(CONTENT).subarray(0, 40);
    await expect(decompress(cut, 'gzip', 1 << 20)).rejects.toMatchObject({ code: 'BAD_ENCODING' });
  });

  it.each(['br', 'snappy', '__proto__'])('%s is not known', async (encoding) => {
    await expect(decompress(CONTENT, encoding, 1 << 20)).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA' });
  });
});
