/** Links and headings of Markdown files: every relative link leads to a file that exists, every `#anchor` to a heading. */

import { posix } from 'node:path';

/** @param {string} text @returns {string} without fenced blocks and code spans, which hold no links */
const prose = (text) =>
  text.replaceAll(/^(```|~~~)[\s\S]*?^\1.*$/gm, (block) => block.replaceAll(/[^\n]/g, '')).replaceAll(/`[^`\n]*`/g, '');

/**
 * The anchors that a page offers, as GitHub makes them from headings.
 * @param {string} text
 */
export function anchorsOf(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  const headings = text.replaceAll(/^(```|~~~)[\s\S]*?^\1.*$/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm);
  return new Set(
    [...headings].map(([, heading = '']) => {
      const slug = heading
        .toLowerCase()
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-');
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    }),
  );
}

/**
 * Where a page links to, relative targets only.
 * @param {string} text
 * @returns {{ target: string, line: number }[]}
 */
export function linksOf(text) {
  return prose(text)
    .split('\n')
    .flatMap((line, index) => {
      const inline = [...line.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map(([, target = '']) => target);
      const reference = [...line.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/g)].map(([, target = '']) => target);
      const html = [...line.matchAll(/\b(?:src|href|srcset)="([^"\s]+)"/g)].map(([, target = '']) => target);
      return [...inline, ...reference, ...html].map((target) => ({ target, line: index + 1 }));
    })
    .filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target));
}

/**
 * @param {ReadonlyMap<string, string>} pages text by path
 * @param {ReadonlySet<string>} files all files of the repository
 * @returns {{ links: number, problems: string[] }}
 */
export function linkProblems(pages, files) {
  const folders = new Set([...files].flatMap((file) => file.split('/').map((_, index, parts) => parts.slice(0, index).join('/'))));
  let links = 0;
  const problems = [];
  for (const [path, text] of pages) {
    for (const { target, line } of linksOf(text)) {
      links += 1;
      const [file = '', anchor] = target.split('#');
      const base = file.startsWith('/') ? file.slice(1) : posix.join(posix.dirname(path), decodeURIComponent(file));
      const to = file === '' ? path : posix.normalize(base).replace(/\/$/, '');
      if (!files.has(to) && !folders.has(to === '.' ? '' : to)) problems.push(`${path}:${line}: ${target} leads nowhere`);
      else if (anchor && pages.has(to) && !anchorsOf(pages.get(to) ?? '').has(anchor))
        problems.push(`${path}:${line}: ${target}: no such heading`);
    }
  }
  return { links, problems };
}
