import { describe, expect, test } from 'vitest';

import { requireProgram } from '../../../testing/programs.ts';
import { suiteSession, visit } from './support/session.ts';

const skip = requireProgram('chromium', 'apt-get install chromium');
/** Of numbers that its exemplars do not measure: they stand at the chart's foot. */
const OBSERVED = encodeURIComponent('sum(rate(traces_spanmetrics_duration_seconds_bucket{service_name="checkout",le="+Inf"}[5m]))');
const RATES = encodeURIComponent('sum by (service_name) (rate(traces_spanmetrics_calls_total[5m]))');

describe.skipIf(skip)('services, and the ways between the signals', () => {
  const session = suiteSession();

  test('the map shows who calls whom; a node tells its numbers and leads to its page', async () => {
    const { page, context, complaints } = await visit(session, '/services');
    const checkout = page.getByRole('button', { name: /^checkout Service .*fail/ });
    await checkout.click();
    const details = page.getByRole('region', { name: 'What is chosen' });
    await details.getByText('Many calls fail').waitFor();
    await details.getByRole('button', { name: /^payments/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('node')).toBe('checkout');
    const query = async (name: string) =>
      new URL((await details.getByRole('link', { name, exact: true }).getAttribute('href')) ?? '', page.url()).searchParams.get('q');
    expect(await query('Failed traces')).toBe('{resource.service.name="checkout" && status=error}');
    expect(await query('Logs')).toBe('{service_name="checkout"}');
    await details.getByRole('link', { name: 'Open service' }).click();
    await page.getByRole('heading', { name: 'checkout', level: 1 }).waitFor();
    await page.goBack();
    await details.getByText('Many calls fail').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('an edge is chosen from its caller, and its traces are those in which one calls the other', async () => {
    const { page, context } = await visit(session, '/services?node=checkout');
    const details = page.getByRole('region', { name: 'What is chosen' });
    await details.getByRole('button', { name: /^payments/ }).click();
    const link = details.getByRole('link', { name: 'Traces of these calls' });
    await link.waitFor();
    expect(new URL(page.url()).searchParams.getAll('edge')).toEqual(['checkout', 'payments']);
    const href = new URL((await link.getAttribute('href')) ?? '', page.url());
    expect(href.searchParams.get('q')).toBe('{resource.service.name="checkout"} > {resource.service.name="payments"}');
    await context.close();
  });

  test('the map is zoomed and moved by keys; what is sought stands out', async () => {
    const { page, context } = await visit(session, '/services');
    const stage = page.getByRole('group', { name: 'Map' });
    const node = page.getByRole('button', { name: /^mailer Service/ });
    await node.waitFor();
    const before = await node.boundingBox();
    await stage.focus();
    await page.keyboard.press('+');
    await expect.poll(async () => (await node.boundingBox())?.width ?? 0).toBeGreaterThan((before?.width ?? 0) * 1.1);
    await page.keyboard.press('0');
    await expect.poll(async () => Math.round((await node.boundingBox())?.x ?? 0)).toBe(Math.round(before?.x ?? 0));
    await page.getByRole('searchbox', { name: 'Find a service' }).fill('mail');
    await page.locator('[data-dimmed]', { hasText: 'gateway' }).waitFor();
    expect(await node.getAttribute('data-dimmed')).toBeNull();
    await context.close();
  });

  test('the tables have the same, and sort', async () => {
    const { page, context } = await visit(session, '/services?view=table');
    const grid = page.getByRole('grid', { name: 'Services' });
    const names = () => grid.locator('[data-cell$="-0"]').allInnerTexts();
    await expect.poll(async () => (await names()).length).toBeGreaterThan(10);
    const failures = await grid.locator('[data-cell$="-2"]').allInnerTexts();
    const shares = failures.map((text) => Number.parseFloat(text)).filter((share) => !Number.isNaN(share));
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    await grid.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await expect.poll(names).toEqual((await names()).toSorted());
    await context.close();
  });

  test('a service’s page is narrowed to an operation, and back', async () => {
    const { page, context, complaints } = await visit(session, '/services/checkout');
    await page.getByRole('button', { name: 'POST /orders' }).click();
    await page.getByRole('button', { name: 'All operations' }).waitFor();
    expect(new URL(page.url()).searchParams.get('op')).toBe('POST /orders');
    await page.getByRole('button', { name: 'All operations' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('op')).toBeNull();
    await page.getByRole('region', { name: 'Calls', exact: true }).getByRole('link', { name: 'payments' }).click();
    await page.getByRole('heading', { name: 'payments', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a point of a chart leads to the logs of its series’ service, at its time', async () => {
    const { page, context } = await visit(session, `/explore?q=${RATES}`);
    const plot = page.locator('.u-over').first();
    await plot.waitFor();
    await page.getByRole('group', { name: /traces_spanmetrics/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    const item = page.getByRole('menuitem', { name: /^Logs of / }).or(page.getByRole('menuitem', { name: 'All logs at this time' }));
    const href = new URL((await item.first().getAttribute('href')) ?? '', page.url());
    expect(href.pathname).toBe('/logs');
    const [from, to] = ['from', 'to'].map((name) => Number(href.searchParams.get(name))) as [number, number];
    expect(to - from).toBe(120_000);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('menuitem').count()).toBe(0);
    await context.close();
  });

  test('exemplars are told under the pointer, opened by a click, and switched off', async () => {
    const { page, context } = await visit(session, `/explore?q=${OBSERVED}`);
    const plot = page.locator('.u-over').first();
    await page.getByRole('button', { name: 'Hide exemplars' }).waitFor();
    const box = (await plot.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    // They are many: somewhere along the foot is one.
    const told = page.getByText('trace_id');
    for (let x = 20; x < box.width && !(await told.isVisible()); x += 5) await page.mouse.move(box.x + x, box.y + box.height - 5);
    expect(await told.isVisible()).toBe(true);
    await page.mouse.down();
    await page.mouse.up();
    await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/traces\/[0-9a-f]{32}$/);
    await page.goBack();
    await page.getByRole('button', { name: 'Hide exemplars' }).click();
    await page.getByRole('button', { name: 'Show exemplars' }).waitFor();
    await context.close();
  });

  test('a line with a trace opens it', async () => {
    const { page, context } = await visit(session, `/logs?q=${encodeURIComponent('{service_name="checkout"}')}`);
    await page.locator('[data-line]').nth(1).click();
    const link = page.getByRole('link', { name: 'Open trace' });
    const href = new URL((await link.getAttribute('href')) ?? '', page.url());
    expect(href.pathname).toMatch(/^\/traces\/[0-9a-f]{32}$/);
    expect(href.searchParams.get('span')).toMatch(/^[0-9a-f]{16}$/);
    await context.close();
  });

  test('Home names the worst services, the palette finds each', async () => {
    const { page, context } = await visit(session, '/');
    await page.getByRole('region', { name: 'Services' }).getByRole('link', { name: 'payments' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('mailer');
    await page.getByRole('group', { name: 'Services' }).getByRole('option', { name: 'mailer' }).click();
    await page.getByRole('heading', { name: 'mailer', level: 1 }).waitFor();
    await context.close();
  });
});
