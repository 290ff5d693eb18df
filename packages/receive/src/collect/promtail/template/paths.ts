/** Functions of templates that take paths of files apart. */

import { posix } from 'node:path';
import { templateFunction as of, type TemplateFunction } from '@atalaya/lang';

const base = of(['text'], (path) => (path === '' ? '.' : posix.basename(path) || '/'));
const dir = of(['text'], (path) => posix.dirname(path));
/** From the last dot of the name on, also where it begins the name. */
const ext = of(['text'], (path) => /\.[^./]*$/.exec(path)?.[0] ?? '');
const clean = of(['text'], (path) => posix.normalize(path).replace(/(?<=.)\/$/, ''));
const isAbs = of(['text'], (path) => posix.isAbsolute(path));

/** Go's `path` functions, and the same for the system's paths. */
export const PATHS: Readonly<Record<string, TemplateFunction>> = {
  ...{ base, dir, ext, clean, isAbs },
  ...{ osBase: base, osDir: dir, osExt: ext, osClean: clean, osIsAbs: isAbs },
};
