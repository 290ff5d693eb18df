/** The program's version, from the package it is shipped as. */

import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** Semantic version of this program. */
export const VERSION = version;
