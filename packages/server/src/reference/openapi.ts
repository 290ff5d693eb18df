/** The OpenAPI document of the HTTP API, taken from the routes without starting anything. */

import { ManualClock, silentLogger } from '@atalaya/model';
import { buildHttp } from '../http/listener.ts';
import type { Parts } from '../http/parts.ts';
import { SETTING_PATHS, settingEntry, type Settings } from '../settings/table.ts';
import { parseSetting } from '../settings/value.ts';

/** The default settings. */
export function defaultSettings(): Settings {
  const values = SETTING_PATHS.map((name) => {
    const parsed = parseSetting(name, settingEntry(name).default);
    if ('problem' in parsed) throw new Error(parsed.problem);
    return [name, parsed.value];
  });
  return Object.fromEntries(values) as Settings;
}

/** `docs/reference/openapi.json`. Routes are registered, none is called, so the parts behind them may be absent. */
export async function openApiDocument(): Promise<string> {
  const parts = { settings: defaultSettings(), clock: new ManualClock(), log: silentLogger } as Partial<Parts> as Parts;
  const app = await buildHttp(parts);
  await app.ready();
  const document = app.swagger();
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}
