import { describe, expect, test } from 'vitest';

import { requireProgram } from '../../../testing/programs.ts';
import type { Scene } from '../dev/mock/answers.ts';
import { tracesIn } from '../dev/mock/traces/world.ts';
import { accessibilityFaults, suiteSession, visit } from './support/session.ts';

const skip = requireProgram('chromium', 'apt-get install chromium');
/** An order and its payment, of the pretended shop. */
const [TRACE, OTHER] = [...tracesIn(Date.now() - 3_600_000, Date.now() - 60_000)].filter(({ spans }) => spans[0]?.name === 'POST /orders');
const QUERY = encodeURIComponent('sum by (mode) (rate(node_cpu_seconds_total[1m]))');

interface View {
  readonly name: string;
  readonly path: string;
  /** What stands on the page in each state. */
  readonly full: string;
  readonly empty: string;
  readonly error: string;
}

const VIEWS: readonly View[] = [
  { name: 'Home', path: '/', full: 'canvas', empty: 'text=No data in this time range', error: 'text=Something went wrong in the server' },
  {
    name: 'Metrics',
    path: `/explore?q=${QUERY}`,
    full: 'canvas',
    empty: 'text=No data in this time range',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Metrics, table',
    path: '/explore?q=node_load1&tab=table',
    full: 'role=gridcell',
    empty: 'text=No data in this time range',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Metrics, explained',
    path: `/explore?q=${QUERY}&tab=explain`,
    full: 'role=treegrid',
    empty: 'role=treegrid',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Logs',
    path: '/logs',
    full: 'role=treegrid >> role=row >> nth=3',
    empty: 'text=No logs yet',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Logs, patterns',
    path: '/logs?tab=patterns',
    full: 'role=table',
    empty: 'text=No patterns in this time range',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Logs, numbers',
    path: `/logs?mode=logql&q=${encodeURIComponent('sum by (job) (rate({job=~".+"} [1m]))')}`,
    full: 'canvas',
    empty: 'text=No data in this time range',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Services',
    path: '/services?view=map',
    full: 'role=button[name=/^checkout Service/]',
    empty: 'text=No services yet',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Services, a node',
    path: '/services?node=checkout',
    full: 'text=Many calls fail',
    empty: 'text=No services yet',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Services, tables',
    path: '/services?view=table',
    full: 'role=gridcell',
    empty: 'text=No services yet',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'A service',
    path: '/services/checkout',
    full: 'canvas',
    empty: 'text=Nothing is known of',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Traces',
    path: '/traces',
    full: '[data-trace] >> nth=3',
    empty: 'text=No traces yet',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Traces, numbers',
    path: `/traces?mode=traceql&q=${encodeURIComponent('{ kind = server } | rate() by (resource.service.name)')}`,
    full: 'canvas',
    empty: 'text=No data in this time range',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'A trace',
    path: `/traces/${TRACE?.id}?span=${TRACE?.spans[2]?.id}`,
    full: '[data-span] >> nth=3',
    empty: 'text=There is no such trace',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'A trace, flame graph',
    path: `/traces/${TRACE?.id}?view=flame`,
    full: 'role=treeitem >> nth=3',
    empty: 'text=There is no such trace',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'A trace, operations',
    path: `/traces/${TRACE?.id}?view=statistics`,
    full: 'role=gridcell >> nth=3',
    empty: 'text=There is no such trace',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Two traces',
    path: `/traces/compare?a=${TRACE?.id}&b=${OTHER?.id}`,
    full: 'role=row >> nth=3',
    empty: 'text=was not found',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Targets',
    path: '/targets',
    full: 'text=edge-1.lan:9100',
    empty: 'text=Targets appear here once',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Status',
    path: '/status',
    full: 'text=Circuit breaker',
    empty: 'text=Circuit breaker',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Status, storage',
    path: '/status?section=storage',
    full: 'role=gridcell',
    empty: 'text=Nothing stored yet',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Status, log sources',
    path: '/status?section=logs',
    full: 'text=journald',
    empty: 'text=Nothing is collected here',
    error: 'text=Something went wrong in the server',
  },
  {
    name: 'Status, configuration',
    path: '/status?section=configuration',
    full: 'text=scrape_interval: 15s',
    empty: 'text=scrape_interval: 15s',
    error: 'text=Something went wrong in the server',
  },
];

