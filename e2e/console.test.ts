import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireProgram } from '../testing/programs.ts';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { startBrowser } from './browser.ts';

const missing = requireProgram('chromium', 'apt-get install chromium');

describe.skipIf(missing)('the console on the real program', () => {
  let program: RunningAtalaya;
  let browser: Browser;

  beforeAll(async () => {
    program = await startAtalaya({ environment: { ATALAYA_HOST_ENABLED: 'true', ATALAYA_HOST_INTERVAL: '1s' } });
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await discard(program);
  });

  test('the first page shows this host with live numbers, without a complaint and without asking anyone else', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on(
      'request',
      (request) =>
        !request.url().startsWith(program.url) && !request.url().startsWith('data:') && complaints.push(`asked ${request.url()}`),
    );
    await page.goto(program.url);
    const { host } = await program.status();
    await page.getByText(host.name).first().waitFor();
    // A chart has drawn: its canvas has an area, and its numbers are there.
    await page.locator('canvas').first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  test('a query typed into the explorer is completed and drawn, and its address brings it back', async () => {
    const page = await browser.newPage();
    await page.goto(`${program.url}/explore`);
    const editor = page.locator('.cm-content[data-ready]').first();
    await editor.click();
    await editor.pressSequentially('node_loa');
    // Type and help come from what the collector says of its metrics.
    await page.getByRole('option', { name: /node_load1\b/ }).click();
    await page.locator('.cm-content', { hasText: /^node_load1$/ }).waitFor();
    await editor.pressSequentially('{inst');
    await page.getByRole('option', { name: 'instance' }).click();
    const { host } = await program.status();
    await page.getByRole('option', { name: host.instance }).click();
    await editor.press('Control+Enter');
    await page.waitForURL((url) => url.searchParams.get('q') === `node_load1{instance="${host.instance}"}`);
    await page.locator('canvas').first().waitFor();
    await page.goto(page.url());
    await page.locator('canvas').first().waitFor();
    await page.close();
  }, 60_000);

  test('a query is explained: its plan, what it read, its limits, and the place of a step in the text', async () => {
    const page = await browser.newPage();
    const query = 'sum by (mode) (rate(node_cpu_seconds_total[1m]))';
    await page.goto(`${program.url}/explore?tab=explain&q=${encodeURIComponent(query)}`);
    const plan = page.getByRole('treegrid');
    const selection = plan.getByRole('row', { name: /node_cpu_seconds_total\[1m\] selection/ });
    await selection.waitFor();
    await plan.getByRole('row', { name: /^sum by \(mode\)/ }).waitFor();
    await page.getByRole('meter', { name: 'query.samples' }).waitFor();
    await page.locator('.cm-content[data-ready]').waitFor();
    await selection.hover();
    await page.locator('.at-pointed', { hasText: /^node_cpu_seconds_total\[1m\]$/ }).waitFor();
    await page.close();
  }, 60_000);

  test('an error in the editor reads as the server would say it', async () => {
    const page = await browser.newPage();
    const query = 'rate(node_load1)';
    await page.goto(`${program.url}/explore?q=${encodeURIComponent(query)}`);
    const answer = (await (await fetch(`${program.url}/api/v1/query?query=${encodeURIComponent(query)}`)).json()) as { error: string };
    await page.locator('.cm-lintRange-error').hover();
    await page.locator('.at-diagnostic code', { hasText: answer.error.replace(/^.*?(?=\d+:\d+: )/, '') }).waitFor();
    await page.close();
  }, 60_000);
});
