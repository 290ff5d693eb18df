/** What kind of value a text is, in the words of Loki's detected fields. */

export type ValueType = 'int' | 'float' | 'boolean' | 'duration' | 'bytes' | 'string';

const INT = /^[+-]?\d{1,19}$/;
const FLOAT = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$/i;
const BOOLEAN = /^(?:t|T|true|True|TRUE|f|F|false|False|FALSE)$/;
const DURATION = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const BYTES = /^(?:\d[\d,]*\.?\d*|\.\d+)\s*(?:[kmgtpe]i?)?b$|^(?:\d[\d,]*\.?\d*|\.\d+)\s*[kmgtpe]i?$/i;

/** The type of one value. */
export function typeOfValue(text: string): ValueType {
  if (INT.test(text)) return 'int';
  if (FLOAT.test(text)) return 'float';
  if (BOOLEAN.test(text)) return 'boolean';
  if (DURATION.test(text)) return 'duration';
  return BYTES.test(text) ? 'bytes' : 'string';
}

/** The type that values of both types have in common. */
export function commonType(a: ValueType, b: ValueType): ValueType {
  if (a === b) return a;
  const isNumber = (type: ValueType): boolean => type === 'int' || type === 'float';
  return isNumber(a) && isNumber(b) ? 'float' : 'string';
}
