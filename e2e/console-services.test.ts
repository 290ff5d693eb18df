/** Services in the console on the real program: the sample shop's map, its pages, and the ways between metrics, traces and logs. */

import { spawn } from 'node:child_process';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireProgram } from '../testing/programs.ts';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { openPage, startBrowser } from './browser.ts';

const missing = requireProgram('chromium', 'apt-get install chromium');
const SHOP = path.resolve(import.meta.dirname, '../examples/shop/start.ts');
const RANGE = 'from=now-5m&to=now';

describe.skipIf(missing)('services on the real program', () => {
  let program: RunningAtalaya;
  let browser: Browser;
  const complaints: string[] = [];

  const open = (address: string): Promise<Page> => openPage(browser, program.url + address, complaints, { width: 1280, height: 860 });
  const visitShop = async () => {
    const options = ['--endpoint', program.url, '--visits', '40', '--rate', '20', '--control', '0', '--fault', 'failing-dependency'];
    const child = spawn(process.execPath, [SHOP, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    if (code !== 0) throw new Error(`the shop ended with ${code}: ${output}`);
  };

  beforeAll(async () => {
    program = await startAtalaya({ environment: { ATALAYA_TRACES_OWN: 'false', ATALAYA_TRACES_METRICS_INTERVAL: '1s' } });
    await visitShop();
    browser = await startBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await discard(program);
    expect(complaints).toEqual([]);
  });

  test('the map shows the shop; what fails leads to the failed traces', async () => {
    const page = await open(`/services?${RANGE}&refresh=5s`);
    await page.getByRole('button', { name: /^payment Service .*fail/ }).click({ timeout: 30_000 });
    for (const name of [/^web Service/, /^redis Database/, /^stock Database/, /^stock Service/, /^user Virtual/])
      await page.getByRole('button', { name }).waitFor();
    const details = page.getByRole('region', { name: 'What is chosen' });
    await details.getByRole('button', { name: /^checkout/ }).waitFor();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa', 'best-practice']).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
    await details.getByRole('link', { name: 'Failed traces' }).click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/traces');
    await page.getByText('POST /checkout').first().waitFor();
    await page.goBack();
    await details.getByText('Many calls fail').waitFor();
    await page.context().close();
  });

  test('a service’s page has its numbers, operations, traces, lines, metrics and instances', async () => {
    const page = await open(`/services/checkout?${RANGE}`);
    await page.locator('canvas').nth(3).waitFor();
    await page.getByRole('grid', { name: 'Operations' }).getByRole('button', { name: 'POST /orders' }).waitFor();
    await page.getByRole('region', { name: 'Called by' }).getByRole('link', { name: 'web' }).waitFor();
    await page.getByRole('region', { name: 'Its metrics' }).getByRole('link', { name: 'shop_orders_total' }).waitFor();
    await page.getByRole('region', { name: 'Runs on' }).getByText('checkout-1').waitFor();
    await page.getByRole('button', { name: 'Hide exemplars' }).waitFor();
    const failed = page
      .getByRole('region', { name: 'Recent failures' })
      .getByRole('link', { name: /POST \/checkout/ })
      .first();
    const id = /[0-9a-f]{32}/.exec((await failed.getAttribute('href')) ?? '')?.[0] ?? 'none';
    await failed.click();
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/traces/${id}`);
    await page.getByText('POST /payments').first().waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'checkout', level: 1 }).waitFor();
    await page.context().close();
  });

  test('a line leads to its trace, at the span that wrote it, and says what the trace is', async () => {
    const page = await open(`/logs?q=${encodeURIComponent('{service_name="checkout"}')}&${RANGE}`);
    await page.locator('[data-line]').first().click();
    await page.getByText(/web POST \/checkout ·/).waitFor();
    await page.getByRole('link', { name: 'Open trace' }).click();
    await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/traces\/[0-9a-f]{32}$/);
    expect(new URL(page.url()).searchParams.get('span')).toMatch(/^[0-9a-f]{16}$/);
    await page.getByText('POST /orders').first().waitFor();
    await page.context().close();
  });

  test('a point of a chart leads to the logs and traces of its series’ service', async () => {
    const query = 'sum by (service_name) (increase(traces_spanmetrics_calls_total{service_name="checkout"}[5m]))';
    const page = await open(`/explore?q=${encodeURIComponent(query)}&${RANGE}`);
    const chart = page.getByRole('group', { name: query });
    await chart.locator('.u-over').waitFor();
    // A chart that is drawn anew in between forgets which point was meant.
    await expect
      .poll(
        async () => {
          await chart.focus();
          await page.keyboard.press('ArrowLeft');
          await page.keyboard.press('Enter');
          const item = page.getByRole('menuitem', { name: 'Logs of checkout' });
          return item.waitFor({ timeout: 4000 }).then(
            () => true,
            () => false,
          );
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe(true);
    const questionOf = async (name: string) =>
      new URL((await page.getByRole('menuitem', { name }).getAttribute('href')) ?? '', program.url).searchParams.get('q');
    expect(await questionOf('Logs of checkout')).toBe('{service_name="checkout"}');
    expect(await questionOf('Traces of checkout')).toBe('{resource.service.name="checkout"}');
    await page.getByRole('menuitem', { name: 'Logs of checkout' }).click();
    await page.locator('[data-line]').first().waitFor();
    await page.context().close();
  });
});
