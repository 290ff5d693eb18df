/** Taking the kernel's text files apart: lines, fields, numbers. */

/** The lines of a text, without empty ones. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The words of a line. */
export function fieldsOf(line: string): string[] {
  const trimmed = line.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}

/** A number as the kernel writes it (decimal). @throws when it is none, naming `what` */
export function numberFrom(text: string | undefined, what: string): number {
  const value = maybeNumber(text);
  if (value === undefined) throw new Error(`${what}: "${text ?? ''}" is not a number`);
  return value;
}

/** As {@link numberFrom}, but `undefined` when it is none. */
export function maybeNumber(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** A hexadecimal number without prefix. @throws when it is none, naming `what` */
export function hexFrom(text: string | undefined, what: string): number {
  const value = text === undefined || !/^[\da-f]+$/i.test(text) ? NaN : Number.parseInt(text, 16);
  if (Number.isNaN(value)) throw new Error(`${what}: "${text ?? ''}" is not a hexadecimal number`);
  return value;
}
