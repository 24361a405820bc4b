// Real saved pages of four forges, served at their own addresses: what is read of them is true, the page is unharmed,
// and nothing is mounted on what is no pull request.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { POLICY } from '../../scripts/demo/forge.mjs';
import { ROOT } from '../../scripts/lib/run.mjs';
import { group, Skipped } from './harness/groups.mjs';
import { settled } from './harness/panel.mjs';

const PAGES = `${ROOT}../shared/pages`;
const truth = existsSync(`${PAGES}/truth.json`) ? JSON.parse(readFileSync(`${PAGES}/truth.json`, 'utf8')) : {};

/** Forges whose pages are adapted to; the others' pages are negatives. */
const SUPPORTED = /^https:\/\/(github\.com|bitbucket\.org|gitlab\.com)\//;

/** Those that the reader has said to be a forge of the reader's own. */
const OWN = [{ root: 'https://bitbucket.sgdev.org', forge: 'bitbucket-data-center' }];

/** Serves the saved pages where they are saved, and the forge's demo elsewhere. */
function hosts() {
  const byAddress = new Map(Object.entries(truth).map(([file, { url }]) => [url, file]));
  const answer = (play) => async (request) => {
    const query =
      [...request.query].length > 0
        ? `?${[...request.query].map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&')}`
        : '';
    const file = byAddress.get(`https://${request.host}${request.path}${query}`);
    if (file && /text\/html/.test(request.headers.accept ?? '')) {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY };
      return { status: 200, headers, body: readFileSync(`${PAGES}/${file}`) };
    }
    return play ? play(request) : { status: 404, headers: {}, body: '' };
  };
  const names = new Set(Object.values(truth).map(({ url }) => new URL(url).host));
  return new Map([...names, 'github.githubassets.com'].map((host) => [host, answer]));
}

/** Runs in the page: where everything of the page itself stands. */
function measure() {
  return [...document.body.querySelectorAll('*')]
    .filter((element) => !/^squashcast-/.test(element.localName))
    .map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [Math.round(x), Math.round(y), Math.round(width), Math.round(height)];
    });
}

function hide(wanted) {
  let style = document.querySelector('#hide-squashcast');
  if (!style) {
    style = document.createElement('style');
    style.id = 'hide-squashcast';
    document.head.append(style);
  }
  style.textContent = wanted ? `${wanted} { display: none !important; }` : '';
  scrollTo(0, 0);
}

/** The tests of the pages that `wanted` picks; those of no supported forge are to be left alone. */
function pages(test, supported, wanted = () => true) {
  if (Object.keys(truth).length === 0) {
    test('all of them', () => {
      throw new Skipped('skipped: no ../shared');
    });
  }
  for (const [file, fact] of Object.entries(truth)) {
    if (!wanted(fact)) continue;
    const pull = supported(fact.url) && fact.number !== undefined;
    if (!pull) {
      if (fact.page === 'new') {
        test(`${file}: the form of a new pull request has one pill`, async ({ page }) => {
          await page.open(fact.url);
          assert.equal((await settled(page)).pills, 1);
        });
        continue;
      }
      test(`${file}: nothing is mounted`, async ({ page }) => {
        await page.open(fact.url);
        await page.waitFor(() => document.readyState === 'complete');
        await page.eval(() => new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(resolve))));
        assert.equal(await page.eval(() => document.querySelectorAll('squashcast-pill, squashcast-panel').length), 0);
      });
      continue;
    }

    test(`${file}: read as it is, one pill, the page unharmed`, async ({ page, browser }) => {
      await page.open(fact.url);
      await page.waitFor(() => document.readyState === 'complete');
      const seen = await settled(page);
      assert.equal(seen.pills, 1);
      assert.ok(seen.panels <= 1);

      const read = await browser.read(page);
      assert.equal(read.url, fact.url);
      assert.equal(read.title, fact.title);
      for (const name of ['base', 'head', 'state', 'commits']) {
        if (fact[name] !== undefined && (name !== 'commits' || read.commits !== null)) assert.equal(read[name], fact[name], name);
      }

      // The panel is given its room; the pill must do with its own.
      await page.eval(hide, 'squashcast-panel');
      const pill = await page.eval(() => {
        const { width, height } = document.querySelector('squashcast-pill').getBoundingClientRect();
        return { width, height };
      });
      const shown = await page.eval(measure);
      const wide = await page.eval(() => document.documentElement.scrollWidth);
      await page.eval(hide, 'squashcast-panel, squashcast-pill');
      const bare = await page.eval(measure);
      const narrow = await page.eval(() => document.documentElement.scrollWidth);
      await page.eval(hide, '');
      assert.equal(shown.length, bare.length);
      assert.ok(pill.height > 0 && pill.height <= 40, `the pill is ${pill.height} px high`);
      assert.ok(wide <= Math.max(narrow, 1280), 'the page has become wider');
      const moved = shown.map((now, index) => now.map((value, side) => value - bare[index][side]));
      const far = moved.filter(
        ([x, y, width]) => Math.abs(x) > pill.width + 24 || Math.abs(y) > pill.height + 16 || Math.abs(width) > pill.width + 24,
      );
      assert.equal(far.length, 0, `${far.length} elements moved further than the pill needs, such as by ${far[0]}`);
    });
  }
}

group('saved page', { hosts: hosts() }, (test) => pages(test, (url) => SUPPORTED.test(url)));

const own = (url) => OWN.some(({ root }) => url.startsWith(`${root}/`));
group('saved page of an own forge', { hosts: hosts(), forges: OWN }, (test) => pages(test, own, ({ url }) => own(url)));
