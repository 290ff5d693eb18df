/** The rules on what a file says and touches: its opening sentence, documented exports, clock and timers, `fetch`, folder names. */

import { dirname, posix } from 'node:path';
import { isTestSide } from '../tree.mjs';
import { roomOf } from './import-rules.mjs';
import { BANNED_FOLDERS, CLOCK_FILE, CONSOLE_DATA } from './rules.mjs';

/** @typedef {import('./source.mjs').Source} Source */

/** Every file that is not a test opens with a doc comment whose first sentence says what the file is for. @param {Source} source */
export function openingProblems(source) {
  if (/\.test\.tsx?$/.test(source.path)) return [];
  if (source.opening === undefined) return [`${source.path}:1: does not open with a doc comment (/** … */) on its job`];
  const words = source.opening.split(/\s+/).length;
  if (words < 2 || !/[.:!?)]$|[.:]\s/.test(source.opening)) return [`${source.path}:1: its opening comment is not a sentence`];
  return [];
}

/**
 * Clock and timers belong to model/clock.ts, `fetch` in the console to its data folder.
 * @param {Source} source
 */
export function useProblems(source) {
  const { path } = source;
  const console = path.startsWith('packages/console/');
  const room = roomOf(path);
  return source.uses.flatMap(({ name, line }) => {
    if (name === 'fetch') {
      const misplaced = console && !isTestSide(path) && path.startsWith('packages/console/src/') && !path.startsWith(CONSOLE_DATA);
      return misplaced ? [`${path}:${line}: fetch( belongs into ${CONSOLE_DATA}`] : [];
    }
    if (path === CLOCK_FILE || console || room === undefined || isTestSide(path)) return [];
    return [`${path}:${line}: ${name}: time is an argument, take a Clock of @atalaya/model`];
  });
}

/** @param {readonly string[]} files */
export function folderProblems(files) {
  const folders = new Set(files.flatMap((file) => ancestors(file)));
  return [...folders]
    .filter((folder) => BANNED_FOLDERS.includes(posix.basename(folder)))
    .map((folder) => `${folder}/: a folder is named after what is inside, not "${posix.basename(folder)}"`);
}

/** @param {string} file @returns {string[]} */
function ancestors(file) {
  const folder = dirname(file);
  return folder === '.' ? [] : [folder, ...ancestors(folder)];
}

/**
 * Every name that a room's index.ts exports has a doc comment right before the statement that declares it, wherever in
 * the room that is. Statements that follow one another without an empty line share the comment that opens the group,
 * and the overloads of a function share one.
 * @param {ReadonlyMap<string, Source>} sources by path
 * @returns {{ exports: number, problems: string[] }}
 */
export function exportProblems(sources) {
  const problems = [];
  let exports = 0;
  for (const [path, source] of sources) {
    if (!/^packages\/[^/]+\/src\/index\.ts$/.test(path)) continue;
    for (const found of resolveExports(source, sources, new Set())) {
      exports += 1;
      if (found.declaration === undefined) problems.push(`${path}: ${found.name}: its declaration was not found`);
      else if (!isDocumented(found.source, found.declaration)) {
        problems.push(`${found.source.path}:${found.declaration.line}: ${found.name} is exported from the room and has no doc comment`);
      }
    }
  }
  return { exports, problems };
}

/**
 * @param {Source} source @param {ReadonlyMap<string, Source>} sources @param {Set<string>} seen
 * @returns {{ name: string, source: Source, declaration: import('./source.mjs').Declaration | undefined }[]}
 */
function resolveExports(source, sources, seen) {
  return source.exports.flatMap((entry) => resolveExport(entry.name, entry, source, sources, seen));
}

/**
 * @param {string} name @param {import('./source.mjs').Export} entry @param {Source} source
 * @param {ReadonlyMap<string, Source>} sources @param {Set<string>} seen
 * @returns {ReturnType<typeof resolveExports>}
 */
function resolveExport(name, entry, source, sources, seen) {
  if (entry.from === undefined)
    return [{ name, source, declaration: source.declarations.find(({ names }) => names.includes(entry.original)) }];
  if (!entry.from.startsWith('.')) return []; // a library's own name, documented there
  const path = posix.join(dirname(source.path), entry.from);
  const target = sources.get(path);
  if (target === undefined) return [{ name, source, declaration: undefined }];
  const key = `${path} ${entry.original}`;
  if (seen.has(key)) return [];
  seen.add(key);
  if (entry.name === '*') return resolveExports(target, sources, seen);
  if (entry.original === '*') return [];
  const inner = target.exports.find((candidate) => candidate.name === entry.original);
  if (inner !== undefined) return resolveExport(name, inner, target, sources, seen);
  const star = target.exports
    .filter((candidate) => candidate.name === '*')
    .flatMap((candidate) => resolveExport('*', candidate, target, sources, seen));
  const found = star.find((candidate) => candidate.name === entry.original);
  return [found === undefined ? { name, source: target, declaration: undefined } : { ...found, name }];
}

/** @param {Source} source @param {import('./source.mjs').Declaration} declaration @returns {boolean} */
function isDocumented(source, declaration) {
  if (hasComment(source, declaration)) return true;
  const before = source.declarations[source.declarations.indexOf(declaration) - 1];
  if (before === undefined || before.names.length === 0) return false;
  const grouped = source.text.slice(before.end, declaration.start).split('\n').length <= 2;
  const overload = before.names.some((name) => declaration.names.includes(name));
  return (grouped || overload) && isDocumented(source, before);
}

/** @param {Source} source @param {import('./source.mjs').Declaration} declaration */
function hasComment(source, declaration) {
  return source.comments.some(
    (comment) =>
      comment.text.startsWith('/**') && comment.end <= declaration.start && source.text.slice(comment.end, declaration.start).trim() === '',
  );
}
