// npm start: everything from a fresh clone to a preview on a pull-request page, in a real browser and on a forge of our
// own on loopback. With --once, or where there is no screen: headless, prints what the panel says, takes two pictures.

import { mkdirSync } from 'node:fs';
import { build } from './build.mjs';
import { browser } from './lib/browsers.mjs';
import { Failure, main, ROOT, say } from './lib/run.mjs';
import { setUp } from './setup.mjs';

const ADDRESS = 'https://github.com/acme/widgets/pull/42';

const screen = process.platform === 'darwin' || process.platform === 'win32' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);

await main(async () => {
  const once = process.argv.includes('--once') || !screen;
  await setUp({ browsers: ['chromium'] });
  await build();

  const { forge } = await import('./demo/forge.mjs');
  const { serve } = await import('../tests/e2e/harness/server.mjs');
  const { chromium } = await import('../tests/e2e/harness/chromium.mjs');
  const demo = forge();
  const server = await serve(demo.hosts);
  say(`the demo forge listens on 127.0.0.1:${server.port}; starting ${browser('chromium')} …`);
  const opened = await chromium({
    extension: `${ROOT}dist/chrome`,
    port: server.port,
    headless: once,
    viewport: once ? { width: 1280, height: 1500 } : null,
  });
  try {
    const page = await opened.page();
    if (once) await show(opened, page, server);
    else {
      await page.open(ADDRESS);
      say(`${ADDRESS} is open; close the browser to end.`);
      await opened.closed();
    }
  } finally {
    await opened.close().catch(() => {});
    await server.close();
  }
});

async function show(opened, page, server) {
  const { asText, until } = await import('../tests/e2e/harness/panel.mjs');
  await page.open(ADDRESS);
  const seen = await until(page, ({ phase, panel }) => phase !== null && phase !== 'loading' && panel !== null, 'the pill').catch(
    (error) => {
      const told = new Failure(`no preview came on ${ADDRESS}.`);
      told.output = [error.message, ...page.errors].join('\n');
      throw told;
    },
  );
  if (seen.phase !== 'ready') {
    const told = new Failure(`the preview on ${ADDRESS} is not complete (${seen.phase}).`);
    told.output = asText(seen);
    throw told;
  }
  // Opens the panel as the user does, and reads it as it then stands: before, it is painted when the page is idle.
  await page.click('squashcast-pill >>> button.pill');
  const whole = (panel) => ['subject', 'tool', 'next'].every((part) => panel[part]) && panel.entry.length > 0 && panel.reasons.length > 0;
  const open = await until(page, ({ panel }) => panel !== null && whole(panel), 'the whole panel').catch((error) => {
    const told = new Failure('the panel does not say everything.');
    told.output = error.message;
    throw told;
  });
  process.stdout.write(`${ADDRESS}\n\n${asText(open)}\n`);
  mkdirSync(`${ROOT}shots`, { recursive: true });
  for (const scheme of ['light', 'dark']) {
    await opened.scheme(page, scheme);
    await page.eval(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await page.screenshot(`${ROOT}shots/${scheme}.png`);
  }
  if (server.strangers.length > 0) throw new Failure(`somebody was asked who is not on loopback: ${server.strangers.join(', ')}.`);
  say('pictures: shots/light.png, shots/dark.png.');
}
