/** How well the kernel's clock is disciplined: the system call `adjtimex`, which no file shows. */

import { arch, endianness } from 'node:os';
import { Families } from '../family.ts';
import { NothingHere, type Part } from '../part.ts';

/** Bytes of `struct timex` on 64-bit machines. */
const STRUCT_BYTES = 208;

/** What `adjtimex` returns when the clock is not synchronised (TIME_ERROR). */
const TIME_ERROR = 5;
/** Bit of the status that says that offset and jitter are nanoseconds, not microseconds (STA_NANO). */
const STA_NANO = 0x2000;
/** Frequencies are parts per million with 16 bits behind the point. */
const PPM_16_BITS = 1_000_000 * 65_536;

/** @param state what the call returned @param bytes the `struct timex` that it filled */
export function parseTimex(state: number, bytes: Uint8Array): Families {
  const view = new DataView(bytes.buffer, bytes.byteOffset, STRUCT_BYTES);
  const little = endianness() === 'LE';
  const long = (offset: number): number => Number(view.getBigInt64(offset, little));
  const int = (offset: number): number => view.getInt32(offset, little);
  const status = int(40);
  const perSecond = (status & STA_NANO) === 0 ? 1e6 : 1e9;

  const families = new Families();
  const gauge = (name: string, help: string, value: number) => families.gauge(`node_timex_${name}`, help).add(value);
  const counter = (name: string, help: string, value: number) => families.counter(`node_timex_${name}`, help).add(value);
  gauge('sync_status', 'Is clock synchronized to a reliable server (1 = yes, 0 = no).', state === TIME_ERROR ? 0 : 1);
  gauge('offset_seconds', 'Time offset in between local system and reference clock.', long(8) / perSecond);
  gauge('frequency_adjustment_ratio', 'Local clock frequency adjustment.', 1 + long(16) / PPM_16_BITS);
  gauge('maxerror_seconds', 'Maximum error in seconds.', long(24) / 1e6);
  gauge('estimated_error_seconds', 'Estimated error in seconds.', long(32) / 1e6);
  gauge('status', 'Value of the status array bits.', status);
  gauge('loop_time_constant', 'Phase-locked loop time constant.', long(48));
  gauge('tick_seconds', 'Seconds between clock ticks.', long(88) / 1e6);
  gauge('pps_frequency_hertz', 'Pulse per second frequency.', long(96) / PPM_16_BITS);
  gauge('pps_jitter_seconds', 'Pulse per second jitter.', long(104) / perSecond);
  gauge('pps_shift_seconds', 'Pulse per second interval duration.', int(112));
  gauge('pps_stability_hertz', 'Pulse per second stability, average of recent frequency changes.', long(120) / PPM_16_BITS);
  counter('pps_jitter_total', 'Pulse per second count of jitter limit exceeded events.', long(128));
  counter('pps_calibration_total', 'Pulse per second count of calibration intervals.', long(136));
  counter('pps_error_total', 'Pulse per second count of calibration errors.', long(144));
  counter('pps_stability_exceeded_total', 'Pulse per second count of stability limit exceeded events.', long(152));
  gauge('tai_offset_seconds', 'International Atomic Time (TAI) offset.', int(160));
  return families;
}

/** The part of `node:ffi` that is needed, wherever the runtime has it. */
interface ForeignFunctions {
  dlopen(library: null, functions: object): { functions: { adjtimex: (buffer: Uint8Array) => number } };
}

/** Finds the C library's `adjtimex`; `undefined` where the runtime cannot call it. */
function findAdjtimex(): ((buffer: Uint8Array) => number) | undefined {
  if (!['x64', 'arm64', 'loong64', 'ppc64', 'riscv64', 's390x'].includes(arch())) return undefined;
  const emitWarning = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  try {
    // Calling C is experimental in this runtime, which says so on stderr once; an operator can do nothing about it.
    process.emitWarning = () => undefined;
    const ffi = process.getBuiltinModule('node:ffi') as unknown as ForeignFunctions | undefined;
    return ffi?.dlopen(null, { adjtimex: { arguments: ['buffer'], return: 'int32' } }).functions.adjtimex;
  } catch {
    return undefined;
  } finally {
    if (emitWarning !== undefined) Object.defineProperty(process, 'emitWarning', emitWarning);
  }
}

export const timex: Part = () => {
  const adjtimex = findAdjtimex();
  const bytes = new Uint8Array(STRUCT_BYTES);
  return () => {
    if (adjtimex === undefined) throw new NothingHere('this runtime cannot call adjtimex');
    // All zero: no mode bit is set, so the call only reads, which needs no privilege.
    bytes.fill(0);
    const state = adjtimex(bytes);
    if (state < 0) throw new Error('adjtimex failed');
    return parseTimex(state, bytes);
  };
};
