/** The error catalogue (packages/model/src/errors.ts) and its page (docs/reference/errors.md) say the same, in both directions. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const PAGE = 'docs/reference/errors.md';

const HEAD = ['code', 'status', 'retry', 'type', 'message', 'what to do'];
const INTRO = `# Errors

Every failure that reaches a user has an entry here. HTTP answers carry the code as \`code\`, the type as \`errorType\`, the
message as \`error\`, and \`retry\`: it says whether the same request may succeed later. The table is made from the catalogue in
\`packages/model/src/errors.ts\` by \`node scripts/docs-check.mjs --write\`; the last column is written by hand, here.
`;

/** @typedef {Record<string, { status: number, retry: boolean, type: string, template: string }>} Catalogue */

/** @param {string} root @returns {Promise<Catalogue>} */
export async function readCatalogue(root) {
  const module = await import(pathToFileURL(join(root, 'packages', 'model', 'src', 'errors.ts')).href);
  return module.CATALOGUE;
}

/** The cells of the page's table, by code. @param {string} page */
function rowsOf(page) {
  /** @type {Map<string, string[]>} */
  const rows = new Map();
  for (const line of page.split('\n')) {
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    const code = /^`([A-Z_]+)`$/.exec(cells[0] ?? '')?.[1];
    if (code !== undefined) rows.set(code, cells);
  }
  return rows;
}

/** @param {string} code @param {Catalogue[string]} entry */
function generatedCells(code, entry) {
  const message = `\`${entry.template.replaceAll('|', '\\|')}\``;
  return [`\`${code}\``, String(entry.status), entry.retry ? 'yes' : 'no', `\`${entry.type}\``, message];
}

/**
 * The page as it should be: generated columns from the catalogue, advice kept from the page.
 * @param {Catalogue} catalogue
 * @param {string} page
 */
export function renderPage(catalogue, page) {
  const rows = rowsOf(page);
  const lines = Object.entries(catalogue).map(([code, entry]) => [...generatedCells(code, entry), rows.get(code)?.[HEAD.length - 1] ?? '']);
  const table = [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${INTRO}\n${table}\n`;
}

/**
 * @param {Catalogue} catalogue
 * @param {string} page
 */
export function errorProblems(catalogue, page) {
  const rows = rowsOf(page);
  const problems = [];
  for (const [code, entry] of Object.entries(catalogue)) {
    const row = rows.get(code);
    if (row === undefined)
      problems.push(`${PAGE}: ${code} is in the catalogue and not on the page; node scripts/docs-check.mjs --write adds it`);
    else {
      const differing = generatedCells(code, entry).findIndex((cell, index) => cell !== row[index]);
      if (differing >= 0)
        problems.push(`${PAGE}: ${code}: ${HEAD[differing]} differs from the catalogue; node scripts/docs-check.mjs --write corrects it`);
      if (!row[HEAD.length - 1]) problems.push(`${PAGE}: ${code} says nothing on what to do`);
    }
  }
  for (const code of rows.keys())
    if (!Object.hasOwn(catalogue, code)) problems.push(`${PAGE}: ${code} is on the page and not in the catalogue`);
  if (Object.keys(catalogue).length === 0) problems.push('saw 0 errors in the catalogue');
  return problems;
}
