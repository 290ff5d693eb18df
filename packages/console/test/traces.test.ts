import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { requireProgram } from '../../../testing/programs.ts';
import { jobBefore, tracesIn } from '../dev/mock/traces/world.ts';
import { accessibilityFaults, suiteSession, visit } from './support/session.ts';

const skip = requireProgram('chromium', 'apt-get install chromium');
const [TRACE] = [...tracesIn(Date.now() - 3_600_000, Date.now() - 60_000)].filter(({ spans }) => spans[0]?.name === 'POST /orders');
const queryOf = (page: Page) => new URL(page.url()).searchParams.get('q');

describe.skipIf(skip)('the pages of traces', () => {
  const session = suiteSession();

  const rows = (page: Page) => page.locator('[data-trace]');
  const spans = (page: Page) => page.locator('[data-span]');

  test('an id after Ctrl-K, or pasted anywhere, opens its trace', async () => {
    const { page, context, complaints } = await visit(session, '/');
    await page.getByRole('link', { name: 'Traces' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search' }).fill(`00-${TRACE?.id}-00f067aa0ba902b7-01`);
    await page.getByRole('option', { name: TRACE?.id ?? '', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/traces/${TRACE?.id}`));
    await spans(page).first().waitFor();
    await page.goto(`${session.mock.url}/traces`);
    await page.getByRole('combobox', { name: 'Operation' }).focus();
    await page.evaluate((id) => {
      const data = new DataTransfer();
      data.setData('text/plain', ` ${id}\n`);
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, TRACE?.id);
    await page.waitForURL(new RegExp(`/traces/${TRACE?.id}`));
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('dragging over the points narrows time and duration, a double click goes back', async () => {
    const { page, context } = await visit(session, '/traces?from=now-1h&to=now&refresh=off');
    const plot = page.getByRole('listbox', { name: /^Durations over time/ });
    const box = (await plot.boundingBox()) as { x: number; y: number; width: number };
    await page.mouse.move(box.x + box.width * 0.6, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 110, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{13}&to=\d{13}/);
    await expect.poll(() => queryOf(page)).toMatch(/^\{ traceDuration >= [\d.]+m?s && traceDuration <= [\d.]+m?s \}$/);
    await rows(page).first().waitFor();
    await plot.dblclick({ position: { x: 80, y: 100 } });
    await expect.poll(() => queryOf(page)).toBeNull();
    await plot.focus();
    await page.keyboard.press('Home');
    await page.locator('[data-trace][data-pointed]').waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
    await context.close();
  });

  test('ten thousand spans: few are drawn, keys walk, fold, find and open', async () => {
    const { page, context, complaints } = await visit(session, `/traces/${jobBefore(Date.now())}`);
    await spans(page).first().focus();
    await expect.poll(async () => page.getByRole('treegrid').getAttribute('aria-rowcount')).toBe('10000');
    expect(await spans(page).count()).toBeLessThan(80);
    await page.keyboard.press('End');
    await page.locator('[data-span="9999"]:focus').waitFor();
    await page.keyboard.press('Home');
    await page.locator('[data-span="0"]:focus').waitFor();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => page.getByRole('treegrid').getAttribute('aria-rowcount')).toBe('1');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('/');
    await page.keyboard.type('HTTP 503');
    await page.getByText(/– of \d+/).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-span][aria-selected=true][data-found]').waitFor();
    await page.getByRole('complementary', { name: 'Span details' }).getByText('HTTP 503').waitFor();
    await page.getByRole('button', { name: 'Errors', exact: true }).click();
    await page.getByText(/^\d+ of 10,000 spans$/).waitFor();
    await page.getByRole('slider', { name: /^Whole trace/ }).focus();
    await page.keyboard.press('+');
    await page.waitForURL(/part=/);
    await page.getByRole('button', { name: 'Show the whole' }).click();
    await expect.poll(() => page.url()).not.toContain('part=');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('two rows that are ticked are compared; only differences are shown', async () => {
    const { page, context } = await visit(session, '/traces?order=duration');
    await rows(page).nth(1).getByRole('checkbox').check();
    await page.getByText('Choose two traces to compare').waitFor();
    await rows(page).nth(4).getByRole('checkbox').check();
    await page.getByRole('link', { name: 'Compare these two' }).click();
    await page.waitForURL(/\/traces\/compare\?.*a=[0-9a-f]{32}&b=[0-9a-f]{32}/);
    await page.getByRole('treegrid').waitFor();
    await page.getByRole('button', { name: 'Only differences' }).click();
    await page.waitForURL(/changes=1/);
    await context.close();
  });

  test('TraceQL beyond the controls is kept, errors are told, completion knows what there is', async () => {
    const { page, context, complaints } = await visit(session, `/traces?q=${encodeURIComponent('{ name = "a" } >> { name = "b" }')}`);
    await page.getByRole('button', { name: 'Edit as TraceQL' }).click();
    const editor = page.locator('.cm-content[data-ready]');
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('{ serv');
    await page.getByRole('option', { name: /resource\.service\.name/ }).waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('{ kind = ');
    await page.keyboard.press('Control+Enter');
    await page
      .getByRole('alert')
      .getByText(/parse error/)
      .waitFor();
    await page.getByRole('button', { name: 'Errors of one service' }).click();
    await rows(page).first().waitFor();
    await page.mouse.move(0, 0);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
