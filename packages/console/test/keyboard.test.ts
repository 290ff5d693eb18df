import { describe, expect, test } from 'vitest';

import { requireProgram } from '../../../testing/programs.ts';
import { accessibilityFaults, suiteSession, visit } from './support/session.ts';

const skip = requireProgram('chromium', 'apt-get install chromium');

describe.skipIf(skip)('working with the page', () => {
  const session = suiteSession();

  test('Ctrl-K finds a metric and opens it, by keyboard alone', async () => {
    const { page, context, complaints } = await visit(session, '/');
    await page.getByText('All is well').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('load15');
    await page.getByRole('option', { name: /node_load15/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForURL(/explore\?.*q=node_load15/);
    await page.getByRole('group', { name: 'node_load15' }).locator('canvas').waitFor();
    await page.locator('#content:focus').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('Ctrl-K loses no letter typed right after it, and closing gives the focus back', async () => {
    const { page, context } = await visit(session, '/targets');
    await page.getByText('edge-1.lan:9100').waitFor();
    // Opened once, so that its code is there.
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('combobox').waitFor({ state: 'detached' });
    await page.getByRole('textbox', { name: /Find by address/ }).focus();
    await page
      .getByRole('textbox', { name: /Find by address/ })
      .and(page.locator(':focus'))
      .waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('mem');
    await expect.poll(() => page.getByRole('combobox').inputValue()).toBe('mem');
    await page.keyboard.press('Escape');
    await page.getByRole('combobox').waitFor({ state: 'detached' });
    // The focus comes back a moment after the palette has gone.
    await page
      .getByRole('textbox', { name: /Find by address/ })
      .and(page.locator(':focus'))
      .waitFor();
    await page.keyboard.type('x');
    await page.waitForURL(/find=x/);
    await context.close();
  });

  test('the first Tab offers the way past the navigation', async () => {
    const { page, context } = await visit(session, '/status');
    await page.getByText('Circuit breaker').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#content:focus').waitFor();
    await context.close();
  });

  test('Ctrl-Enter runs what was typed, the URL holds it, and Back goes back', async () => {
    const { page, context, complaints } = await visit(session, '/explore');
    await page.getByRole('textbox', { name: 'PromQL query A' }).click();
    await page.keyboard.type('sum(up');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/q=sum/);
    await page.getByText('1 series, a point every').waitFor();
    await page.goBack();
    await page.getByText('Start here').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('completion offers metrics of the server with their help', async () => {
    const { page, context } = await visit(session, '/explore');
    await page.getByRole('textbox', { name: 'PromQL query A' }).click();
    await page.keyboard.type('node_boot');
    await page.locator('.cm-tooltip-autocomplete', { hasText: 'node_boot_time_seconds' }).waitFor();
    await context.close();
  });

  test('an error is marked where it is, in the reader’s language', async () => {
    const { page, context } = await visit(session, `/explore?q=${encodeURIComponent('rate(up)')}`, { language: 'es' });
    await page.locator('.cm-lintRange-error').waitFor();
    await page.locator('.cm-lintRange-error').hover();
    await page.getByText('Esto debe ser de tipo vector de rango').waitFor();
    // The server's own words below, and the change that mends it.
    await page.getByText('1:6: parse error: expected type range vector').waitFor();
    await page.getByRole('button', { name: '¿Quiso decir up[5m]?' }).click();
    await page.locator('.cm-content', { hasText: 'rate(up[5m])' }).waitFor();
    await page.locator('.cm-lintRange-error').waitFor({ state: 'detached' });
    await context.close();
  });

  test('a refused query shows the server’s reason beside the others’ data', async () => {
    const { page, context } = await visit(session, `/explore?q=up&q=${encodeURIComponent('sum(up')}`);
    await page.getByText('B: The query was refused').waitFor();
    await page.getByText('parse error').waitFor();
    await page.locator('canvas').waitFor();
    expect(await page.getByText('Not up to date').count()).toBe(0);
    await context.close();
  });

  test('the metric browser starts a query, and then inserts into it', async () => {
    const { page, context } = await visit(session, '/explore', { width: 1440 });
    await page.getByRole('textbox', { name: 'Find a metric' }).fill('context');
    await page.getByRole('button', { name: /node_context_switches_total/ }).click();
    await page.waitForURL((url) => url.searchParams.get('q') === 'rate(node_context_switches_total[5m])');
    await page.getByRole('textbox', { name: 'Find a metric' }).fill('node_load15');
    await page.getByRole('button', { name: /node_load15/ }).click();
    await page.locator('.cm-content', { hasText: 'node_load15' }).waitFor();
    await context.close();
  });

  test('the legend sorts, and a click isolates a series', async () => {
    const { page, context } = await visit(session, `/explore?q=${encodeURIComponent('sum by (mode) (rate(node_cpu_seconds_total[1m]))')}`);
    await page.getByRole('columnheader', { name: 'Last' }).getByRole('button').click();
    await page.locator('th[aria-sort=descending]', { hasText: 'Last' }).waitFor();
    const first = page.locator('tbody tr:first-child', { hasText: 'idle' });
    const off = page.locator('tbody tr[data-off]');
    await first.getByRole('button').click();
    await expect.poll(() => off.count()).toBe(7);
    await first.getByRole('button').click();
    await expect.poll(() => off.count()).toBe(0);
    await context.close();
  });

  test('dragging over a chart zooms, a double click goes back', async () => {
    const { page, context } = await visit(session, '/explore?q=node_load1');
    const plot = page.locator('.u-over');
    await plot.waitFor();
    const box = await plot.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width * 0.3, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{13}&to=\d{13}/);
    await page.getByRole('switch', { name: 'Live', checked: false }).waitFor();
    await plot.dblclick();
    await page.waitForURL(/from=now-1h&to=now/);
    await context.close();
  });

  test('a chart is read with the arrow keys and described in words', async () => {
    const { page, context } = await visit(session, '/');
    const chart = page.getByRole('group', { name: 'Load average' });
    await page.locator('canvas').first().waitFor();
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    await chart.getByText('15 min').waitFor();
    const described = () =>
      chart.evaluate((element) => document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent);
    await expect.poll(described).toMatch(/Load average: 3 series from .* last .*, minimum .*, maximum/);
    await context.close();
  });

  test('ranges are chosen, kept between pages, and made absolute', async () => {
    const { page, context } = await visit(session, '/');
    await page.getByRole('button', { name: /Time range/ }).click();
    await page.getByRole('button', { name: 'Last 6 hours' }).click();
    await page.waitForURL(/from=now-6h/);
    await page.getByRole('link', { name: 'Metrics' }).first().click();
    await page.waitForURL(/explore\?.*from=now-6h/);
    await page.getByRole('button', { name: /Time range/ }).click();
    await page.getByRole('textbox', { name: 'From' }).fill('2026-11-22 03:00');
    await page.getByRole('textbox', { name: 'To' }).fill('2026-11-22 02:00');
    await page.getByText('Before the start').waitFor();
    await page.getByRole('textbox', { name: 'To' }).fill('2026-11-22 04:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/from=1795312800000&to=1795316400000/);
    await context.close();
  });

  test('targets are filtered by state and text, and unfold their labels before relabelling', async () => {
    session.mock.scene = 'problems';
    const { page, context } = await visit(session, '/targets');
    await page.getByText('edge-1.lan:9100').waitFor();
    await page.locator('label', { hasText: 'Down' }).click();
    await page.waitForURL(/state=down/);
    await expect.poll(() => page.getByRole('button', { name: /\.lan/ }).count()).toBe(1);
    await page.getByText('no route to host').waitFor();
    await page.getByRole('button', { name: /edge-4/ }).click();
    await page.getByText('__metrics_path__').waitFor();
    await page.goto(`${session.mock.url}/targets?dropped=1`);
    await page.getByText('staging-1.lan:9187').waitFor();
    await context.close();
  });

  test('a reload tells whether it worked, and why not', async () => {
    const { page, context } = await visit(session, '/status?section=configuration');
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByText('Configuration reloaded.').waitFor();
    session.mock.reloadError = 'prometheus.yml, line 3: unknown field "scrap_configs"';
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByText('unknown field "scrap_configs"').waitFor();
    await context.close();
  });

  test('a fresh installation is told what to do next, with this server’s address', async () => {
    session.mock.scene = 'fresh';
    const { page, context } = await visit(session, '/');
    await page.getByRole('button', { name: 'Receive remote write' }).click();
    await page.getByText(`${session.mock.url}/api/v1/write`).waitFor();
    await page.getByRole('button', { name: 'Scrape a target' }).click();
    await page.getByText('/etc/atalaya/prometheus.yml').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Hide for good' }).click();
    await page.reload();
    await page.getByText('All is well').waitFor();
    expect(await page.getByText('This host is being watched.').count()).toBe(0);
    await context.close();
  });

  test('theme and language are switched and remembered', async () => {
    const { page, context } = await visit(session, '/');
    await page.getByRole('button', { name: 'Appearance and language' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await page.getByRole('menuitemradio', { name: 'Español' }).click();
    await page.getByText('Todo va bien').waitFor();
    await page.reload();
    await page.getByText('Todo va bien').waitFor();
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await context.close();
  });

  test('tables are walked with the arrow keys, sorted, and lose and regain columns', async () => {
    const { page, context } = await visit(session, '/status?section=storage');
    const cell = page.getByRole('gridcell').first();
    await cell.waitFor();
    await cell.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-cell') === '1-1');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Help' }).click();
    const help = page.getByRole('columnheader', { name: 'Help' });
    await help.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('gridcell').first().waitFor();
    expect(await help.count()).toBe(0);
    await context.close();
  });
});
