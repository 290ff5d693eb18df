/** `npm run reference -w packages/server [-- --check]`: writes the generated reference documents, or says which are out of date. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openApiDocument } from './openapi.ts';
import { settingsPage } from './settings-page.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../../docs/reference');
const documents: Readonly<Record<string, string>> = { 'openapi.json': await openApiDocument(), 'settings.md': settingsPage() };

const check = process.argv.includes('--check');
const stale = Object.entries(documents).filter(([name, text]) => {
  const file = path.join(FOLDER, name);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});
if (!check) for (const [name, text] of stale) writeFileSync(path.join(FOLDER, name), text);
for (const [name] of stale) process.stdout.write(`${check ? 'out of date' : 'written'}: docs/reference/${name}\n`);
process.stdout.write(
  `${Object.keys(documents).length} reference documents, ${stale.length} ${check ? 'out of date (npm run reference -w packages/server)' : 'written'}\n`,
);
if (check && stale.length > 0) process.exit(1);
