/** Types of attribute values as OTLP's AnyValue knows them (opentelemetry/proto/common/v1), and the text that each is kept as. */

/** Each is one ASCII character, the same in journal batches and in tables. Never reordered or reused. */
export const ATTRIBUTE_TYPE = {
  /** `s`: the text itself. */
  string: 0x73,
  /** `b`: `true` or `false`. */
  bool: 0x62,
  /** `i`: all digits of an int64. */
  int: 0x69,
  /** `d`: the shortest decimal text that gives the number again; `NaN`, `+Inf`, `-Inf`. */
  double: 0x64,
  /** `a`: JSON; bytes within are base64 texts. */
  array: 0x61,
  /** `m`: JSON, as arrays. */
  map: 0x6d,
  /** `x`: base64. */
  bytes: 0x78,
  /** `n`: no value at all, the empty text. */
  empty: 0x6e,
} as const;

/** Name of a type. */
export type AttributeTypeName = keyof typeof ATTRIBUTE_TYPE;
