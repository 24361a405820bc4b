// Firefox with the extension, through Puppeteer's driver over WebDriver BiDi.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browser as find } from '../../../scripts/lib/browsers.mjs';
import { Page, read } from './page.mjs';

/** A fixed address for the extension's own pages; without it every profile draws another. */
const UUID = '5c0a5c0a-5c0a-4c0a-8c0a-5c0a5c0a5c0a';

/** Starts Firefox with the extension in `extension` (none where it is null); every host leads to `port` on loopback. */
export async function firefox({ extension, id, port, headless = true, scheme = 'light', viewport = { width: 1280, height: 900 } }) {
  const puppeteer = (await import('puppeteer-core')).default;
  const profile = mkdtempSync(join(tmpdir(), 'squashcast-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: find('firefox'),
    headless,
    // The extension's own pages are opened by the tests, too.
    args: ['--remote-allow-system-access'],
    acceptInsecureCerts: true,
    userDataDir: profile,
    defaultViewport: viewport,
    extraPrefsFirefox: {
      // Every host is the local server, whatever the machine's name server says.
      'network.dns.forceResolve': '127.0.0.1',
      'network.socket.forcePort': `443=${port}`,
      'network.dns.disableIPv6': true,
      'security.cert_pinning.enforcement_level': 0,
      'network.stricttransportsecurity.preloadlist': false,
      // Host permissions are the user's choice in Firefox; here they are given.
      'extensions.originControls.grantByDefault': true,
      // What an extension asks for later is given without a question, as nobody is there to answer it.
      'extensions.webextOptionalPermissionPrompts': false,
      'extensions.webextensions.uuids': JSON.stringify({ [id]: UUID }),
      'layout.css.prefers-color-scheme.content-override': scheme === 'dark' ? 0 : 1,
      'browser.shell.checkDefaultBrowser': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'app.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  });
  if (extension) await browser.installExtension(extension);
  let [fresh] = await browser.pages();

  return {
    name: 'firefox',
    context: browser,
    async page() {
      const page = fresh ?? (await browser.newPage());
      fresh = undefined;
      await page.setViewport(viewport);
      return new Page(page);
    },
    address: async (path) => `moz-extension://${UUID}/${path}`,
    /** Kills the extension's background page, as the browser does when it has been idle; waits until it is gone. */
    async kill() {
      const { connection } = browser;
      const { result } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
      const answer = await connection.send('script.evaluate', {
        target: { context: result.contexts[0].context },
        awaitPromise: true,
        // What about:debugging's button does.
        expression: `(async () => {
          const { extension } = WebExtensionPolicy.getByID(${JSON.stringify(id)});
          const before = [...extension.views].filter((view) => view.viewType === 'background');
          // As its button does, whatever is under way.
          await extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true });
          // A page that calls at once has woken it again: what counts is that the old one is gone.
          return before.length > 0 && before.every((view) => !extension.views.has(view)) ? 'gone' : extension.backgroundState;
        })()`,
      });
      const state = answer.result.result?.value;
      if (state !== 'gone' && state !== 'stopped') throw new Error(`the background page is not stopped: ${JSON.stringify(answer.result)}`);
    },
    async read(page) {
      const own = new Page(await browser.newPage());
      try {
        await own.open(`moz-extension://${UUID}/popup.html`);
        return await own.eval(read, await page.url());
      } finally {
        await own.close();
      }
    },
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
