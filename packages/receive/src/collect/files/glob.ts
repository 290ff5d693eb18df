/** Globs as Promtail takes them: `*` and `?` within a folder, `**` over folders, `[a-z]`, `{a,b}`, `\` before a plain character. */

/** A compiled glob. */
export interface Glob {
  /** Whether the whole path matches. */
  matches(path: string): boolean;
  /** The pattern's parts between slashes; a plain text is a name as it stands, null is `**`, the others match a name. */
  readonly parts: readonly (string | RegExp | null)[];
}

const SPECIAL = /[*?[{\\]/;

/** Compiles a pattern. Braces with slashes in them are taken as one glob for each alternative. */
export function compileGlobs(pattern: string): Glob[] {
  return withoutBraces(pattern).map(compile);
}

function compile(pattern: string): Glob {
  const names = pattern.split('/');
  const parts = names.map((name) => (name === '**' ? null : SPECIAL.test(name) ? new RegExp(`^${nameExpression(name)}$`, 's') : name));
  const source = names
    .map((name, index) => {
      if (name !== '**') return nameExpression(name) + (index < names.length - 1 ? '/' : '');
      return index < names.length - 1 ? '(?:[^/]+/)*' : '.*';
    })
    .join('');
  const whole = new RegExp(`^${source}$`, 's');
  return { parts, matches: (path) => whole.test(path) };
}

/** `a{b,c}d` as `abd` and `acd`; nested ones too. An unclosed brace is a plain character. */
function withoutBraces(pattern: string): string[] {
  const open = findPlain(pattern, '{', 0);
  if (open === -1) return [pattern];
  const choices: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === '\\') i++;
    else if (character === '{') depth++;
    else if (character === ',' && depth === 1) {
      choices.push(pattern.slice(start, i));
      start = i + 1;
    } else if (character === '}' && --depth === 0) {
      choices.push(pattern.slice(start, i));
      const before = pattern.slice(0, open);
      return choices.flatMap((choice) => withoutBraces(before + choice + pattern.slice(i + 1)));
    }
  }
  return [`${pattern.slice(0, open)}\\{${pattern.slice(open + 1)}`].flatMap(withoutBraces);
}

/** Where a character stands that no backslash precedes. */
function findPlain(text: string, wanted: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === wanted) return i;
  }
  return -1;
}

function nameExpression(name: string): string {
  let expression = '';
  for (let i = 0; i < name.length; i++) {
    const character = name[i] as string;
    if (character === '*') expression += '[^/]*';
    else if (character === '?') expression += '[^/]';
    else if (character === '\\' && i + 1 < name.length) expression += quoted(name[++i] as string);
    else if (character === '[') {
      const end = name.indexOf(']', i + 2);
      if (end === -1) expression += '\\[';
      else {
        const body = name.slice(i + 1, end);
        const negated = /^[!^]/.test(body);
        expression += `(?!/)[${negated ? '^' : ''}${(negated ? body.slice(1) : body).replaceAll(/[\\\]^[]/g, '\\$&')}]`;
        i = end;
      }
    } else expression += quoted(character);
  }
  return expression;
}

function quoted(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}
