import { readFile } from 'node:fs/promises';

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { requireProgram } from '../../../testing/programs.ts';
import { accessibilityFaults, suiteSession, visit } from './support/session.ts';

const skip = requireProgram('chromium', 'apt-get install chromium');
const logs = (query: string, more = '') => `/logs?q=${encodeURIComponent(query)}${more}`;
const queryOf = (page: Page) => new URL(page.url()).searchParams.get('q');

describe.skipIf(skip)('the logs page', () => {
  const session = suiteSession();

  const rows = (page: Page) => page.locator('[data-line]');

  test('a beginner finds lines by words, levels and labels, and sees the LogQL of it', async () => {
    const { page, context, complaints } = await visit(session, '/logs');
    await rows(page).nth(5).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('"connection refused" -timeout');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('q') === '{service_name=~".+"} |= "connection refused" != "timeout"');
    await page.locator('mark', { hasText: 'connection refused' }).first().waitFor();
    await page
      .getByRole('group', { name: 'Levels' })
      .getByRole('button', { name: /^Error/ })
      .click();
    await page
      .getByRole('navigation', { name: 'Labels' })
      .getByRole('button', { name: /^checkout/ })
      .click();
    await expect.poll(() => queryOf(page)).toBe('{service_name="checkout"} |= "connection refused" != "timeout" | detected_level="error"');
    await page.getByRole('list', { name: 'Chosen' }).getByText('service_name = checkout').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Take back' }).click();
    await expect.poll(() => queryOf(page)).toContain('service_name=~".+"');
    await page.goBack();
    await page.getByText('service_name = checkout').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a line opens to its fields; one filters, counts and becomes a column', async () => {
    const { page, context, complaints } = await visit(session, logs('{service_name="checkout"}'));
    await rows(page).nth(3).click();
    await page.getByRole('heading', { name: 'Fields in the text' }).waitFor();
    await page.getByRole('button', { name: 'Values of customer_country' }).click();
    await page.getByText(/4 values in/).waitFor();
    // Without the word over the button, which is beside the page's landmarks.
    await page.mouse.move(0, 0);
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show customer_country as a column' }).click();
    await page.waitForURL(/column=customer_country/);
    await page.getByRole('button', { name: 'Leave out lines with this level' }).click();
    await expect.poll(() => queryOf(page)).toMatch(/^\{service_name="checkout"\} \| json \| level!="\w+"$/);
    await rows(page).first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('is walked by keyboard: down, open, close, back to the search', async () => {
    const { page, context } = await visit(session, '/logs');
    await rows(page).first().focus();
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await page.locator('[data-line]:focus[aria-expanded=false]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-line]:focus[aria-expanded=true]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-line]:focus[aria-expanded=false]').waitFor();
    await page.keyboard.press('/');
    await page.locator('[data-search-field]:focus').waitFor();
    await context.close();
  });

  test('dragging over the bars narrows the time, a level of the bars filters', async () => {
    const { page, context } = await visit(session, '/logs?from=now-1h&to=now');
    const bars = page.getByRole('region', { name: 'Volume' });
    const canvas = bars.locator('.u-over');
    await canvas.waitFor();
    const box = (await canvas.boundingBox()) as { x: number; y: number; width: number; height: number };
    await page.mouse.move(box.x + box.width * 0.4, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{13}&to=\d{13}/);
    const range = new URL(page.url()).searchParams;
    expect(Number(range.get('to')) - Number(range.get('from'))).toBeLessThan(1_200_000);
    await context.close();
  });

  test('smooth through a hundred thousand lines: only what is in sight is drawn, and reading stops at the limit', async () => {
    const { page, context, complaints } = await visit(session, logs('{service_name="flood"}', '&from=now-6h&to=now&refresh=off'));
    await rows(page).first().waitFor();
    await expect
      .poll(
        async () => {
          await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
          return page.getByText('No more than 100,000 lines are held here').count();
        },
        { timeout: 90_000, interval: 60 },
      )
      .toBe(1);
    expect(await page.getByRole('treegrid', { name: 'Lines' }).getAttribute('aria-rowcount')).toBe('100000');
    expect(await rows(page).count()).toBeLessThan(120);
    expect(complaints).toEqual([]);
    await context.close();
  }, 120_000);

  test('the expert writes LogQL with completion and is told of errors; the search says what it cannot show', async () => {
    const { page, context, complaints } = await visit(session, '/logs?mode=logql');
    const editor = page.locator('.cm-content[data-ready]');
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('{jo');
    await page.getByRole('option', { name: 'job', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: 'postgresql' }).waitFor();
    await page.keyboard.type('sho');
    await page.getByRole('option', { name: 'shop', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.type(' | json | dura');
    await page.getByRole('option', { name: /duration_ms/, selected: true }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.keyboard.type(' > ');
    await page.locator('.cm-lintRange-error').waitFor();
    await page.keyboard.type('1000');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL((url) => url.searchParams.get('q') === '{job="shop"} | json | duration_ms > 1000');
    await rows(page).first().waitFor();
    await page.locator('label', { hasText: 'Search' }).click();
    await page.getByText('This question says more than the search can show.').waitFor();
    await page.getByRole('button', { name: 'New search with its labels' }).click();
    await page.getByText('job = shop').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a metric query is a chart with its table', async () => {
    const { page, context, complaints } = await visit(session, logs('sum by (job) (count_over_time({job=~".+"} [1m]))', '&mode=logql'));
    await page.getByRole('region', { name: 'Numbers from lines' }).locator('canvas').waitFor();
    await page.getByRole('row', { name: /postgresql/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('follows lines live, with a pause, and under the page’s policy', async () => {
    const { page, context, complaints } = await visit(session, '/logs');
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    await page.waitForURL(/tail=1/);
    const tail = page.getByRole('region', { name: 'Live' });
    await rows(page).nth(1).waitFor();
    await tail.getByText('lines per second').waitFor();
    await tail.getByRole('button', { name: 'Pause' }).click();
    await tail.getByText('Paused').waitFor();
    const shown = await rows(page).count();
    await tail.getByRole('button', { name: /new lines?$/ }).waitFor();
    expect(await rows(page).count()).toBe(shown);
    expect(await accessibilityFaults(page)).toEqual([]);
    await tail.getByRole('button', { name: /new lines?$/ }).click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(shown);
    await tail.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('region', { name: 'Volume' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('patterns: one alone, or left out', async () => {
    const { page, context, complaints } = await visit(session, '/logs?tab=patterns');
    await page.getByRole('row').nth(2).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Leave out lines like this' }).first().click();
    await expect.poll(() => queryOf(page)).toContain('!> "');
    await page.getByRole('button', { name: 'Only lines like this' }).nth(2).click();
    await expect.poll(() => queryOf(page)).toContain('|> "');
    await rows(page).first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a line has its surroundings, and a link that brings it back', async () => {
    const { page, context, complaints } = await visit(session, logs('{job="nginx"} |= "502"'));
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await rows(page).nth(4).click();
    const text = await page.getByLabel('The whole line').innerText();
    await page.getByRole('button', { name: 'Copy link to this line' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole('button', { name: 'Lines around it' }).click();
    const around = page.getByRole('dialog');
    await around.locator('[aria-current]', { hasText: text.slice(0, 60) }).waitFor();
    const before = await around.getByRole('listitem').count();
    await around.getByRole('button', { name: 'More before' }).click();
    await expect.poll(() => around.getByRole('listitem').count()).toBeGreaterThan(before);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(link);
    await page.locator('[data-pointed][aria-expanded=true]').waitFor();
    expect(await page.getByLabel('The whole line').innerText()).toBe(text);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('lines are taken away as files: those that are loaded, and those of the server', async () => {
    const { page, context } = await visit(session, logs('{service_name="payments"}'));
    await rows(page).first().waitFor();
    const count = Number((await page.getByRole('treegrid', { name: 'Lines' }).getAttribute('aria-rowcount')) ?? 0);
    await page.getByRole('button', { name: 'Download' }).click();
    await page.locator('label', { hasText: 'JSON lines' }).click();
    const loaded = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: /loaded line/ }).click();
    const lines = (await readFile(await (await loaded).path(), 'utf8')).trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(count);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ stream: { service_name: 'payments' } });
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByRole('menuitem', { name: /10,000 lines/ }).click();
    const read = page.waitForEvent('download');
    await page.getByRole('dialog').getByRole('button', { name: 'Download' }).click();
    expect((await read).suggestedFilename()).toMatch(/^logs-.*\.jsonl$/);
    await context.close();
  });

  test('text is text: markup in a line stays what it is', async () => {
    const { page, context } = await visit(session, logs('{service_name="search"} |= "<b>"'));
    await rows(page).first().getByText('<b>not bold</b>').waitFor();
    await page.locator('mark', { hasText: '<b>' }).first().waitFor();
    expect(await rows(page).locator('b').count()).toBe(0);
    await context.close();
  });

  test('in Spanish and dark on a narrow screen nothing is cut off, and all can be read', async () => {
    const { page, context, complaints } = await visit(session, '/logs', { language: 'es', scheme: 'dark', width: 380, height: 800 });
    await rows(page).nth(2).waitFor();
    await page.getByRole('button', { name: 'Buscar', exact: true }).last().waitFor();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await rows(page).nth(1).click();
    await page.getByRole('heading', { name: 'Labels del stream' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Labels', exact: true }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^nginx/ })
      .first()
      .click();
    await expect.poll(() => queryOf(page)).toBe('{service_name="nginx"}');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('says how to send logs where there are none, and what may help where none are found', async () => {
    session.mock.scene = 'empty';
    const none = await visit(session, '/logs');
    await none.page.getByText('No logs yet').waitFor();
    await none.page.getByRole('tab', { name: 'OpenTelemetry' }).click();
    await none.page.getByText(`endpoint: ${session.mock.url}`).waitFor();
    expect(await accessibilityFaults(none.page)).toEqual([]);
    await none.context.close();
    session.mock.scene = 'full';
    const { page, context } = await visit(session, logs('{job="shop"} |= "ORDER STORED"'));
    await page.getByText('No lines found').waitFor();
    await page.getByRole('button', { name: 'Ignore upper and lower case' }).click();
    await rows(page).first().waitFor();
    await context.close();
  });
});
