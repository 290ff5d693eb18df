import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { requireProgram } from '../../../testing/programs.ts';
import { accessibilityFaults, suiteSession, visit } from './support/session.ts';

const skip = requireProgram('chromium', 'apt-get install chromium');
const explore = (query: string, more = '') => `/explore?q=${encodeURIComponent(query)}${more}`;

/** An editor whose completion and documentation, which come after it, are there. */
const READY_EDITOR = '.cm-content[data-ready]';

/** Waits until the editor of query A reads exactly this. */
async function editorReads(page: Page, text: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const lines = [...(document.querySelector('.cm-content')?.querySelectorAll('.cm-line') ?? [])];
    return lines.map((line) => line.textContent).join('\n') === wanted;
  }, text);
}

describe.skipIf(skip)('the explorer', () => {
  const session = suiteSession();

  const typing = async (text: string, options: Parameters<typeof visit>[2] = {}) => {
    const opened = await visit(session, '/explore', options);
    const editor = opened.page.locator(READY_EDITOR).first();
    await editor.click();
    await editor.pressSequentially(text);
    const list = opened.page.locator('.cm-tooltip-autocomplete');
    return { ...opened, editor, list, card: opened.page.locator('.cm-completionInfo') };
  };

  test('completes functions with their documentation, and writes the call', async () => {
    const { page, context, list, card, complaints } = await typing('histogram_q');
    await list.getByRole('option', { name: /histogram_quantile\b/, selected: true }).waitFor();
    await card.getByText('histogram_quantile(q, v)').waitFor();
    await card.getByText('Keep le when you aggregate').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await editorReads(page, 'histogram_quantile(q, v)');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('tells of functions in Spanish to those who read Spanish', async () => {
    const { context, list, card } = await typing('rat', { language: 'es' });
    await list.getByRole('option', { name: /^rate/, selected: true }).waitFor();
    await card.getByText('Crecimiento por segundo de un counter').waitFor();
    await context.close();
  });

  test('completes metrics with type, help and the number of their series', async () => {
    const { page, context, list, card } = await typing('node_cpu_sec');
    await list.getByRole('option', { name: /node_cpu_seconds_total.*counter/, selected: true }).waitFor();
    await card.getByText('Seconds the CPUs spent in each mode.').waitFor();
    await card.getByText('32 series now').waitFor();
    await page.keyboard.press('Tab');
    await editorReads(page, 'node_cpu_seconds_total');
    await context.close();
  });

  test('offers the labels of the metric at hand, and the values that the other matchers leave', async () => {
    const { page, context, editor, list } = await typing('up{');
    await list.getByRole('option', { name: 'job' }).waitFor();
    await expect.poll(() => list.getByRole('option').allInnerTexts()).toEqual(['instance', 'job']);
    await editor.pressSequentially('job');
    await list.getByRole('option', { name: 'job', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    // The matcher is begun, and its values are offered.
    await list.getByRole('option', { name: 'postgres' }).waitFor();
    await editor.pressSequentially('post');
    await list.getByRole('option', { name: 'postgres', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await editorReads(page, 'up{job="postgres"}');
    await editor.pressSequentially(', instance="');
    await list.getByRole('option', { name: 'db-1.lan:9187' }).waitFor();
    await expect.poll(() => list.getByRole('option').count()).toBe(3);
    await context.close();
  });

  test('offers the labels of an aggregation’s own operand', async () => {
    const { page, context, list } = await typing('sum(rate(node_network_receive_bytes_total[5m])) by (');
    await list.getByRole('option', { name: 'device' }).waitFor();
    await expect.poll(() => list.getByRole('option').allInnerTexts()).toEqual(['device', 'instance', 'job']);
    await page.keyboard.press('Enter');
    await editorReads(page, 'sum(rate(node_network_receive_bytes_total[5m])) by (device)');
    await context.close();
  });

  test('mends a slip with one click', async () => {
    const { page, context, editor } = await typing('raet(up[5m])');
    await page.locator('.cm-lintRange-error').hover();
    await page.getByText('1:1: parse error: unknown function with name "raet"').waitFor();
    await page.getByRole('button', { name: 'Did you mean rate?' }).click();
    await editorReads(page, 'rate(up[5m])');
    await editor.press('End');
    await editor.pressSequentially(' + node_laod1 ');
    await page.locator('.cm-lintRange-warning').hover();
    await page.getByText('No metric is called node_laod1.').waitFor();
    await context.close();
  });

  test('shows what a word means at the cursor with F1, and Escape closes it', async () => {
    const { page, context } = await visit(session, explore('rate(node_network_receive_bytes_total[5m])'));
    const editor = page.locator(READY_EDITOR).first();
    await editor.focus();
    await editor.press('Control+Home');
    await editor.press('F1');
    await page.locator('.at-card', { hasText: 'Growth of a counter per second' }).waitFor();
    await editor.press('Escape');
    await page.locator('.at-card').waitFor({ state: 'detached' });
    await context.close();
  });

  test('formats with a button and with keys, and says why it does not', async () => {
    const { page, context } = await visit(session, explore('sum( rate(node_cpu_seconds_total[5m]) )by(mode)'));
    await page.getByRole('button', { name: 'Format (Shift+Alt+F)' }).click();
    await editorReads(page, 'sum by (mode) (rate(node_cpu_seconds_total[5m]))');
    await page.getByRole('button', { name: 'Formatted already' }).waitFor();
    const editor = page.locator(READY_EDITOR).first();
    await editor.press('Control+End');
    await editor.pressSequentially(' *100');
    await editor.press('Escape');
    await page.getByRole('button', { name: 'Format (Shift+Alt+F)' }).waitFor();
    await editor.press('Shift+Alt+F');
    await editorReads(page, 'sum by (mode) (rate(node_cpu_seconds_total[5m])) * 100');
    await editor.pressSequentially(' +');
    await page.getByRole('button', { name: 'Cannot be formatted before its error is mended', disabled: true }).waitFor();
    await context.close();
  });

  test('tells remarks in one line, and shows their place in the query', async () => {
    const { page, context, complaints } = await visit(session, explore('sum(rate(node_load1[5m]))'));
    const line = page.getByRole('button', { name: /1 note.*might not be a counter/ });
    await line.click();
    await page.locator(READY_EDITOR).waitFor();
    await page.getByRole('button', { name: '1:10: show it in the query' }).hover();
    await page.locator('.at-pointed', { hasText: 'node_load1[5m]' }).waitFor();
    await page.mouse.move(0, 0);
    await page.locator('.at-pointed').waitFor({ state: 'detached' });
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('says over the graph that data is missing, and names the setting of a limit', async () => {
    const { page, context } = await visit(session, `${explore('node_filesystem_size_bytes')}&q=${encodeURIComponent('{__name__=~".+"}')}`);
    await page.getByRole('region', { name: 'Graph' }).getByText('is damaged and was left out').waitFor();
    await page.getByText('B: The query asks for too much').waitFor();
    await page.getByRole('link', { name: 'setting query.samples' }).click();
    await page.waitForURL(/status\?.*section=configuration/);
    await context.close();
  });

  test('explains a query: phases, plan, reads, limits; a step shows its place in the query', async () => {
    const { page, context, complaints } = await visit(session, explore('sum by (mode) (rate(node_cpu_seconds_total[5m])) * 100'));
    await page.locator('canvas').waitFor();
    await page.locator('label', { hasText: 'Explain' }).click();
    await page.waitForURL(/tab=explain/);
    const plan = page.getByRole('treegrid');
    await plan.getByRole('row', { name: /^rate function/ }).waitFor();
    await page.getByRole('region', { name: 'Phases' }).getByText('Evaluating').waitFor();
    await page.getByRole('meter', { name: 'query.samples' }).waitFor();
    await page.locator(READY_EDITOR).waitFor();
    await plan.getByRole('row', { name: /^sum by/ }).hover();
    await page.locator('.at-pointed', { hasText: /^sum by \(mode\) \(rate\(node_cpu_seconds_total\[5m\]\)\)$/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the plan is walked, folded and left for the query by keyboard', async () => {
    const { page, context } = await visit(session, explore('sum(rate(node_cpu_seconds_total[5m]))', '&tab=explain'));
    await page.locator(READY_EDITOR).waitFor();
    const rows = page.getByRole('treegrid').locator('[data-row]');
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('[data-row="0.0"]:focus').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.locator('[data-row="0.0"][aria-expanded=false]').waitFor();
    await expect.poll(() => rows.count()).toBe(2);
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-row="0.0.0"]').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => getSelection()?.toString() === 'rate(node_cpu_seconds_total[5m])');
    await context.close();
  });

  test('an explanation is asked for once, in the way that its switch says', async () => {
    const { page, context } = await visit(session, explore('up', '&tab=explain'));
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/atalaya/explain')) asked.push(request.postData() ?? '');
    });
    await page.getByRole('treegrid').waitFor();
    await page.locator('label', { hasText: 'As table' }).click();
    await page.waitForURL(/explain=instant/);
    await page.getByText('0 of 1 steps').waitFor();
    await page.getByRole('button', { name: 'Run and explain again' }).click();
    const asTable = () => asked.filter((body) => body.includes('time=') && !body.includes('start='));
    await expect.poll(() => asTable().length).toBe(2);
    // Besides these at most the one of the beginning, as the graph asks.
    expect(asked.length - asTable().length).toBeLessThanOrEqual(1);
    await context.close();
  });

  test('native histograms are drawn small in the table, and become lines on request', async () => {
    const { page, context, complaints } = await visit(session, explore('rpc_duration_seconds', '&tab=table'));
    await page
      .getByRole('gridcell', { name: /seen, mean .* ms/ })
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.locator('label', { hasText: 'Graph' }).click();
    await page.getByText('Native histograms have no line of their own').waitFor();
    const map = page.getByRole('img', { name: /rpc_duration_seconds: observations from .* to/ });
    await map.hover();
    await page.getByText(/\d\d:\d\d.* · .* to .* · .* observations/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: '95th percentile' }).click();
    await page.waitForURL((url) => url.searchParams.get('q') === 'histogram_quantile(0.95, rate(rpc_duration_seconds[5m]))');
    await page.getByText('3 series, a point every').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('tells its keys in a list that opens and closes by keyboard', async () => {
    const { page, context, complaints } = await visit(session, '/explore', { width: 390, height: 800 });
    const button = page.getByRole('button', { name: 'Keys' });
    await button.press('Enter');
    const list = page.getByRole('dialog', { name: 'Keys' });
    await list.getByText('Format the query').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await context.close();
  });
});
