/** What decoders put attributes into. */

/** Takes attributes one by one. */
export interface AttributeSink {
  /** Whether the entries of a map become attributes of their own, with dotted names. */
  readonly flattens: boolean;
  /** Adds one; the type is a character of ATTRIBUTE_TYPE. */
  add(name: string, value: string, type: number): void;
}
