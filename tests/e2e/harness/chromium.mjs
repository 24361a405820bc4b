// Chromium with the extension, through Playwright's driver. The flags' reasons: as root, offline, without a screen.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browser as find } from '../../../scripts/lib/browsers.mjs';
import { Page, read } from './page.mjs';

/** Starts Chromium with the extension in `extension` (none where it is null); every host leads to `port` on loopback. */
export async function chromium({ extension, port, headless = true, scheme = 'light', viewport = { width: 1280, height: 900 } }) {
  const { chromium: driver } = await import('playwright-core');
  const profile = mkdtempSync(join(tmpdir(), 'squashcast-chromium-'));
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--ignore-certificate-errors',
    `--host-resolver-rules=MAP * 127.0.0.1:${port}`,
  ];
  if (extension) {
    args.push(`--disable-extensions-except=${extension}`, `--load-extension=${extension}`);
    // Chromium would ignore the flag above by default, since release 137.
    args.push('--disable-features=DisableLoadExtensionCommandLineSwitch');
  }
  const options = { executablePath: find('chromium'), headless, args, ignoreHTTPSErrors: true, colorScheme: scheme, viewport };
  const context = await driver.launchPersistentContext(profile, options);
  let started = false;

  async function worker() {
    return context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker', { timeout: 10_000 }));
  }

  return {
    name: 'chromium',
    context,
    /** A new page. */
    async page() {
      // The one that the browser opened by itself is the user's; with the last page the browser would end, so tests
      // leave it open.
      const page = started || headless ? await context.newPage() : context.pages()[0];
      started = true;
      return new Page(page);
    },
    /** The address of one of the extension's own pages. */
    async address(path) {
      return new URL(path, (await worker()).url()).href;
    },
    /** Calls a function in the extension's worker. */
    async background(work, argument) {
      return (await worker()).evaluate(work, argument);
    },
    /** What the content script has read of a page, as it is sent to the core. */
    async read(page) {
      return (await worker()).evaluate(read, await page.url());
    },
    /** Kills the extension's worker, as the browser does when it needs the memory; waits until it is gone. */
    async kill() {
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      const find = async () =>
        (await session.send('Target.getTargets')).targetInfos.find(
          ({ type, url }) => type === 'service_worker' && url.startsWith('chrome-extension://'),
        );
      const victim = await find();
      await session.send('ServiceWorker.enable');
      await session.send('ServiceWorker.stopAllWorkers').catch(() => {});
      if (victim) await session.send('Target.closeTarget', { targetId: victim.targetId }).catch(() => {});
      const end = Date.now() + 5000;
      while (victim && (await find())?.targetId === victim.targetId) {
        if (Date.now() > end) throw new Error('the worker cannot be killed');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await page.close();
    },
    /** Light or dark, for the page that is given. */
    scheme: (page, wanted) => page.driver.emulateMedia({ colorScheme: wanted }),
    /** Takes the network away, or gives it back. */
    offline: (whether) => context.setOffline(whether),
    /** Resolves when the user closes the browser. */
    closed: () => new Promise((resolve) => context.once('close', resolve)),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
