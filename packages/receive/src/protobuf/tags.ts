/** Tags of protobuf's fields: field number × 8 + wire type. */

import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from './protobuf-cursor.ts';

/** Of a message, a string, bytes or a packed list. */
export const messageTag = (field: number): number => field * 8 + LENGTH_DELIMITED;
/** Of a bool, an enumeration, or a whole number that is not of fixed size. */
export const varintTag = (field: number): number => field * 8 + VARINT;
/** Of a double, a fixed64 or sfixed64. */
export const fixed64Tag = (field: number): number => field * 8 + FIXED64;
/** Of a float, a fixed32 or sfixed32. */
export const fixed32Tag = (field: number): number => field * 8 + FIXED32;
