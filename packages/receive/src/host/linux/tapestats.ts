/** Tape drives: `/sys/class/scsi_tape/<drive>/stats`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { numberFrom } from '../text.ts';

const NANOSECOND = 0.000000001;

const FILES = [
  ['in_flight', 'gauge', 'io_now', 1, 'The number of I/Os currently outstanding to this device.'],
  [
    'io_ns',
    'counter',
    'io_time_seconds_total',
    NANOSECOND,
    'The amount of time spent waiting for all I/O to complete (including read and write). This includes tape movement commands such as seeking between file or set marks and implicit tape movement such as when rewind on close tape devices are used.',
  ],
  [
    'other_cnt',
    'counter',
    'io_others_total',
    1,
    'The number of I/Os issued to the tape drive other than read or write commands. The time taken to complete these commands uses the following calculation io_time_seconds_total-read_time_seconds_total-write_time_seconds_total',
  ],
  ['read_byte_cnt', 'counter', 'read_bytes_total', 1, 'The number of bytes read from the tape drive.'],
  ['read_cnt', 'counter', 'reads_completed_total', 1, 'The number of read requests issued to the tape drive.'],
  ['read_ns', 'counter', 'read_time_seconds_total', NANOSECOND, 'The amount of time spent waiting for read requests to complete.'],
  ['write_byte_cnt', 'counter', 'written_bytes_total', 1, 'The number of bytes written to the tape drive.'],
  ['write_cnt', 'counter', 'writes_completed_total', 1, 'The number of write requests issued to the tape drive.'],
  ['write_ns', 'counter', 'write_time_seconds_total', NANOSECOND, 'The amount of time spent waiting for write requests to complete.'],
  [
    'resid_cnt',
    'counter',
    'residual_total',
    1,
    'The number of times during a read or write we found the residual amount to be non-zero. This should mean that a program is issuing a read larger thean the block size on tape. For write not all data made it to tape.',
  ],
] as const;

export const tapestats: Part =
  ({ sys }) =>
  () => {
    const families = new Families();
    // A drive has many names, by mode and density; the plain ones bear the statistics.
    for (const drive of sys.list('class/scsi_tape').filter((name) => /^st\d+$/.test(name))) {
      for (const [file, type, name, factor, help] of FILES) {
        const value = numberFrom(sys.read(`class/scsi_tape/${drive}/stats/${file}`), `${drive} ${file}`) * factor;
        families[type](`node_tape_${name}`, help).add(value, 'device', drive);
      }
    }
    return families;
  };
