/** For tests of whole programs, never for the program itself: reads what remote read streams. */

export { crc32c } from './remote-read/crc32c.ts';
export { readXorChunk } from './remote-read/read-xor-chunk.ts';
