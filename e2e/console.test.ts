import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireProgram } from '../testing/programs.ts';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';

const missing = requireProgram('chromium', 'apt-get install chromium');

describe.skipIf(missing)('the console on the real program', () => {
  let program: RunningAtalaya;
  let browser: Browser;

  beforeAll(async () => {
    program = await startAtalaya({ environment: { ATALAYA_HOST_ENABLED: 'true', ATALAYA_HOST_INTERVAL: '1s' } });
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
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

  test('a query typed into the explorer is drawn, and its address brings it back', async () => {
    const page = await browser.newPage();
    await page.goto(`${program.url}/explore`);
    await page.locator('.cm-content').first().click();
    await page.keyboard.type('node_load1');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Enter');
    await page.locator('canvas').first().waitFor();
    const address = page.url();
    expect(decodeURIComponent(address)).toContain('node_load1');
    await page.goto(address);
    await page.locator('canvas').first().waitFor();
    await page.close();
  }, 60_000);
});
