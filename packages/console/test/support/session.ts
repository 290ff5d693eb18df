/** One browser and one mock for all browser tests of a file, and what each page must never do. */

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';

import { type MockServer, startMockServer } from '../../dev/mock/server.ts';
import { buildConsole, DIST } from './build.ts';

/** The browser and the server. */
export interface Session {
  readonly browser: Browser;
  readonly mock: MockServer;
}

/** The session of the suite that this is called in: started before its first test, stopped after its last; after each the mock is as at first. */
export function suiteSession(): Session {
  let running: Awaited<ReturnType<typeof startSession>> | undefined;
  const started = () => {
    if (running === undefined) throw new Error('the session starts with the first test');
    return running;
  };
  beforeAll(async () => {
    running = await startSession();
  }, 120_000);
  afterAll(async () => running?.stop());
  afterEach(() => {
    const { mock } = started();
    mock.scene = 'full';
    mock.delay = 0;
    mock.reloadError = '';
  });
  return {
    get browser() {
      return started().browser;
    },
    get mock() {
      return started().mock;
    },
  };
}

/** Builds what is stale and starts both. */
async function startSession(): Promise<Session & { stop(): Promise<void> }> {
  await buildConsole();
  // A copy: other tests may build the page anew while these look at it.
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-console-'));
  await cp(DIST, folder, { recursive: true });
  const mock = await startMockServer({ dist: folder });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  return {
    browser,
    mock,
    async stop() {
      await browser.close();
      await mock.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A page, with all that it complained about or asked of others. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
}

interface VisitOptions {
  readonly scheme?: 'light' | 'dark';
  readonly language?: 'en' | 'es';
  readonly width?: number;
  readonly height?: number;
}

/** Opens an address in a fresh context. Answers with an error status are expected in some scenes and no complaint. */
export async function visit(session: Session, path: string, options: VisitOptions = {}): Promise<Visit> {
  const context = await session.browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.scheme ?? 'light',
    locale: options.language === 'es' ? 'es-ES' : 'en-GB',
    timezoneId: 'Europe/Madrid',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    const ofServer = message.text().startsWith('Failed to load resource');
    if ((message.type() === 'error' || message.type() === 'warning') && !ofServer) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(session.mock.url) && !request.url().startsWith('data:')) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(session.mock.url + path);
  return { page, context, complaints };
}

/** What axe finds against WCAG 2.2 AA, one line a fault. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}
