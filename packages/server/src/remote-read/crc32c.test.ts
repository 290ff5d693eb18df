import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

// RFC 3720, B.4.
test.each([
  [new Uint8Array(32), 0x8a9136aa],
  [new Uint8Array(32).fill(0xff), 0x62a8ab43],
  [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  [Buffer.from('123456789'), 0xe3069283],
])('%#: the checksum of the RFC', (bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum);
});
