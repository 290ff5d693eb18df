import { randomBytes } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireProgram } from '../testing/programs.ts';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { openPage, startBrowser } from './browser.ts';

const missing = requireProgram('chromium', 'apt-get install chromium');

/** A span to send; times in milliseconds, `at` after the trace's beginning. */
interface Sent {
  readonly id: string;
  readonly parent?: string;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly at: number;
  readonly took: number;
  readonly error?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

/** An order: the web calls the payment, which may be refused. */
function order(refused: boolean, slow: boolean): Sent[] {
  const [web, pay, bank] = [hex(8), hex(8), hex(8)];
  const took = slow ? 1500 : 120;
  return [
    { id: web, service: 'web', name: 'POST /orders', kind: 2, at: 0, took: took + 30, ...(refused ? { error: 'HTTP 502' } : {}) },
    { id: pay, parent: web, service: 'payment', name: 'POST /pay', kind: 2, at: 10, took, ...(refused ? { error: 'refused' } : {}) },
    {
      id: bank,
      parent: pay,
      service: 'payment',
      name: 'charge card',
      kind: 3,
      at: 20,
      took: took - 20,
      attributes: { 'payment.bank': refused ? 'bbva' : 'santander', 'payment.note': '<script>alert(1)</script>' },
    },
  ];
}

describe.skipIf(missing)('the pages of traces on the real program', () => {
  let program: RunningAtalaya;
  let browser: Browser;
  const complaints: string[] = [];
  const refused = hex(16);
  const fine = hex(16);

  const post = async (id: string, ago: number, spans: readonly Sent[]) => {
    const begin = BigInt(Date.now() - ago * 1000) * 1_000_000n;
    const nanoseconds = (milliseconds: number) => String(begin + BigInt(Math.round(milliseconds * 1e6)));
    const values = (attributes: Readonly<Record<string, string>>) =>
      Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
    const answer = await fetch(`${program.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceSpans: spans.map((span) => ({
          resource: { attributes: values({ 'service.name': span.service, 'host.name': `${span.service}-host` }) },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: id,
                  spanId: span.id,
                  ...(span.parent === undefined ? {} : { parentSpanId: span.parent }),
                  name: span.name,
                  kind: span.kind,
                  startTimeUnixNano: nanoseconds(span.at),
                  endTimeUnixNano: nanoseconds(span.at + span.took),
                  attributes: values(span.attributes ?? {}),
                  status: span.error === undefined ? {} : { code: 2, message: span.error },
                },
              ],
            },
          ],
        })),
      }),
    });
    expect(answer.status).toBe(200);
  };
  const open = (path: string): Promise<Page> => openPage(browser, program.url + path, complaints, { width: 1280, height: 800 });
  const range = 'from=now-1h&to=now&refresh=off';
  const queryOf = (page: Page) => new URL(page.url()).searchParams.get('q');
  const rows = (page: Page) => page.locator('[data-trace]');

  beforeAll(async () => {
    program = await startAtalaya();
    for (let i = 0; i < 20; i += 1) await post(hex(16), 60 + i * 60, order(false, i % 5 === 0));
    await post(fine, 40, order(false, false));
    await post(refused, 30, order(true, true));
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await discard(program);
    expect(complaints).toEqual([]);
  });

  test('traces are found by service, errors and attributes, and seen as points and rows', async () => {
    const page = await open(`/traces?${range}`);
    await rows(page).first().waitFor();
    await expect.poll(() => rows(page).count()).toBe(22);
    await page.getByRole('listbox', { name: /^Durations over time/ }).waitFor();
    await expect.poll(() => page.getByRole('option', { name: /web: POST \/orders/ }).count()).toBe(22);
    await page.getByRole('combobox', { name: 'Service' }).click();
    await page.getByRole('option', { name: 'payment', exact: true }).click();
    await expect.poll(() => queryOf(page)).toBe('{ resource.service.name = "payment" }');
    await page.getByRole('button', { name: 'Errors only' }).click();
    await expect.poll(() => rows(page).count()).toBe(1);
    await rows(page).getByText('2 errors').waitFor();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('combobox', { name: 'Attribute' }).fill('span.payment.bank');
    await page.getByRole('combobox', { name: 'Value' }).fill('bbva');
    await page.getByRole('button', { name: 'Add' }).click();
    await expect.poll(() => queryOf(page)).toBe('{ span.payment.bank = "bbva" }');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.goBack();
    await expect.poll(() => rows(page).count()).toBe(22);
    await page.context().close();
  }, 60_000);

  test('a trace shows its spans over time; one opens to its attributes, which lead to other traces', async () => {
    const page = await open(`/traces?${range}`);
    await page.getByRole('textbox', { name: 'Open a trace by its id' }).fill(`00-${refused}-00f067aa0ba902b7-01`);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/traces/${refused}`));
    await expect.poll(() => page.locator('[data-span]').count()).toBe(3);
    await page.locator('[data-span]').first().focus();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const details = page.getByRole('complementary', { name: 'Span details' });
    await details.getByRole('heading', { name: 'charge card' }).waitFor();
    await details.getByText('<script>alert(1)</script>').waitFor();
    await page.waitForURL(/span=[0-9a-f]{16}/);
    await details.getByRole('link', { name: 'Find traces with this payment.bank' }).click();
    await expect.poll(() => queryOf(page)).toBe('{ span.payment.bank = "bbva" }');
    await page.context().close();
  }, 60_000);

