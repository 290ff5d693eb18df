import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSettings } from './load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'atalaya-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
const load = (environment: Record<string, string> = {}, given = {}, config = folder): ReturnType<typeof loadSettings> =>
  loadSettings({ config, environment, given });

describe('settings', () => {
  test('a folder with prometheus.yml alone is enough', () => {
    const file = write('prometheus.yml', 'scrape_configs: []\n');
    const { settings, prometheusFile } = load();
    expect(prometheusFile).toBe(file);
    expect(settings['retention.metrics']).toBe(15 * 86_400_000);
    expect(settings['engine.memory']).toBe(-1);
  });

  test('option beats environment beats file beats default', () => {
    write('atalaya.yml', 'retention:\n  metrics: 30d\nlog:\n  level: warn\nlisten: 127.0.0.1:1\n');
    const { settings, sources } = load({ ATALAYA_RETENTION_METRICS: '0', ATALAYA_LISTEN: '127.0.0.1:2' }, { listen: '127.0.0.1:3' });
    expect(settings['retention.metrics']).toBe(0);
    expect(settings.listen).toBe('127.0.0.1:3');
    expect(sources).toMatchObject({ 'retention.metrics': 'environment', 'log.level': 'file', listen: 'option', data: 'default' });
  });

  test('a prometheus.yml named by itself is the scrape configuration', () => {
    const file = write('my-prom.yml', 'global:\n  scrape_interval: 5s\n');
    expect(load({}, {}, file)).toMatchObject({ prometheusFile: file, file: undefined });
  });

  test('a Promtail configuration is found under its usual names, and may be named by itself', () => {
    const second = write('promtail.yaml', '');
    expect(load()).toMatchObject({ promtailFile: second, prometheusFile: undefined });
    const first = write('promtail-config.yml', '');
    const prometheus = write('prometheus.yml', 'scrape_configs: []\n');
    const settings = write('atalaya.yml', '');
    const all = { promtailFile: first, prometheusFile: prometheus, file: settings };
    const other = write('config.yml', 'positions: {filename: /p}\nscrape_configs: []\n');
    expect(load({}, {}, other)).toMatchObject({ promtailFile: other, prometheusFile: prometheus, file: settings });
    expect([load(), load({}, {}, first), load({}, {}, prometheus), load({}, {}, settings)]).toMatchObject([all, all, all, all]);
  });

  test.each([
    ['retention:\n  metrics: soon\n', /atalaya\.yml:2: "soon" is not allowed for retention\.metrics: it takes a duration/],
    ['retention:\n  metrcs: 1d\n', /atalaya\.yml:2: "retention\.metrcs" is not a setting; did you mean retention\.metrics\?/],
    ['traces:\n  sample: 1.5\n', /"1\.5" is not allowed for traces\.sample: it takes a number from 0 to 1/],
    ['traces:\n  drop: [name]\n', /"name" is not allowed for traces\.drop: it takes conditions such as/],
    ['journal: 5\n', /"journal" is a section/],
    ['listen: [\n', /atalaya\.yml:\d+: /],
    ['- a\n', /must be a map/],
  ])('a bad file is refused with line and remedy: %j', (text, message) => {
    write('atalaya.yml', text);
    expect(() => load()).toThrow(message);
  });

  test('shares and conditions on spans are read', () => {
    write('atalaya.yml', `traces:\n  sample: 0.05\n  drop:\n    - http.route=/health\n    - service.name=cart && name=~"a{1,2}"\n`);
    const { settings } = load();
    expect(settings['traces.sample']).toBe(0.05);
    expect(settings['traces.drop']).toEqual([
      [{ name: 'http.route', operator: '=', value: '/health' }],
      [
        { name: 'service.name', operator: '=', value: 'cart' },
        { name: 'name', operator: '=~', value: 'a{1,2}' },
      ],
    ]);
  });

  test('a missing folder, a folder without configuration and a bad variable are clear', () => {
    expect(() => load({}, {}, path.join(folder, 'nowhere'))).toThrow(/no such file or folder/);
    expect(() => load()).toThrow(/none of prometheus\.yml, promtail-config\.yml and atalaya\.yml/);
    write('prometheus.yml', '');
    expect(() => load({ ATALAYA_JOURNAL_LIMIT: 'big' })).toThrow(/ATALAYA_JOURNAL_LIMIT: "big" is not allowed/);
    expect(load({ ATALAYA_RETENTION_METRIC: '1d' }).warnings[0]?.message).toMatch(/did you mean ATALAYA_RETENTION_METRICS\?/);
  });

  test('sizes and lists', () => {
    write('atalaya.yml', 'journal:\n  limit: 1.5GiB\nhost:\n  disabled_collectors: [arp, xfs]\n');
    const { settings } = load();
    expect(settings['journal.limit']).toBe(1.5 * 2 ** 30);
    expect(settings['host.disabled_collectors']).toEqual(['arp', 'xfs']);
  });

  test('feature flags are named as Prometheus names them, and options add to them', () => {
    write('atalaya.yml', 'query:\n  features: [promql-duration-expr]\n');
    const withOptions = (...features: string[]): readonly string[] =>
      loadSettings({ config: folder, environment: {}, given: {}, features }).settings['query.features'];
    expect(withOptions()).toEqual(['promql-duration-expr']);
    expect(withOptions('promql-delayed-name-removal')).toEqual(['promql-duration-expr', 'promql-delayed-name-removal']);
    expect(() => withOptions('promql-delayed-name-removl')).toThrow(/--enable-feature: .*did you mean promql-delayed-name-removal\?/);
    expect(() => withOptions('exemplar-storage')).toThrow(/it takes none, promql-experimental-functions, /);
    expect(load({ ATALAYA_QUERY_FEATURES: 'none' }).settings['query.features']).toEqual(['none']);
  });
});
