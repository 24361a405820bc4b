// GitLab's merge requests: what lands, as the page says and as it is typed, and a fix put into the widget's box.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { ROOT } from '../../scripts/lib/run.mjs';
import { group } from './harness/groups.mjs';
import { press, settled, until } from './harness/panel.mjs';

/** The address of a merge request of an owner's. */
const at = (owner, number, tab = '') => `https://gitlab.com/${owner}/widgets/-/merge_requests/${number}${tab}`;

async function shot(page, { name }, what) {
  mkdirSync(`${ROOT}shots`, { recursive: true });
  await page.screenshot(`${ROOT}shots/${name}-gitlab-${what}.png`, { fullPage: true });
}

for (const scheme of ['light', 'dark']) {
  group(`GitLab in ${scheme}`, { scheme }, (test) => {
    test('a squashed merge request: the title, and a merge commit behind it', async ({ page, owner, browser, server }) => {
      await page.open(at(owner, 42));
      const seen = await settled(page);
      await shot(page, browser, scheme);
      assert.equal(seen.pills, 1);
      assert.equal(seen.phase, 'ready');
      assert.equal(seen.version, '1.5.0');
      assert.equal(seen.panel.subject, 'feat(cart): keep the cart between visits');
      const asked = server.log.filter(({ url, body }) => url.includes('/api/') && (url.includes(owner) || body.includes(`"${owner}/`)));
      assert.ok(asked.length <= 4, asked.map(({ url }) => url).join('\n'));
    });
  });
}

group('GitLab', {}, (test) => {
  test('a merge request that is not squashed lands as it is, and its box says otherwise', async ({ page, owner, browser }) => {
    await page.open(at(owner, 43));
    const kept = await until(page, ({ phase, panel }) => phase === 'ready' && panel?.landing.length > 0, 'the commits that land');
    assert.match(kept.panel.landing[0], /first try of dark colours/);
    await shot(page, browser, 'not-squashed');
    await page.click('input[name="squash"]');
    const squashed = await until(page, ({ panel }) => panel?.subject === 'feat: add a dark theme', 'the squash commit');
    assert.equal(squashed.version, '1.5.0');
  });

  test('what is typed into the widget wins', async ({ page, owner }) => {
    await page.open(at(owner, 42));
    await settled(page);
    await page.click('[data-testid="widget_edit_commit_message"]');
    await page.type('#squash-message-edit', 'fix: something smaller');
    await until(page, ({ panel, bump }) => panel?.subject === 'fix: something smaller' && bump === 'patch', 'the typed message');
  });

  test('a fix goes into the squash message’s box', async ({ page, owner }) => {
    await page.open(at(owner, 44));
    await settled(page);
    await page.click('[data-testid="widget_edit_commit_message"]');
    await press(page);
    await page.waitFor(() => document.querySelector('#squash-message-edit')?.dataset.state === 'feat: export orders as CSV', undefined, {
      what: 'the corrected message in the box',
    });
  });

  test('the title is corrected on the page that edits it', async ({ page, owner }) => {
    await page.open(at(owner, 44, '/edit'));
    await until(page, ({ panel, pills }) => pills === 1 && panel?.findings.length > 0, 'the finding');
    await page.type('#merge_request_title', 'feat: export orders');
    await until(page, ({ panel }) => panel?.subject === 'feat: export orders', 'the typed title');
  });

  test('the form of a new one is previewed as it is typed', async ({ page, owner }) => {
    await page.open(`https://gitlab.com/${owner}/widgets/-/merge_requests/new?merge_request%5Bsource_branch%5D=mesh`);
    await page.waitFor(() => document.querySelector('squashcast-pill') !== null, undefined, { what: 'a pill' });
    await page.type('#merge_request_title', 'feat: mesh');
    await until(page, ({ version }) => version === '1.5.0', 'the version to come');
  });

  test('the changes tab has the pill and no panel of its own', async ({ page, owner }) => {
    await page.open(at(owner, 42, '/diffs'));
    const seen = await settled(page);
    assert.equal(seen.pills, 1);
    assert.equal(await page.eval(() => document.querySelector('squashcast-panel').dataset.place), 'popover');
  });

  test('a list of merge requests is left alone', async ({ page, owner }) => {
    await page.open(`https://gitlab.com/${owner}/widgets/-/merge_requests/new2`);
    await page.eval(() => new Promise((resolve) => requestIdleCallback(resolve)));
    assert.equal(await page.eval(() => document.querySelectorAll('squashcast-pill').length), 0);
  });
});
