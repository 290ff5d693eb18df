import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireProgram } from '../testing/programs.ts';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { openPage, startBrowser } from './browser.ts';

const missing = requireProgram('chromium', 'apt-get install chromium');

/** A line to send: seconds before now, text, attributes. */
type Sent = readonly [ago: number, text: string, attributes?: Readonly<Record<string, string>>];

const SHOP: Sent[] = Array.from({ length: 120 }, (_, i): Sent => {
  const bad = i % 10 === 3;
  return [
    i * 10,
    JSON.stringify({
      level: bad ? 'error' : 'info',
      msg: bad ? 'payment refused by bank' : 'order stored',
      took_ms: 10 + i,
      order: `A-${i}`,
    }),
    { trace_id: String(i).padStart(32, 'a') },
  ];
});
const WEB: Sent[] = Array.from({ length: 60 }, (_, i): Sent => [
  i * 20 + 5,
  `10.0.0.${i} "GET /cart HTTP/1.1" 200 <script>alert(${i})</script>`,
]);

describe.skipIf(missing)('the logs page on the real program', () => {
  let program: RunningAtalaya;
  let browser: Browser;
  const complaints: string[] = [];

  const push = async (labels: Readonly<Record<string, string>>, lines: readonly Sent[]) => {
    const now = BigInt(Date.now()) * 1_000_000n;
    const values = lines.map(([ago, text, attributes]) => [
      String(now - BigInt(ago) * 1_000_000_000n),
      text,
      ...(attributes ? [attributes] : []),
    ]);
    const answer = await fetch(`${program.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ streams: [{ stream: labels, values }] }),
    });
    expect(answer.status).toBe(204);
  };
  const open = (path: string): Promise<Page> => openPage(browser, program.url + path, complaints);
  const rows = (page: Page) => page.locator('[data-line]');
  const queryOf = (page: Page) => new URL(page.url()).searchParams.get('q');
  const rangeOf = '&from=now-1h&to=now';
  const asking = (query: string, more = '') => `/logs?q=${encodeURIComponent(query)}${rangeOf}${more}`;

  beforeAll(async () => {
    program = await startAtalaya();
    await push({ job: 'shop', host: 'app-1' }, SHOP);
    await push({ job: 'web', host: 'edge-1' }, WEB);
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await discard(program);
    expect(complaints).toEqual([]);
  });

  test('lines are found by words, labels and levels; what is in them stays text', async () => {
    const page = await open(`/logs?refresh=off${rangeOf}`);
    await page.getByRole('navigation', { name: 'Labels' }).getByRole('button', { name: /^web/ }).first().click();
    await expect.poll(() => queryOf(page)).toMatch(/="web"/);
    await rows(page).first().getByText('<script>alert(').waitFor();
    await page.getByRole('textbox', { name: 'Words to find' }).fill('"payment refused"');
    await page.keyboard.press('Enter');
    await page.getByText('No lines found').waitFor();
    await page.getByRole('button', { name: 'Show all lines' }).click();
    await page
      .getByRole('group', { name: 'Levels' })
      .getByRole('button', { name: /^Error/ })
      .click();
    await expect.poll(() => queryOf(page)).toContain('detected_level="error"');
    await page.locator('[data-line][data-level=error]').first().waitFor();
    await expect.poll(() => page.locator('[data-line]:not([data-level=error])').count()).toBe(0);
    await page.context().close();
  }, 60_000);

  test('a line opens to fields that filter and count, and has its surroundings', async () => {
    const page = await open(asking('{job="shop"} |= "refused"'));
    await rows(page).nth(2).click();
    await page.getByRole('heading', { name: 'Attributes of the line' }).waitFor();
    await page.getByRole('button', { name: 'Values of took_ms' }).click();
    await page.getByText('12 values in 12 of 12 loaded lines').waitFor();
    await page.getByRole('button', { name: 'Lines around it' }).click();
    const around = page.getByRole('dialog');
    await around.locator('[aria-current]', { hasText: 'payment refused by bank' }).waitFor();
    await expect.poll(() => around.getByRole('listitem').count()).toBe(21);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Only lines with this order' }).click();
    await expect.poll(() => queryOf(page)).toBe('{job="shop"} |= "refused" | json | order="A-23"');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.context().close();
  }, 60_000);

  test('dragging over the bars narrows the time to lines that were there', async () => {
    const page = await open(asking('{job="shop"}', '&refresh=off'));
    const bars = page.getByRole('region', { name: 'Volume' });
    await bars.getByText(/120 lines/).waitFor();
    const box = (await bars.locator('.u-over').boundingBox()) as { x: number; y: number; width: number; height: number };
    await page.mouse.move(box.x + box.width * 0.85, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.95, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{13}&to=\d{13}/);
    await expect
      .poll(async () => Number(await page.getByRole('treegrid', { name: 'Lines' }).getAttribute('aria-rowcount')))
      .toBeLessThan(60);
    await rows(page).first().waitFor();
    await page.context().close();
  }, 60_000);

  test('the live tail shows what is sent now', async () => {
    const page = await open(asking('{job="shop"}', '&tail=1'));
    await page.getByRole('region', { name: 'Live' }).getByText('Live', { exact: true }).waitFor();
    await push({ job: 'shop', host: 'app-1' }, [[0, 'level=warn msg="just now"']]);
    await rows(page).getByText('just now').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await push({ job: 'shop', host: 'app-1' }, [[0, 'level=warn msg="in the pause"']]);
    await page.getByRole('button', { name: '1 new line' }).click();
    await rows(page).getByText('in the pause').waitFor();
    await page.context().close();
  }, 60_000);

  test('patterns are counted and left out with a click', async () => {
    const page = await open(asking('{job="shop"}', '&tab=patterns'));
    const row = page.getByRole('row', { name: /order stored/ });
    await row.waitFor();
    await row.getByRole('button', { name: 'Leave out lines like this' }).click();
    await expect.poll(() => queryOf(page)).toContain('!> "');
    await page.locator('label', { hasText: 'Lines' }).click();
    await rows(page).first().waitFor();
    await expect.poll(() => rows(page).getByText('order stored').count()).toBe(0);
    await page.context().close();
  }, 60_000);

  test('LogQL is completed from what was sent, its numbers are drawn, its errors are the server’s', async () => {
    const page = await open('/logs?mode=logql&from=now-1h&to=now');
    const editor = page.locator('.cm-content[data-ready]');
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('{job="sh');
    await page.getByRole('option', { name: 'shop', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.type(' | json | unwrap took');
    await page.getByRole('option', { name: /took_ms/, selected: true }).waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('sum by (level) (count_over_time({job="shop"} | json | __error__="" [1m]))');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('region', { name: 'Numbers from lines' }).locator('canvas').waitFor();
    const wrong = '{job="shop"} | json | took_ms >';
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(wrong);
    await page.keyboard.press('Control+Enter');
    const answer = await fetch(`${program.url}/loki/api/v1/query_range?query=${encodeURIComponent(wrong)}`);
    await page
      .getByRole('alert')
      .getByText((await answer.text()).trim())
      .waitFor();
    await page.context().close();
  }, 60_000);

  test('in Spanish, and without a fault that axe could find', async () => {
    const page = await open(asking('{job="shop"}'));
    await rows(page).nth(3).click();
    await page.getByRole('button', { name: 'Appearance and language' }).click();
    await page.getByText('Español').click();
    await page.getByRole('heading', { name: 'Campos del texto' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Aspecto e idioma' }).waitFor();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`)).toEqual([]);
    await page.context().close();
  }, 60_000);
});