  test('a trace is searched, filtered, shown as a flame graph and by operation', async () => {
    const page = await open(`/traces/${refused}?${range}`);
    await page.getByRole('textbox', { name: 'Find in this trace' }).fill('bbva');
    await page.getByText('– of 1').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'charge card' }).waitFor();
    await page.getByRole('button', { name: 'Errors', exact: true }).click();
    await expect.poll(() => page.locator('[data-span]').count()).toBe(2);
    await page.locator('label', { hasText: 'Flame graph' }).click();
    await page.getByRole('treeitem', { name: /charge card of payment: 1 call/ }).waitFor();
    await page.locator('label', { hasText: 'Operations' }).click();
    await page.getByRole('gridcell', { name: 'POST /pay', exact: true }).waitFor();
    await page.locator('label', { hasText: 'JSON' }).click();
    await page.getByText('"resourceSpans"').waitFor();
    await page.context().close();
  }, 60_000);

  test('two traces are compared', async () => {
    const page = await open(`/traces/compare?a=${fine}&b=${refused}&${range}`);
    await page.getByText(/^B takes 1\.38\ss longer than A/).waitFor();
    await page.getByRole('row', { name: 'payment, charge card: slower' }).waitFor();
    await page.context().close();
  }, 60_000);

  test('TraceQL is completed from what was sent, its numbers are drawn, its errors are the server’s', async () => {
    const page = await open(`/traces?mode=traceql&${range}`);
    const editor = page.locator('.cm-content[data-ready]');
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('{ span.payment.bank = "bb');
    await page.keyboard.press('Control+Space');
    await page.getByRole('option', { name: 'bbva' }).waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('{ kind = server } | count_over_time() by (resource.service.name)');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('region', { name: 'Numbers from spans' }).locator('canvas').waitFor();
    const wrong = '{ kind = server && }';
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(wrong);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText('parse error at line 1, col 20').waitFor();
    const answer = await fetch(`${program.url}/tempo/api/search?q=${encodeURIComponent(wrong)}`);
    expect(await answer.text()).toContain('parse error at line 1, col 20');
    await page.context().close();
  }, 60_000);

  test('in Spanish, and without a fault that axe could find', async () => {
    const page = await open(`/traces/${refused}?${range}`);
    await page.locator('[data-span]').nth(1).click();
    await page.getByRole('button', { name: 'Appearance and language' }).click();
    await page.getByText('Español').click();
    await page.getByRole('button', { name: 'Camino crítico' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Aspecto e idioma' }).waitFor();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`)).toEqual([]);
    await page.context().close();
  }, 60_000);
});
