/**
 * Pictures of the pages in both themes, both languages, wide and narrow: `node dev/screenshots.ts FOLDER [BASE-URL] [ONLY]`.
 * Without a base URL the mock serves; ONLY is an expression that the names of the wanted files match.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type Browser, chromium, type Page } from 'playwright-core';

import type { Scene } from './mock/answers.ts';
import { type MockServer, startMockServer } from './mock/server.ts';
import { jobBefore, tracesIn } from './mock/traces/world.ts';

const [folder = 'screenshots', baseUrl = '', only = ''] = process.argv.slice(2);
const wanted = new RegExp(only);

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly scene?: Scene;
  /** What is done on the page before the picture is taken. */
  readonly act?: (page: Page) => Promise<unknown>;
}

/** Opens the first line that has fields of all kinds. */
async function openLine(page: Page): Promise<void> {
  await page.locator('[data-line]').nth(2).click();
  await page
    .getByRole('button', { name: /duration_ms/ })
    .nth(3)
    .click();
}

const QUERY = 'sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[1m]))';
const RATIO =
  'topk(3, sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[5m])) / ignoring (mode) group_left sum(rate(node_cpu_seconds_total[5m]))) * 100';
/** A trace of the pretended shop in which the bank refused, one that went well, and the one of ten thousand spans. */
const lately = [...tracesIn(Date.now() - 3_600_000, Date.now() - 60_000)];
const REFUSED = lately.find(({ spans }) => spans.some(({ error, name }) => error !== '' && name === 'charge card'));
const FINE = lately.find(({ spans }) => spans.some(({ service }) => service === 'mailer'));
const LARGE = jobBefore(Date.now());
const refusedSpan = REFUSED?.spans.find(({ name, error }) => name === 'charge card' && error !== '')?.id;

const SHOTS: readonly Shot[] = [
  { name: 'home', path: '/' },
  { name: 'home-problems', path: '/', scene: 'problems' },
  { name: 'home-fresh', path: '/?from=now-15m&to=now', scene: 'fresh' },
  { name: 'home-engine-down', path: '/', scene: 'engine-down' },
  { name: 'metrics', path: `/explore?q=${encodeURIComponent(QUERY)}&stacked=1` },
  { name: 'metrics-start', path: '/explore' },
  { name: 'metrics-table', path: '/explore?q=node_cpu_seconds_total&tab=table' },
  {
    name: 'metrics-two',
    path: `/explore?q=${encodeURIComponent('node_load1')}&q=${encodeURIComponent('node_load15')}&q=${encodeURIComponent('sum(rate(node_cpu')}`,
  },
  { name: 'metrics-histograms', path: '/explore?q=rpc_duration_seconds' },
  { name: 'metrics-histogram-table', path: '/explore?q=rpc_duration_seconds&tab=table' },
  { name: 'explain', path: `/explore?q=${encodeURIComponent(RATIO)}&tab=explain` },
  {
    name: 'metrics-remarks',
    path: `/explore?q=${encodeURIComponent('rate(node_load1[5m])')}&q=${encodeURIComponent('node_filesystem_size_bytes')}&q=${encodeURIComponent('{__name__=~".+"}')}`,
  },
  { name: 'logs', path: '/logs' },
  { name: 'logs-guide', path: `/logs?q=${encodeURIComponent('{job="shop"}')}` },
  { name: 'logs-search', path: `/logs?q=${encodeURIComponent('{job="shop"} |= "refused" | detected_level="error"')}` },
  { name: 'logs-line', path: `/logs?q=${encodeURIComponent('{service_name="checkout"}')}`, act: openLine },
  {
    name: 'logs-columns',
    path: `/logs?q=${encodeURIComponent('{service_name="checkout"} | json')}&column=order&column=duration_ms&wrap=1`,
  },
  {
    name: 'logs-logql',
    path: `/logs?mode=logql&q=${encodeURIComponent('{job="shop"} | json | duration_ms > 2000 | line_format "{{.msg}}"')}`,
  },
  { name: 'logs-wrong', path: `/logs?mode=logql&q=${encodeURIComponent('{job="shop"} | json | duration_ms >')}` },
  { name: 'logs-beyond', path: `/logs?q=${encodeURIComponent('{job="shop"} |~ "time(out|r)"')}` },
  { name: 'logs-numbers', path: `/logs?q=${encodeURIComponent('sum by (service_name) (count_over_time({job=~".+"} [1m]))')}` },
  { name: 'logs-tail', path: '/logs?tail=1', act: async (page) => page.waitForTimeout(2500) },
  { name: 'logs-patterns', path: '/logs?tab=patterns' },
  { name: 'logs-empty', path: '/logs', scene: 'empty' },
  { name: 'logs-none', path: `/logs?q=${encodeURIComponent('{job="shop"} |= "no such word"')}` },
  { name: 'logs-error', path: '/logs', scene: 'error' },
  { name: 'services', path: '/services' },
  { name: 'services-node', path: '/services?node=checkout' },
  { name: 'services-edge', path: '/services?edge=checkout&edge=payments' },
  { name: 'services-table', path: '/services?view=table' },
  {
    name: 'metrics-point',
    path: `/explore?q=${encodeURIComponent('sum by (service_name) (rate(traces_spanmetrics_calls_total{span_kind="SPAN_KIND_SERVER"}[5m]))')}`,
    act: async (page) =>
      page
        .locator('.u-over')
        .first()
        .click({ position: { x: 180, y: 200 } }),
  },
  {
    name: 'metrics-exemplars',
    path: `/explore?q=${encodeURIComponent('histogram_quantile(0.95, sum by (le) (rate(traces_spanmetrics_duration_seconds_bucket{service_name="checkout"}[5m])))')}`,
  },
  { name: 'services-empty', path: '/services', scene: 'empty' },
  { name: 'services-error', path: '/services', scene: 'error' },
  { name: 'service', path: '/services/checkout' },
  { name: 'service-operation', path: `/services/checkout?op=${encodeURIComponent('POST /charges')}` },
  { name: 'service-unknown', path: '/services/nobody' },
  { name: 'traces', path: '/traces' },
  {
    name: 'traces-search',
    path: `/traces?q=${encodeURIComponent('{ resource.service.name = "payments" && status = error }')}&order=duration`,
    act: async (page) =>
      page
        .getByRole('button', { name: /^Show the matching|^Mostrar los spans/ })
        .first()
        .click(),
  },
  {
    name: 'traces-traceql',
    path: `/traces?mode=traceql&q=${encodeURIComponent('{ resource.service.name = "web" } >> { status = error }')}`,
  },
  { name: 'traces-wrong', path: `/traces?mode=traceql&q=${encodeURIComponent('{ resource.service.name = "web" && }')}` },
  { name: 'traces-beyond', path: `/traces?q=${encodeURIComponent('{ resource.service.name = "web" } >> { status = error }')}` },
  { name: 'traces-numbers', path: `/traces?mode=traceql&q=${encodeURIComponent('{ kind = server } | rate() by (resource.service.name)')}` },
  { name: 'traces-empty', path: '/traces', scene: 'empty' },
  { name: 'traces-none', path: `/traces?q=${encodeURIComponent('{ resource.service.name = "nobody" }')}` },
  { name: 'traces-error', path: '/traces', scene: 'error' },
  { name: 'trace', path: `/traces/${REFUSED?.id}` },
  { name: 'trace-span', path: `/traces/${REFUSED?.id}?span=${refusedSpan}` },
  { name: 'trace-large', path: `/traces/${LARGE}` },
  { name: 'trace-find', path: `/traces/${LARGE}?find=${encodeURIComponent('HTTP 503')}&errors=1&part=2000000-9000000` },
  { name: 'trace-flame', path: `/traces/${FINE?.id}?view=flame` },
  { name: 'trace-statistics', path: `/traces/${LARGE}?view=statistics` },
  { name: 'trace-json', path: `/traces/${FINE?.id}?view=json` },
  { name: 'trace-none', path: `/traces/${'0123456789abcdef'.repeat(2)}` },
  { name: 'trace-error', path: `/traces/${FINE?.id}`, scene: 'error' },
  { name: 'compare', path: `/traces/compare?a=${FINE?.id}&b=${REFUSED?.id}` },
  { name: 'compare-choose', path: `/traces/compare?a=${FINE?.id}` },
  { name: 'targets', path: '/targets', scene: 'problems' },
  { name: 'status', path: '/status' },
  { name: 'status-storage', path: '/status?section=storage' },
  { name: 'status-logs', path: '/status?section=logs', scene: 'problems' },
  { name: 'status-configuration', path: '/status?section=configuration', scene: 'problems' },
];
/** These are made in all variants; the others only once each. */
const EVERYWHERE = new Set([
  'home',
  'logs',
  'logs-line',
  'logs-tail',
  'logs-patterns',
  'traces',
  'trace',
  'trace-span',
  'compare',
  'metrics',
  'explain',
  'metrics-remarks',
  'metrics-histogram-table',
  'services',
  'services-node',
  'service',
  'targets',
  'status',
]);
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;

