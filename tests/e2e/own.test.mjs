// squashcast's own pages, and what axe-core says of everything it paints, in light and dark.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { deflateRawSync } from 'node:zlib';
import { ROOT } from '../../scripts/lib/run.mjs';
import { group } from './harness/groups.mjs';
import { settled } from './harness/panel.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on a page, as lines; `inside` limits it to elements. */
async function axe(page, inside) {
  await page.eval(AXE);
  const found = await page.eval(async (selector) => {
    const { violations } = await window.axe.run(selector ?? document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
    );
  }, inside);
  return found;
}

/** A picture to look at, in shots/. */
async function shot(page, { name }, what) {
  mkdirSync(`${ROOT}shots`, { recursive: true });
  await page.screenshot(`${ROOT}shots/${name}-${what.replace(/[ .]/g, '-')}.png`, { fullPage: true });
}

const WWW = {
  'playground.example': () => (request) => {
    const file = `${ROOT}dist/www${request.path === '/' ? '/index.html' : request.path}`;
    if (!existsSync(file)) return { status: 404, headers: {}, body: '' };
    const types = {
      html: 'text/html',
      js: 'text/javascript',
      css: 'text/css',
      wasm: 'application/wasm',
      json: 'application/json',
      svg: 'image/svg+xml',
    };
    const type = types[file.split('.').at(-1)] ?? 'application/octet-stream';
    const policy =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:";
    return { status: 200, headers: { 'content-type': type, 'content-security-policy': policy }, body: readFileSync(file) };
  },
};

for (const scheme of ['light', 'dark']) {
  group(`in ${scheme}`, { scheme, hosts: new Map(Object.entries(WWW)) }, (test) => {
    for (const [name, path] of [
      ['a ready panel', 'widgets/pull/42'],
      ['a panel with findings', 'widgets/pull/44'],
      ['a panel without a tool', 'plain/pull/1'],
      ['the older page', 'gears/pull/7'],
      ['a very long title', 'hostile/pull/1'],
    ]) {
      test(`axe: ${name}`, async ({ page, owner, browser }) => {
        await page.open(`https://github.com/${owner}/${path}`);
        await settled(page);
        await shot(page, browser, `${scheme}-${name}`);
        for (const host of ['squashcast-pill', 'squashcast-panel']) {
          if (await page.eval((wanted) => document.querySelector(wanted) !== null, host)) assert.deepEqual(await axe(page, host), []);
        }
      });
    }

    test('axe: a failed panel', async ({ page, owner, demo, browser }) => {
      demo.fail(/api\.github\.com/, 'limited');
      await page.open(`https://github.com/${owner}/widgets/pull/42`);
      await settled(page);
      await shot(page, browser, `${scheme}-a failed panel`);
      assert.deepEqual(await axe(page, 'squashcast-panel'), []);
    });

    for (const path of ['options.html', 'popup.html']) {
      test(`axe: ${path}`, async ({ page, browser }) => {
        await page.open(await browser.address(path));
        await page.waitFor(() => document.querySelector('main')?.childElementCount > 0, undefined, { what: 'the painted page' });
        await shot(page, browser, `${scheme}-${path}`);
        assert.deepEqual(await axe(page), []);
      });
    }

    test('axe: the playground', async ({ page }) => {
      await page.open('https://playground.example/');
      await page.waitFor(
        () => Boolean(document.querySelector('squashcast-panel')?.shadowRoot?.querySelector('.panel .message')),
        undefined,
        { what: 'the painted panel' },
      );
      assert.deepEqual(await axe(page), []);
    });
  });
}

group('own pages', { hosts: new Map(Object.entries(WWW)) }, (test) => {
  test('the playground keeps its case in the address', async ({ page }) => {
    await page.open('https://playground.example/');
    const panel = () => document.querySelector('squashcast-panel')?.shadowRoot?.querySelector('.panel .message .subject')?.textContent;
    await page.waitFor(panel, undefined, { what: 'the painted panel' });
    await page.type('[name="title"], #title', 'feat: shared by its address');
    // The address follows a moment after the last key: what it holds is read, not that it holds something.
    await page.waitFor(
      async () => {
        const fragment = location.hash.slice(1).replaceAll('-', '+').replaceAll('_', '/');
        if (fragment === '') return false;
        const bytes = Uint8Array.from(atob(fragment), (letter) => letter.charCodeAt(0));
        const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
        const shown = document.querySelector('squashcast-panel').shadowRoot.querySelector('.panel .message .subject').textContent;
        return /shared by its address/.test(shown) && (await new Response(plain).text()).includes('shared by its address');
      },
      undefined,
      { what: 'the case in the panel and the address' },
    );
    const address = await page.url();
    await page.open('about:blank');
    await page.open(address);
    await page.waitFor(
      () =>
        /shared by its address/.test(
          document.querySelector('squashcast-panel')?.shadowRoot?.querySelector('.panel .message .subject')?.textContent ?? '',
        ),
      undefined,
      { what: 'the shared case' },
    );
  });

  test('the playground fills a repository’s own template', async ({ page }) => {
    const files = {
      'cliff.toml': "[changelog]\nbody = '# {{ version }}: {% for commit in commits %}{{ commit.message | upper }}{% endfor %}'\n",
    };
    const example = { title: 'fix: mend it', description: '', commits: ['fix: mend it'], forge: 'github', squash: {}, files };
    const fragment = deflateRawSync(JSON.stringify({ ...example, tool: 'git-cliff', version: '1.2.3', date: '2026-06-01' }));
    await page.open(`https://playground.example/#${fragment.toString('base64url')}`);
    await page.waitFor(
      () =>
        /v1\.2\.4: MEND IT/.test(document.querySelector('squashcast-panel')?.shadowRoot?.querySelector('.panel .entry')?.textContent ?? ''),
      undefined,
      { what: 'the entry of the third module' },
    );
  });

  test('the popup says why there is no preview where there is none', async ({ page, browser }) => {
    await page.open(await browser.address('popup.html'));
    const text = await page.waitFor(() => document.querySelector('main')?.textContent.trim(), undefined, { what: 'the popup’s words' });
    assert.ok(text.length > 10, text);
  });

  test('a tool chosen in the options is used', async ({ page, browser, owner }) => {
    await page.open(`https://github.com/${owner}/plain/pull/1`);
    const before = await settled(page);
    assert.ok(before.panel.alternatives.length > 0);
    await page.eval(() => {
      const root =
        document.querySelector('squashcast-panel')?.shadowRoot ??
        document.querySelector('squashcast-pill').shadowRoot.querySelector('squashcast-panel').shadowRoot;
      root.querySelector('.alternatives button').click();
    });
    await page.waitFor(
      () => {
        const root = document.querySelector('squashcast-panel')?.shadowRoot;
        return root?.querySelector('.alternatives') === null && root.querySelector('.tool') !== null;
      },
      undefined,
      { what: 'the chosen tool' },
    );
    await page.open(await browser.address('options.html'));
    await page.waitFor(
      (repository) =>
        document.body.textContent.includes(repository) ||
        [...document.querySelectorAll('input')].some(({ value }) => value.includes(repository)),
      `${owner}/plain`,
    );
  });
});
