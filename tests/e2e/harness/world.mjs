// One browser with the shipped extension and a demo forge behind every address, for one group of tests.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forge } from '../../../scripts/demo/forge.mjs';
import { ROOT } from '../../../scripts/lib/run.mjs';
import { chromium } from './chromium.mjs';
import { firefox } from './firefox.mjs';
import { serve } from './server.mjs';

const START = { chromium, firefox };

/** Where each browser's build lies. */
export const DIST = { chromium: `${ROOT}dist/chrome`, firefox: `${ROOT}dist/firefox` };

/**
 * Starts a world. `hosts` are added to the forge's; `prelude` is put before the background script of a copy of the
 * build, to make it fail as the wild may. `forges` are of the user's own, `{root, forge}`: added, and permitted.
 */
export async function world(name, { hosts = new Map(), prelude = '', forges = [], ...options } = {}) {
  const demo = forge();
  for (const [host, play] of hosts) demo.hosts.set(host, play(demo.hosts.get(host)));
  const server = await serve(demo.hosts);
  let extension = DIST[name];
  let copy = null;
  if (prelude || forges.length > 0) {
    copy = mkdtempSync(join(tmpdir(), 'squashcast-dist-'));
    cpSync(extension, copy, { recursive: true });
    writeFileSync(join(copy, 'background.js'), `${prelude}\n${readFileSync(join(extension, 'background.js'), 'utf8')}`);
    // Nobody is there to answer the browser's question: what it would give stands in the manifest.
    const told = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8'));
    told.host_permissions.push(...forges.map(({ root }) => `${new URL(root).origin}/*`));
    writeFileSync(join(copy, 'manifest.json'), JSON.stringify(told));
    extension = copy;
  }
  const manifest = JSON.parse(readFileSync(join(extension, 'manifest.json'), 'utf8'));
  const browser = await START[name]({ extension, id: manifest.browser_specific_settings?.gecko?.id, port: server.port, ...options });
  if (forges.length > 0) await add(browser, forges);
  const pages = [];
  let owners = 0;
  return {
    name,
    browser,
    demo,
    server,
    /** An owner whose repositories no other test has asked for. */
    owner() {
      owners += 1;
      return `t${owners}`;
    },
    async page() {
      const page = await browser.page();
      pages.push(page);
      return page;
    },
    /** What was asked for an owner's repositories, pages and their parts aside. */
    asked: (owner) =>
      server.log.filter(
        ({ url, body, host, headers }) =>
          (url.includes(`/${owner}/`) || body.includes(`"${owner}"`)) &&
          !(/^(github\.com|bitbucket\.org)$/.test(host) && /text\/html/.test(headers.accept ?? '')) &&
          !/\/pull\/\d+\/title$/.test(url),
      ),
    /** Errors that no page script caught, in any page of this world. */
    errors: () => pages.flatMap(({ errors }) => errors),
    async close() {
      await browser.close().catch(() => {});
      await server.close();
      if (copy) rmSync(copy, { recursive: true, force: true });
    },
  };
}

/** Adds forges of the user's own, as the options page does, and waits until their content scripts are registered. */
async function add(browser, forges) {
  const page = await browser.page();
  await page.open(await browser.address('options.html'));
  await page.eval(async (wanted) => {
    await chrome.storage.local.set({ forges: wanted });
    for (;;) {
      if ((await chrome.scripting.getRegisteredContentScripts()).length >= wanted.length) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, forges);
  await page.open('about:blank');
}
