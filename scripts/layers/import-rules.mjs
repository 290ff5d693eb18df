/** The rules on imports: between rooms, to libraries, to Node's built-ins, and on paths. */

import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { isTestSide } from '../tree.mjs';
import { BROWSER_ROOMS, CONSOLE_DATA, OWNERS, PURE_ROOMS, REACT, ROOMS, TESTING_DOOR } from './rules.mjs';

/**
 * @typedef {{ name?: string, dependencies?: Record<string, string>, devDependencies?: Record<string, string>, exports?: string | Record<string, unknown> }} Manifest
 * @typedef {{ root: Manifest, rooms: Map<string, Manifest> }} Manifests
 */

/** The room that a file belongs to. @param {string} path */
export const roomOf = (path) => /^packages\/([^/]+)\//.exec(path)?.[1];

/**
 * What is wrong with the manifests themselves: unknown rooms, dependencies on rooms that the table does not allow.
 * @param {Manifests} manifests
 */
export function manifestProblems({ rooms }) {
  const problems = [];
  for (const [room, manifest] of rooms) {
    const where = `packages/${room}/package.json`;
    const allowed = ROOMS[room];
    if (allowed === undefined) {
      problems.push(`${where}: room "${room}" is not in the table of scripts/layers/rules.mjs`);
      continue;
    }
    if (manifest.name !== `@atalaya/${room}`) problems.push(`${where}: its name must be @atalaya/${room}`);
    for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
      const target = /^@atalaya\/(.+)$/.exec(dependency)?.[1];
      if (target !== undefined && !allowed.includes(target)) problems.push(`${where}: ${room} may not depend on ${target}`);
      if (!allowedLibrary(dependency, room)) problems.push(`${where}: ${dependency} belongs to ${ownersOf(dependency)}`);
    }
  }
  return problems;
}

/**
 * What is wrong with a file's imports.
 * @param {import('./source.mjs').Source} source
 * @param {Manifests} manifests
 */
export function importProblems(source, manifests) {
  return source.imports.flatMap(({ specifier, line }) => {
    const problem = problemOf(source.path, specifier, manifests);
    return problem === undefined ? [] : [`${source.path}:${line}: ${problem}`];
  });
}

/** @param {string} path @param {string} specifier @param {Manifests} manifests @returns {string | undefined} */
function problemOf(path, specifier, manifests) {
  const room = roomOf(path);
  const test = isTestSide(path);
  if (specifier.startsWith('.')) return relativeProblem(path, specifier, room, test);
  if (specifier.startsWith('/')) return `"${specifier}" is a path on one machine`;
  if (isBuiltin(specifier)) return builtinProblem(path, specifier, room, test);

  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (path.startsWith(CONSOLE_DATA) && REACT.test(name)) return `"${specifier}": ${CONSOLE_DATA} knows no React`;
  const target = /^@atalaya\/(.+)$/.exec(name)?.[1];
  if (target !== undefined) return roomProblem(specifier, target, room, test, manifests);
  if (room === undefined) return declaredAnywhere(name, manifests) ? undefined : `"${name}" is in no package.json`;
  if (!allowedLibrary(name, room)) return `"${name}" belongs to ${ownersOf(name)}`;
  const manifest = manifests.rooms.get(room) ?? {};
  const outsideSource = test || !path.startsWith(`packages/${room}/src/`);
  const declared = {
    ...manifest.dependencies,
    ...(outsideSource ? { ...manifest.devDependencies, ...manifests.root.devDependencies } : {}),
  };
  return name in declared ? undefined : `"${name}" is not among the dependencies of packages/${room}/package.json`;
}

/** @param {string} path @param {string} specifier @param {string | undefined} room @param {boolean} test */
function relativeProblem(path, specifier, room, test) {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  if (room === undefined) {
    return target.startsWith('packages/') ? `"${specifier}" reaches into a room; import @atalaya/${roomOf(target)}` : undefined;
  }
  if (target.startsWith(`packages/${room}/`)) return undefined;
  if (test && target.startsWith('testing/')) return undefined;
  return `"${specifier}" leaves the room; rooms meet only through their index.ts (@atalaya/…)`;
}

/** @param {string} path @param {string} specifier @param {string | undefined} room @param {boolean} test */
function builtinProblem(path, specifier, room, test) {
  if (!specifier.startsWith('node:')) return `write "node:${specifier}"`;
  if (room === undefined || test) return undefined;
  if (BROWSER_ROOMS.includes(room))
    return path.startsWith(`packages/${room}/src/`) ? `"${specifier}": ${room} runs in the browser` : undefined;
  if (PURE_ROOMS.includes(room)) return `"${specifier}": ${room} uses nothing of Node`;
  return undefined;
}

/**
 * @param {string} specifier @param {string} target @param {string | undefined} room @param {boolean} test
 * @param {Manifests} manifests
 */
function roomProblem(specifier, target, room, test, manifests) {
  const manifest = manifests.rooms.get(target);
  if (manifest === undefined) return `"${specifier}": there is no room ${target}`;
  if (specifier === `@atalaya/${target}/${TESTING_DOOR}`) {
    const opened = typeof manifest.exports === 'object' && `./${TESTING_DOOR}` in manifest.exports;
    if (!opened) return `"${specifier}": packages/${target}/package.json exports no ./${TESTING_DOOR}`;
    if (!test) return `"${specifier}" is for tests and benchmarks only`;
  } else if (specifier !== `@atalaya/${target}`) {
    return `"${specifier}" goes past the door: import @atalaya/${target}`;
  }
  if (room === undefined) return undefined;
  if (target === room && test) return undefined;
  if (target === room) return `"${specifier}": a room imports its own files by relative path`;
  if (!(ROOMS[room] ?? []).includes(target)) return `${room} may not import ${target}`;
  const own = manifests.rooms.get(room) ?? {};
  if (`@atalaya/${target}` in { ...own.dependencies, ...(test ? own.devDependencies : {}) }) return undefined;
  return `@atalaya/${target} is not among the dependencies of packages/${room}/package.json`;
}

/** @param {string} name @param {string} room */
function allowedLibrary(name, room) {
  return OWNERS.every(({ library, rooms }) => !library.test(name) || rooms.includes(room));
}

/** @param {string} name */
const ownersOf = (name) => OWNERS.find(({ library }) => library.test(name))?.rooms.join(' and ');

/** @param {string} name @param {Manifests} manifests */
function declaredAnywhere(name, { root, rooms }) {
  return [root, ...rooms.values()].some((manifest) => name in { ...manifest.dependencies, ...manifest.devDependencies });
}
