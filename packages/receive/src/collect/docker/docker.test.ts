import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerLabels } from './container-labels.ts';
import { behind, type ContainerPlace, formatPlace, parsePlace, SeenLines, sinceOf } from './container-place.ts';
import { type ContainerLine, frameDecoder, type LogDecoder, PART_BYTES, terminalDecoder } from './log-frames.ts';

const TIME = '2026-11-22T09:00:00.000000001Z';
const NS = BigInt(Date.parse('2026-11-22T09:00:00Z')) * 1_000_000n;

function frame(stream: 0 | 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

function decode(decoder: LogDecoder, pieces: readonly Buffer[], end = false): ContainerLine[] {
  const lines: ContainerLine[] = [];
  for (const piece of pieces) decoder.push(piece, (line) => lines.push(line));
  if (end) decoder.end((line) => lines.push(line));
  return lines;
}

/** Bytes in pieces of a few. */
function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

describe('frames', () => {
  it('are put together from any pieces, with stream and time', () => {
    const bytes = Buffer.concat([frame(1, `${TIME} out\n`), frame(2, `${TIME} grüß dich\r\n`), frame(1, `${TIME} \n`)]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (size) => {
        expect(
          decode(
            frameDecoder(1000, () => 0n),
            pieces(bytes, size),
          ).map(({ stream, timestamp, text }) => [stream, timestamp, text]),
        ).toEqual([
          ['stdout', NS + 1n, 'out'],
          ['stderr', NS + 1n, 'grüß dich'],
          ['stdout', NS + 1n, ''],
        ]);
      }),
    );
  });

  it('that are parts of a line become one, with the time of the first, whatever the other stream says meanwhile', () => {
    const bytes = [
      frame(1, `${TIME} ${'a'.repeat(PART_BYTES)}`),
      frame(2, `${TIME} other\n`),
      frame(1, `2026-11-22T09:00:01.000000000Z ${'b'.repeat(PART_BYTES)}`),
      frame(1, `2026-11-22T09:00:02.000000000Z c\n`),
    ];
    const [other, long] = decode(
      frameDecoder(100_000, () => 0n),
      bytes,
    );
    expect(other?.text).toBe('other');
    expect(long).toMatchObject({ timestamp: NS + 1n, text: `${'a'.repeat(PART_BYTES)}${'b'.repeat(PART_BYTES)}c` });
  });

  it('may be without time, or of a time with an offset', () => {
    const lines = decode(
      frameDecoder(1000, () => 7n),
      [frame(1, 'plain\n'), frame(1, '2026-11-22T11:00:00.5+02:00 podman\n')],
    );
    expect(lines.map(({ timestamp, text }) => [timestamp, text])).toEqual([
      [7n, 'plain'],
      [NS + 500_000_000n, 'podman'],
    ]);
  });

  it('keep the last line without an end for the end', () => {
    const decoder = frameDecoder(1000, () => 0n);
    expect(decode(decoder, [frame(1, `${TIME} unfinished`)])).toEqual([]);
    expect(decode(decoder, [], true)).toMatchObject([{ text: 'unfinished' }]);
  });

  it('are refused where there are none', () => {
    expect(() =>
      decode(
        frameDecoder(1000, () => 0n),
        [Buffer.from('2026-11-22T09:00:00Z raw\n')],
      ),
    ).toThrow('not in frames');
  });
});

describe('the output of a terminal', () => {
  it('is lines with times, parts put together', () => {
    const bytes = Buffer.from(`${TIME} one\r\n${TIME} ${'x'.repeat(PART_BYTES)}2026-11-22T09:00:00.000000009Z yz\r\n${TIME} last`);
    for (const size of [1, 7, 1000, 100_000]) {
      expect(
        decode(
          terminalDecoder(100_000, () => 0n),
          pieces(bytes, size),
          true,
        ).map(({ text }) => text),
      ).toEqual(['one', `${'x'.repeat(PART_BYTES)}yz`, 'last']);
    }
  });
});

describe('a place in the output', () => {
  it('survives as text, and lets through what was not read, once', () => {
    const line = fc.record({ stream: fc.constantFrom<'stdout' | 'stderr'>('stdout', 'stderr'), step: fc.nat(1), text: fc.constant('x') });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.nat(20), (steps, read) => {
        let time = NS;
        const lines = steps.map(({ stream, step, text }, i): ContainerLine => {
          time += BigInt(step);
          return { stream, timestamp: time, text: `${text}${i}`, bytes: 1 };
        });
        let place: ContainerPlace = {};
        for (const one of lines.slice(0, read)) place = behind(place, one);
        const restored = parsePlace(formatPlace(place));
        expect(restored).toEqual(place);
        const since = sinceOf(restored).split('.');
        const from = BigInt(since[0] ?? '0') * 1_000_000_000n + BigInt(since[1] ?? '0');
        const seen = new SeenLines(restored);
        const again = lines.filter(({ timestamp }) => timestamp >= from).filter((one) => !seen.has(one));
        expect(again.map(({ text }) => text)).toEqual(lines.slice(read).map(({ text }) => text));
      }),
    );
  });

  it('is the beginning where it cannot be read', () => {
    expect([undefined, '', '{', '[[1]]', 'null'].map((text) => sinceOf(parsePlace(text)))).toEqual(['0', '0', '0', '0', '0']);
  });
});

describe('labels of a container', () => {
  it('are those of Docker discovery', () => {
    const labels = containerLabels({
      Id: 'abc',
      Names: ['/shop-web-1'],
      Image: 'nginx:1',
      Labels: { 'com.docker.compose.service': 'web', __proto__: 'x' },
      State: 'running',
      Created: 0,
      HostConfig: { NetworkMode: 'bridge' },
      NetworkSettings: { Networks: { bridge: { IPAddress: '172.17.0.2', NetworkID: 'n1' } } },
    });
    expect(Object.fromEntries(labels)).toMatchObject({
      __meta_docker_container_id: 'abc',
      __meta_docker_container_name: '/shop-web-1',
      __meta_docker_container_image: 'nginx:1',
      __meta_docker_container_network_mode: 'bridge',
      __meta_docker_container_label_com_docker_compose_service: 'web',
      __meta_docker_network_name: 'bridge',
      __meta_docker_network_ip: '172.17.0.2',
    });
  });
});
