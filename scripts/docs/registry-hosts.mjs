/** No file names the host of a package registry: packages are named by name and version, where they come from is the user's choice. */

/** Put together from pieces, so that this file does not find itself. */
const HOSTS = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['npm', 'pkg', 'github', 'com'],
  ['registry', 'npmmirror', 'com'],
  ['deb', 'debian', 'org'],
  ['security', 'debian', 'org'],
  ['files', 'pythonhosted', 'org'],
  ['proxy', 'golang', 'org'],
  ['static', 'crates', 'io'],
].map((parts) => parts.join('.'));

/**
 * @param {string} path
 * @param {string} text
 */
export function hostProblems(path, text) {
  return HOSTS.filter((host) => text.includes(host)).map((host) => `${path}: names the registry host ${host}`);
}
