/** The one place that turns values into SQL text: nothing else in this room may build a literal or an identifier. */

/** SQL text that was built from fixed text and escaped values only; plain strings do not fit where it is asked for. */
export type Sql = string & { readonly __sql: unique symbol };

/** A value that {@link sql} can put into a statement: text becomes a literal, a number or bigint its digits, {@link Sql} stays. */
export type SqlValue = string | number | bigint | Sql | RawSql;

/** Marks trusted SQL inside a template, so that it is not quoted again. Made by the functions of this file only. */
class RawSql {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** A string literal of ClickHouse: any text comes back from the engine as the same text. Lone surrogates become U+FFFD, as UTF-8 demands. */
export function stringLiteral(text: string): string {
  return `'${text.replaceAll(/[\\'\0\n\r\t\b\f]/g, (character) => ESCAPES[character] as string)}'`;
}

/** A name between backquotes, for tables, columns and databases whose names are configuration. */
export function identifier(name: string): RawSql {
  if (name === '' || name.includes('\0')) throw new RangeError('an SQL identifier is neither empty nor holds NUL');
  return new RawSql(`\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``);
}

/** Unsigned 64-bit numbers given as (low, high) words, separated by commas: the inside of an `IN (…)`. */
export function uint64List(words: Uint32Array): RawSql {
  const numbers = new BigUint64Array(words.length / 2);
  new Uint32Array(numbers.buffer).set(words);
  return new RawSql(numbers.join(','));
}

/** Statements joined by a separator that is part of the source. */
export function joined(parts: readonly Sql[], separator: ' AND ' | ' OR ' | ', '): RawSql {
  return new RawSql(parts.join(separator));
}

/** One value as SQL text. @throws RangeError for a number that has no SQL form. */
function literal(value: SqlValue): string {
  if (value instanceof RawSql) return value.text;
  if (typeof value === 'string') return stringLiteral(value);
  if (typeof value === 'bigint') return value.toString();
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a number that SQL can say`);
  return Number.isSafeInteger(value) ? String(value) : value.toExponential();
}

/**
 * Builds a statement: sql`SELECT … WHERE name = ${text}`. Every value in it is escaped; nothing is pasted in as it is, except
 * what {@link identifier}, {@link uint64List}, {@link joined} and {@link fragment} made.
 */
export function sql(texts: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  let statement = texts[0] as string;
  values.forEach((value, index) => {
    statement += literal(value) + (texts[index + 1] as string);
  });
  return statement as Sql;
}

/** A finished piece of SQL, for use inside another {@link sql} template. */
export function fragment(piece: Sql): RawSql {
  return new RawSql(piece);
}

/** `SETTINGS name = value, …` from settings whose names are part of the source; nothing for none. */
export function settingsClause(settings: Readonly<Record<string, string | number>>): RawSql {
  const parts = Object.entries(settings).map(([name, value]) => {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new RangeError(`"${name}" is not the name of a setting`);
    return `${name} = ${literal(value)}`;
  });
  return new RawSql(parts.length === 0 ? '' : ` SETTINGS ${parts.join(', ')}`);
}