async function shoot(browser: Browser, base: string, mock: MockServer | undefined): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    for (const language of ['en', 'es'] as const) {
      for (const size of ['wide', 'narrow'] as const) {
        const context = await browser.newContext({
          viewport: SIZES[size],
          colorScheme: scheme,
          locale: language === 'es' ? 'es-ES' : 'en-GB',
          timezoneId: 'Europe/Madrid',
          deviceScaleFactor: size === 'narrow' ? 2 : 1,
          reducedMotion: 'reduce',
        });
        const page = await context.newPage();
        for (const shot of SHOTS) {
          const name = `${shot.name}-${scheme}-${language}-${size}`;
          const plain = scheme === 'light' ? language === 'en' : language === 'es';
          if (!wanted.test(name) || (!EVERYWHERE.has(shot.name) && !plain)) continue;
          if (mock) mock.scene = shot.scene ?? 'full';
          else if (shot.scene) continue;
          await page.goto(base + shot.path);
          // A page that follows something is never idle.
          await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => undefined);
          await page.evaluate(() => document.fonts.ready);
          await shot.act?.(page);
          await page.waitForTimeout(250);
          if (size === 'narrow') {
            // As tall as the page, so that the bar at the bottom is at the bottom of the picture.
            const height = await page.evaluate(() => document.documentElement.scrollHeight);
            await page.setViewportSize({ width: SIZES.narrow.width, height: Math.min(height, 2400) });
            await page.waitForTimeout(150);
          }
          await page.screenshot({ path: join(folder, `${name}.png`) });
          await page.setViewportSize(SIZES[size]);
        }
        await context.close();
      }
    }
  }
}

await mkdir(folder, { recursive: true });
const mock = baseUrl === '' ? await startMockServer() : undefined;
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  await shoot(browser, mock?.url ?? baseUrl, mock);
} finally {
  await browser.close();
  await mock?.close();
}
