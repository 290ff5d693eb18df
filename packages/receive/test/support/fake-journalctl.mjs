/**
 * Stands in for journalctl: shows the entries of a file, one JSON object a line in journalctl's own format, and those that are appended.
 * `fake-journalctl.mjs FILE [options as journalctl takes them]`. A line `EXIT` makes it end as if it had crashed, half-way through a line.
 */

import { appendFileSync, existsSync, readFileSync } from 'node:fs';

const [file, ...options] = process.argv.slice(2);
appendFileSync(`${file}.calls`, `${JSON.stringify(options)}\n`);
const given = (name) => options.find((option) => option.startsWith(`--${name}=`))?.slice(name.length + 3);
for (const needed of ['--output=json', '--all', '--follow', '--no-tail']) {
  if (!options.includes(needed)) throw new Error(`${needed} is missing`);
}
const matches = options.filter((option) => !option.startsWith('-'));
const after = given('after-cursor');
const since = Number((given('since') ?? '@0').slice(1)) * 1e6;

let shown = 0;
let found = after === undefined;
function show() {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  for (const line of lines.slice(shown, -1)) {
    shown++;
    if (line === 'EXIT') {
      if (existsSync(`${file}.exited-${shown}`)) continue;
      appendFileSync(`${file}.exited-${shown}`, '');
      process.stderr.write('Failed to iterate through journal: Bad message\n');
      process.stdout.write('{"__CURSOR":"half', () => process.exit(1));
      return;
    }
    const entry = JSON.parse(line);
    if (!found) {
      found = entry.__CURSOR === after;
      continue;
    }
    if (Number(entry.__REALTIME_TIMESTAMP) < since) continue;
    if (matches.some((match) => entry[match.split('=')[0]] !== match.split('=')[1])) continue;
    process.stdout.write(`${line}\n`);
  }
  setTimeout(show, 10);
}
show();