describe.skipIf(skip)('every view', () => {
  const session = suiteSession();

  const open = async (scene: Scene, path: string, options: Parameters<typeof visit>[2] = {}) => {
    session.mock.scene = scene;
    return visit(session, path, options);
  };

  test.each(VIEWS)('$name shows its data, in silence, and asks nobody else', async ({ path, full }) => {
    const { page, context, complaints } = await open('full', path);
    await page.locator(full).first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test.each(VIEWS)('$name says what would be there when there is nothing', async ({ path, empty }) => {
    const { page, context, complaints } = await open('empty', path);
    await page.locator(empty).first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test.each(VIEWS)('$name says what failed', async ({ path, error }) => {
    const { page, context, complaints } = await open('error', path);
    await page.locator(error).first().waitFor();
    await page.getByText('EIO').first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test.each(VIEWS)('$name holds its place while it waits', async ({ path }) => {
    session.mock.delay = 60_000;
    const { page, context, complaints } = await open('full', path);
    await page.getByRole('status', { name: 'Loading' }).first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test.each(VIEWS)('$name is accessible in both themes, and fits a narrow phone', async ({ path, full }) => {
    const { page, context } = await open('problems', path);
    await page.locator(full).first().waitFor();
    await page.waitForLoadState('networkidle');
    const faults = { light: await accessibilityFaults(page), dark: [] as string[], narrow: [] as string[] };
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await page.waitForTimeout(200);
    faults.dark = await accessibilityFaults(page);
    await page.setViewportSize({ width: 380, height: 760 });
    await page.locator(full).first().waitFor();
    faults.narrow = await accessibilityFaults(page);
    expect(faults).toEqual({ light: [], dark: [], narrow: [] });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await context.close();
  });

  test.each(VIEWS)('$name is in Spanish for a Spanish browser', async ({ path }) => {
    const { page, context } = await open('full', path, { language: 'es' });
    await page.getByRole('link', { name: 'Métricas' }).first().waitFor();
    await page.waitForLoadState('networkidle');
    await page.locator('html[lang=es]').waitFor();
    const text = await page.locator('main').innerText();
    expect(text).not.toMatch(/\b(Loading|Status|Targets up|Last scrape|Storage engine|Size|Metrics)\b/);
    await context.close();
  });

  test('Home with the engine away says so calmly and comes back by itself', async () => {
    const { page, context, complaints } = await open('engine-down', '/');
    await page.getByText('1 critical problem').waitFor();
    await page.getByText('Not available right now').first().waitFor();
    await page
      .getByRole('link', { name: /Status.*storage engine is down/i })
      .first()
      .waitFor();
    session.mock.scene = 'full';
    await page.getByText('All is well').waitFor({ timeout: 20_000 });
    await page.locator('canvas').first().waitFor({ timeout: 20_000 });
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('data stays on show, marked, while the engine is away', async () => {
    const { page, context } = await open('full', '/explore?q=up&refresh=5s');
    await page.locator('canvas').first().waitFor();
    session.mock.scene = 'engine-down';
    await page.getByText('Not up to date').first().waitFor({ timeout: 15_000 });
    await page.getByText('The storage engine is down and being restarted').waitFor({ timeout: 15_000 });
    expect(await page.locator('canvas').count()).toBe(1);
    await context.close();
  });

  test('a lost server is told in a banner', async () => {
    const { page, context } = await open('full', '/targets?refresh=5s');
    await page.getByText('edge-1.lan:9100').waitFor();
    await context.setOffline(true);
    await page.getByText('No connection to Atalaya').first().waitFor({ timeout: 15_000 });
    await context.close();
  });
});
