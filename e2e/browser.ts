/** A browser for the console's tests on the real program, and pages in it that note what is wrong. */

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Starts Chromium; needs the `chromium` that {@link requireProgram} looks for. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** Opens a page in a context of its own. What it says of errors, and answers that are errors, are added to `complaints`. */
export async function openPage(
  browser: Browser,
  url: string,
  complaints: string[],
  viewport?: BrowserContextOptions['viewport'],
): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-GB', ...(viewport === undefined ? {} : { viewport }) });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('response', (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.status()} ${answer.url()} ${answer.request().postData() ?? ''}`);
  });
  await page.goto(url);
  return page;
}
