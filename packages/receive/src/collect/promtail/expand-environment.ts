/** Variables in a configuration: `${NAME}` and `${NAME:-default}`, as Promtail has them with `-config.expand-env`. */

/** What was filled in, and which names stayed as they are. */
export interface Expanded {
  readonly text: string;
  /** Variables that are nowhere set, with their lines. */
  readonly missing: readonly { readonly name: string; readonly line: number }[];
}

const VARIABLE = /\$\{([A-Za-z_]\w*)(?::?-([^}\n]*))?\}/g;

/**
 * Fills in variables, outside of comments. One that is not set and has no default stays as it is, because `${name}` is also how
 * relabelling names groups; only names in capital letters are reported then.
 */
export function expandEnvironment(text: string, environment: Readonly<Record<string, string | undefined>>): Expanded {
  const missing: { name: string; line: number }[] = [];
  const lines = text.split('\n').map((line, index) => {
    if (/^\s*#/.test(line)) return line;
    return line.replaceAll(VARIABLE, (whole, name: string, otherwise: string | undefined) => {
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
      if (value !== undefined && (value !== '' || otherwise === undefined)) return value;
      if (otherwise !== undefined) return otherwise;
      if (name === name.toUpperCase()) missing.push({ name, line: index + 1 });
      return whole;
    });
  });
  return { text: lines.join('\n'), missing };
}
