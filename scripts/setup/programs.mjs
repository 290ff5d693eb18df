/** The programs that tests run or compare with: installed with apt-get where that is ours to do, else named. */

import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, SetupError, step, tail } from './progress.mjs';

/** Debian package → a file or program that is there when it is installed. */
const PROGRAMS = {
  chromium: 'chromium',
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  openssl: 'openssl',
  postgresql: '/usr/lib/postgresql',
  procps: 'ps',
  prometheus: 'promtool',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  rsyslog: 'rsyslogd',
  strace: 'strace',
  faketime: 'faketime',
};

/**
 * Installs what is missing on Debian as root, in a container or under CI. On a machine that runs services nothing is
 * installed unasked, because Debian's packages start Prometheus right away: there it says what to install, and the tests
 * that need it are skipped.
 */
export async function ensurePrograms() {
  const missing = Object.entries(PROGRAMS)
    .filter(([, sign]) => !present(sign))
    .map(([name]) => name);
  if (missing.length === 0) return;
  const command = `apt-get install ${missing.join(' ')}`;
  const ours = process.getuid?.() === 0 && existsSync('/etc/debian_version') && (process.env['CI'] || !existsSync('/run/systemd/system'));
  if (!ours) {
    console.log(`Tests that need ${missing.join(', ')} are skipped; on Debian: sudo ${command}`);
    return;
  }
  await step(`Installing programs that tests use (${missing.join(', ')})`, async () => {
    const options = { cwd: '/', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    const update = await run('apt-get', ['-q', 'update'], options);
    const outcome = await run('apt-get', ['-q', '-y', 'install', '--no-install-recommends', ...missing], options);
    if (outcome.code === 0) return;
    const said = `${command} failed:\n${tail(update.code === 0 ? outcome.output : update.output + outcome.output)}`;
    if (process.env['CI']) throw new SetupError(said);
    console.warn(`\n${said}\nTests that need these programs are skipped.`);
  });
}

/** @param {string} sign a program's name or an absolute path */
function present(sign) {
  if (sign.startsWith('/')) return existsSync(sign);
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, sign), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
