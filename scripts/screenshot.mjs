// The README's pictures: the real extension on the demo forge's page, cut to the title with its pill and the open panel.
// `node scripts/screenshot.mjs` writes docs/panel-light.png and docs/panel-dark.png.

import { mkdirSync, statSync } from 'node:fs';
import { build } from './build.mjs';
import { Failure, invoked, main, ROOT, say } from './lib/run.mjs';
import { setUp } from './setup.mjs';

const ADDRESS = 'https://github.com/acme/widgets/pull/42';
/** Room around what is shown, in CSS pixels, and how many pixels of the picture one of them is. */
const MARGIN = 16;
const SCALE = 1.5;
/** A README is read on slow lines, too. */
const HEAVIEST = 150_000;

/** Runs in the page: shows the title and the whole panel, nothing else; tells where they are. */
function frame(margin) {
  const root = document.querySelector('squashcast-pill').shadowRoot;
  const popover = root.querySelector('.popover');
  popover.style.maxHeight = 'none';
  document.body.style.visibility = 'hidden';
  for (const shown of document.querySelectorAll('h1, squashcast-pill')) shown.style.visibility = 'visible';
  for (const button of document.querySelectorAll('h1 button')) button.style.visibility = 'hidden';
  const { left, right, bottom } = popover.getBoundingClientRect();
  const { left: start, top } = document.querySelector('h1').getBoundingClientRect();
  const x = Math.max(0, Math.min(left, start) - margin);
  const y = Math.max(0, top - margin);
  return { x, y, width: right + margin - x, height: bottom + margin - y };
}

/** Takes the pictures with the build that is there. */
export async function screenshots() {
  const { forge } = await import('./demo/forge.mjs');
  const { serve } = await import('../tests/e2e/harness/server.mjs');
  const { chromium } = await import('../tests/e2e/harness/chromium.mjs');
  const { until } = await import('../tests/e2e/harness/panel.mjs');
  const server = await serve(forge().hosts);
  const opened = await chromium({ extension: `${ROOT}dist/chrome`, port: server.port, viewport: null });
  try {
    const page = await opened.page();
    const session = await opened.context.newCDPSession(page.driver);
    const size = { width: 820, height: 1100, deviceScaleFactor: SCALE, mobile: false };
    await session.send('Emulation.setDeviceMetricsOverride', size);
    await page.open(ADDRESS);
    await until(page, ({ phase, panel }) => phase === 'ready' && panel !== null, 'the pill');
    await page.click('squashcast-pill >>> button.pill');
    await page.waitFor(() => document.querySelector('squashcast-pill').shadowRoot.querySelector('.popover:popover-open') !== null);
    mkdirSync(`${ROOT}docs`, { recursive: true });
    for (const scheme of ['light', 'dark']) {
      await opened.scheme(page, scheme);
      await page.eval(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      const path = `${ROOT}docs/panel-${scheme}.png`;
      await page.driver.screenshot({ path, clip: await page.eval(frame, MARGIN) });
      const weight = statSync(path).size;
      if (weight > HEAVIEST) throw new Failure(`docs/panel-${scheme}.png weighs ${weight} bytes, more than ${HEAVIEST}.`);
      say(`docs/panel-${scheme}.png: ${Math.round(weight / 1000)} KB`);
    }
  } finally {
    await opened.close().catch(() => {});
    await server.close();
  }
}

if (invoked(import.meta.url)) {
  await main(async () => {
    await setUp({ browsers: ['chromium'] });
    await build();
    await screenshots();
  });
}
