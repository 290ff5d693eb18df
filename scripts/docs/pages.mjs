/** What certain pages have to say: the map in ARCHITECTURE.md against the tree, the commands in README.md, typed changelog lines. */

const REQUIRED = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE', 'docs/README.md'];
const ROOTS = ['packages', 'scripts', 'bench', 'e2e', 'docs', 'config', 'deploy', 'examples', 'testing', '.ci'];
const CHANGE = /^- \[(FEATURE|ENHANCEMENT|CHANGE|BUGFIX|SECURITY)\] /;

/** @param {ReadonlySet<string>} files */
export function missingPages(files) {
  return REQUIRED.filter((page) => !files.has(page)).map((page) => `${page} is missing`);
}

/**
 * ARCHITECTURE.md names folders and files that exist, and every room.
 * @param {string} text
 * @param {ReadonlySet<string>} files
 */
export function architectureProblems(text, files) {
  const known = [...files];
  const rooms = new Set(known.flatMap((file) => /^packages\/([^/]+)\/package\.json$/.exec(file)?.[1] ?? []));
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  const paths = spans.filter((span) =>
    ROOTS.some((root) => span === `${root}/` || (span.startsWith(`${root}/`) && /^[\w./-]+$/.test(span))),
  );
  const exists = (/** @type {string} */ path) => files.has(path) || known.some((file) => file.startsWith(`${path.replace(/\/$/, '')}/`));
  const problems = paths.filter((path) => !exists(path)).map((path) => `ARCHITECTURE.md: \`${path}\` does not exist`);
  for (const room of rooms) {
    const named = spans.some((span) => span === room || span === `packages/${room}` || span.startsWith(`packages/${room}/`));
    if (!named) problems.push(`ARCHITECTURE.md: room \`${room}\` is not on the map`);
  }
  if (rooms.size === 0) problems.push('saw 0 rooms');
  return { paths: paths.length, problems };
}

/** @param {string} text */
export function readmeProblems(text) {
  const wanted = { '`npm start`': /\bnpm start\b/, '`npm test`': /\bnpm test\b/, 'a picture of the console': /!\[[^\]]*\]\(|<img\s/ };
  return Object.entries(wanted).flatMap(([what, pattern]) => (pattern.test(text) ? [] : [`README.md: shows no ${what}`]));
}

/** Every line of the changelog says what kind of change it is. @param {string} text */
export function changelogProblems(text) {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  const untyped = lines.filter(({ line }) => /^\s*[-*] /.test(line) && !CHANGE.test(line));
  const problems = untyped.map(
    ({ number }) => `CHANGELOG.md:${number}: a line starts with [FEATURE], [ENHANCEMENT], [CHANGE], [BUGFIX] or [SECURITY]`,
  );
  if (!/^## Unreleased$/m.test(text)) problems.push('CHANGELOG.md: has no "## Unreleased"');
  return problems;
}
