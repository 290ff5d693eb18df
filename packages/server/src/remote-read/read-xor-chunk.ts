/** Reads XOR chunks back, plainly: what {@link XorChunkWriter} writes is tested against this. */

interface BitReader {
  bits(count: number): bigint;
}

function bitReader(bytes: Uint8Array): BitReader {
  let at = 0;
  return {
    bits(count) {
      let value = 0n;
      for (let i = 0; i < count; i++, at++) value = (value << 1n) | BigInt(((bytes[at >> 3] as number) >> (7 - (at & 7))) & 1);
      return value;
    },
  };
}

function varint(reader: BitReader): bigint {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = reader.bits(8);
    value |= (byte & 0x7fn) << shift;
    if (byte < 0x80n) return value;
  }
}

/** A sample with its value's 64 bits. */
export interface ChunkSample {
  readonly time: number;
  readonly bits: bigint;
}

/** The samples of a chunk. */
export function readXorChunk(bytes: Uint8Array): ChunkSample[] {
  const reader = bitReader(bytes);
  const count = Number(reader.bits(16));
  const samples: ChunkSample[] = [];
  let time = 0n;
  let delta = 0n;
  let value = 0n;
  let leading = 0n;
  let trailing = 0n;
  for (let i = 0; i < count; i++) {
    if (i === 0) {
      const zigzag = varint(reader);
      time = (zigzag & 1n) === 0n ? zigzag >> 1n : -((zigzag + 1n) >> 1n);
      value = reader.bits(64);
    } else {
      if (i === 1) delta = varint(reader);
      else {
        let ones = 0;
        while (ones < 4 && reader.bits(1) === 1n) ones++;
        const size = [0, 14, 17, 20, 64][ones] as number;
        let difference = reader.bits(size);
        if (size === 64) difference = BigInt.asIntN(64, difference);
        else if (size > 0 && difference > 1n << BigInt(size - 1)) difference -= 1n << BigInt(size);
        delta += difference;
      }
      time += delta;
      if (reader.bits(1) === 1n) {
        if (reader.bits(1) === 1n) {
          leading = reader.bits(5);
          const window = reader.bits(6);
          trailing = 64n - leading - (window === 0n ? 64n : window);
        }
        value ^= reader.bits(Number(64n - leading - trailing)) << trailing;
      }
    }
    samples.push({ time: Number(time), bits: value });
  }
  return samples;
}
