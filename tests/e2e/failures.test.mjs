// What the user sees when the forge does not answer as it should: always something, never an empty panel or a spinner.

import assert from 'node:assert/strict';
import { group } from './harness/groups.mjs';
import { settled, until } from './harness/panel.mjs';

const REST = (owner) =>
  new RegExp(
    `(api\\.github\\.com/repos|raw\\.githubusercontent\\.com|github\\.com/${owner}/widgets/(raw|tree-list|pull/\\d+/page_data)).*`,
  );

/** What every failed preview must hold. */
function failed(seen) {
  assert.ok(['partial', 'failed'].includes(seen.phase), `phase ${seen.phase}`);
  assert.equal(seen.pills, 1);
  assert.ok(seen.panel, 'there is a panel');
  assert.ok(seen.panel.failures.length > 0, 'the failure is said');
  return seen.panel.failures.join('\n');
}

const CASES = [
  ['unauthorised', /401|sign|token/i],
  ['forbidden', /403|allowed|token/i],
  ['limited', /limit/i],
  ['busy', /limit|many/i],
  ['missing', /404|not found|private|token/i],
  ['broken', /500|GitHub/i],
  ['offline', /reach|offline|network|connection/i],
  ['garbage', /understood|expected|answer/i],
  ['truncated', /understood|expected|answer/i],
  ['wrong', /understood|expected|answer/i],
];

group('failure', {}, (test) => {
  for (const [failure, words] of CASES) {
    test(`${failure}: said, with what needs no network still shown`, async ({ page, owner, demo }) => {
      demo.fail(REST(owner), failure);
      await page.open(`https://github.com/${owner}/widgets/pull/42`);
      const seen = await settled(page);
      assert.match(failed(seen), words);
      // Nobody could look for a tool, so nobody says that there is none.
      assert.match(seen.panel.tool, /not known: its files could not be read/);
      // Title and number stand on the page.
      assert.equal(seen.panel.subject, 'feat(cart): keep the cart between visits (#42)');
    });
  }

  test('a request that hangs is given up after 10 seconds', async ({ page, owner, demo }) => {
    demo.fail(REST(owner), 'hang');
    const began = Date.now();
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    const seen = await settled(page, { patience: 40_000 });
    assert.match(failed(seen), /time|10|answer/i);
    assert.ok(Date.now() - began >= 9000);
  });

  test('one file that fails leaves the rest', async ({ page, owner, demo }) => {
    demo.fail(new RegExp(`${owner}/widgets/.*package\\.json`), 'broken');
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    const seen = await settled(page);
    assert.equal(seen.version, '1.5.0');
  });

  test('what failed is asked again when the user says so', async ({ page, owner, demo }) => {
    demo.fail(REST(owner), 'broken');
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    failed(await settled(page));
    demo.mend();
    await page.eval(() => {
      const root =
        document.querySelector('squashcast-panel')?.shadowRoot ??
        document.querySelector('squashcast-pill').shadowRoot.querySelector('squashcast-panel').shadowRoot;
      root.querySelector('.failures .buttons button').click();
    });
    const seen = await until(page, ({ phase }) => phase === 'ready', 'the preview after the repair');
    assert.equal(seen.version, '1.5.0');
  });

  test('Bitbucket: a failure is said', async ({ page, owner, demo }) => {
    demo.fail(/api\.bitbucket\.org|!api/, 'broken');
    await page.open(`https://bitbucket.org/${owner}/widgets/pull-requests/7`);
    failed(await settled(page));
  });
});

group('hostile', {}, (test) => {
  const harmless = async (page) => {
    const harm = await page.eval(() => {
      const roots = [...document.querySelectorAll('squashcast-pill, squashcast-panel')].map(({ shadowRoot }) => shadowRoot);
      return {
        title: document.title,
        elements: roots.flatMap((root) =>
          [...root.querySelectorAll('img, script, iframe, object, embed, [onerror], [onload], a')].map((element) => element.outerHTML),
        ),
      };
    });
    assert.notEqual(harm.title, 'harmed');
    for (const element of harm.elements) assert.match(element, /^<a [^>]*href="https:\/\//, element);
  };

  test('a title of 10,000 characters', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/hostile/pull/1`);
    const seen = await settled(page);
    assert.equal(seen.version, '1.1.0');
    await harmless(page);
    assert.ok(await page.eval(() => document.querySelector('squashcast-pill').getBoundingClientRect().width <= innerWidth));
  });

  test('direction marks and control characters are shown, not obeyed', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/hostile/pull/2`);
    const seen = await settled(page);
    assert.match(seen.panel.subject, /U\+202E/);
    for (const hidden of ['\u202e', '\u0007', '\u200b']) assert.ok(!`${seen.panel.subject}${seen.label}`.includes(hidden));
    await harmless(page);
  });

  test('markup in title, description, commits and history stays text', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/hostile/pull/3`);
    const seen = await settled(page);
    assert.match(seen.panel.subject, /<img src=x onerror=/);
    await harmless(page);
  });

  test('a title written from right to left', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/hostile/pull/4`);
    assert.match((await settled(page)).panel.subject, /שלום/);
    await harmless(page);
  });
});
