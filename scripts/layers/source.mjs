/** Reads one source file: what it imports, what it exports, its comments, and where it touches clock, timers and `fetch`. */

import { parseSync, Visitor } from 'oxc-parser';

/**
 * @typedef {{ specifier: string, line: number }} Import
 * @typedef {{ name: string, from: string | undefined, original: string, line: number }} Export `*` as name for `export * from`
 * @typedef {{ name: string, line: number }} Use such as `new Date()` or `fetch(`
 * @typedef {{ start: number, end: number, names: string[], text: string, line: number }} Declaration a top-level statement that declares names
 * @typedef {{ path: string, text: string, opening: string | undefined, imports: Import[], exports: Export[], uses: Use[], declarations: Declaration[], comments: { start: number, end: number, text: string }[], errors: string[] }} Source
 */

const TIMERS = new Set(['setTimeout', 'setInterval']);
const TIMER_MODULES = new Set(['node:timers', 'node:timers/promises']);

/**
 * @param {string} path relative to the root; only its ending matters to the parser
 * @param {string} text
 * @returns {Source}
 */
export function readSource(path, text) {
  const { program, module, comments, errors } = parseSync(path, text);
  const lineOf = lineFinder(text);
  /** @type {Import[]} */
  const imports = module.staticImports.map((found) => ({ specifier: found.moduleRequest.value, line: lineOf(found.start) }));
  /** @type {Export[]} */
  const exports = [];
  for (const statement of module.staticExports) {
    for (const entry of statement.entries) {
      const original = entry.importName.name ?? entry.localName.name ?? '*';
      exports.push({
        name:
          entry.exportName.name ?? (statement.entries.length === 1 && text.startsWith('export default', statement.start) ? 'default' : '*'),
        from: entry.moduleRequest?.value,
        original,
        line: lineOf(entry.start),
      });
    }
    const from = statement.entries[0]?.moduleRequest;
    if (from) imports.push({ specifier: from.value, line: lineOf(statement.start) });
  }
  const timers = module.staticImports
    .filter((found) => TIMER_MODULES.has(found.moduleRequest.value))
    .flatMap((found) => found.entries.map((entry) => ({ name: entry.importName.name ?? '*', line: lineOf(found.start) })));
  /** @type {Use[]} a yield to the event loop (setImmediate) is not time */
  const uses = timers.filter(({ name }) => name !== 'setImmediate').map(({ name, line }) => ({ name: `node:timers ${name}`, line }));
  new Visitor({
    ImportExpression(node) {
      if (node.source.type === 'Literal' && typeof node.source.value === 'string') {
        imports.push({ specifier: node.source.value, line: lineOf(node.start) });
      }
    },
    TSImportType(node) {
      imports.push({ specifier: node.source.value, line: lineOf(node.start) });
    },
    NewExpression(node) {
      const [first, second] = node.arguments;
      if (node.callee.type !== 'Identifier') return;
      if (node.callee.name === 'Date' && node.arguments.length === 0) uses.push({ name: 'new Date()', line: lineOf(node.start) });
      const located = node.callee.name === 'URL' && first?.type === 'Literal' && second?.type === 'MemberExpression';
      if (located && typeof first.value === 'string' && /^\..*\.[jt]sx?$/.test(first.value)) {
        imports.push({ specifier: first.value, line: lineOf(node.start) });
      }
    },
    MemberExpression(node) {
      if (node.object.type === 'Identifier' && node.object.name === 'Date' && propertyName(node) === 'now') {
        uses.push({ name: 'Date.now', line: lineOf(node.start) });
      }
    },
    CallExpression(node) {
      const callee = node.callee;
      const name =
        callee.type === 'Identifier'
          ? callee.name
          : callee.type === 'MemberExpression' && isGlobal(callee.object)
            ? propertyName(callee)
            : undefined;
      if (name !== undefined && (TIMERS.has(name) || name === 'fetch')) uses.push({ name, line: lineOf(node.start) });
    },
  }).visit(program);

  const declarations = program.body.map((statement) => {
    const names = declaredNames('declaration' in statement && statement.declaration ? statement.declaration : statement);
    return {
      start: statement.start,
      end: statement.end,
      names,
      text: text.slice(statement.start, statement.end),
      line: lineOf(statement.start),
    };
  });
  return {
    path,
    text,
    opening: openingComment(text),
    imports,
    exports,
    uses,
    declarations,
    comments: comments.map((comment) => ({ start: comment.start, end: comment.end, text: text.slice(comment.start, comment.end) })),
    errors: errors.map((error) => error.message),
  };
}

/** The doc comment that a file starts with (after a `#!` line), its text without the stars. @param {string} text */
function openingComment(text) {
  const found = /^(?:#![^\n]*\n)?\s*\/\*\*([\s\S]*?)\*\//.exec(text);
  return found?.[1]?.replaceAll(/^\s*\* ?/gm, '').trim();
}

/** @param {any} node @returns {string | undefined} */
const propertyName = (node) => (node.computed ? node.property.value : node.property.name);

/** @param {any} node */
const isGlobal = (node) => node.type === 'Identifier' && (node.name === 'globalThis' || node.name === 'window');

/** @param {any} node @returns {string[]} */
function declaredNames(node) {
  if (node.type === 'VariableDeclaration') {
    return node.declarations.flatMap((/** @type {any} */ one) => (one.id.type === 'Identifier' ? [one.id.name] : []));
  }
  return node.id?.type === 'Identifier' ? [node.id.name] : [];
}

/** @param {string} text @returns {(offset: number) => number} line numbers from 1 */
function lineFinder(text) {
  /** @type {number[]} */
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (/** @type {number} */ (starts[middle]) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
