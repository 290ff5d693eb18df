import fc from 'fast-check';
import { SnappyDecoder } from '@atalaya/receive';
import { expect, test } from 'vitest';
import { ProtobufOutput } from './protobuf-output.ts';
import { compressElements, literalElement } from './snappy-elements.ts';

const decoder = new SnappyDecoder();
const uncompress = (bytes: Uint8Array): Buffer => Buffer.from(decoder.decode(bytes, 1 << 24));

function block(content: Uint8Array, prefix = new Uint8Array(0)): Uint8Array {
  const output = new ProtobufOutput();
  output.varint(prefix.length + content.length);
  literalElement(prefix, output);
  compressElements(content, output);
  return output.content.slice();
}

test('any content comes back bit by bit', () => {
  const words = fc.array(fc.constantFrom('requests_total', 'instance', '127.0.0.1:9090', '\0\0\0\0', 'x'), { maxLength: 400 });
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    words.map((parts) => Uint8Array.from(Buffer.from(parts.join('')))),
  );
  fc.assert(
    fc.property(content, fc.uint8Array({ maxLength: 300 }), (bytes, prefix) => {
      expect(uncompress(block(bytes, prefix))).toEqual(Buffer.concat([prefix, bytes]));
    }),
  );
});

test('contents of many fragments come back, and what repeats becomes small', () => {
  const content = Uint8Array.from({ length: 300_000 }, (_, i) => ((i % 1000) * 7) & 0xff);
  const compressed = block(content);
  expect(uncompress(compressed)).toEqual(Buffer.from(content));
  expect(compressed.length).toBeLessThan(content.length / 10);
});
