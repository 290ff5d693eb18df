/** The reference page of the settings, made from their table. */

import { environmentName, SETTING_PATHS, settingEntry } from '../settings/table.ts';

const TYPES = {
  text: 'text',
  duration: 'duration (`15s`, `2h`, `15d`)',
  bytes: 'size (`512MiB`, `4GiB`)',
  count: 'whole number',
  ratio: 'number from 0 to 1',
  switch: '`true` or `false`',
  list: 'list',
  streams: 'rules of streams',
  conditions: 'conditions on spans',
} as const;

/** `docs/reference/settings.md`. */
export function settingsPage(): string {
  const rows = SETTING_PATHS.map((name) => {
    const { type, default: value, help } = settingEntry(name);
    return `| \`${name}\` | ${TYPES[type]} | ${value === '' ? '–' : `\`${value}\``} | ${help} | \`${environmentName(name)}\` |`;
  });
  return `# Settings

A setting is given, the later winning, in \`atalaya.yml\` (dots are levels: \`retention.metrics\` is \`metrics:\` under \`retention:\`), in
the environment, or on the command line (\`--listen\`, \`--data\`, \`--config\`, \`--insecure\`, \`--log-level\`). The Status page shows what is in force
and where it came from. A change takes effect at the next start; \`prometheus.yml\` can be reloaded while running.

This page is made from \`packages/server/src/settings/table.ts\` by \`npm run reference -w packages/server\`.

| setting | type | default | meaning | environment |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
