// How a pull request is merged: squashed, with a merge commit, rebased or fast forward, as dialog and button say.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { POLICY } from '../../scripts/demo/forge.mjs';
import { ROOT } from '../../scripts/lib/run.mjs';
import { group, Skipped } from './harness/groups.mjs';
import { settled, until } from './harness/panel.mjs';

group('merge method', {}, (test) => {
  test('Bitbucket: the strategy in the dialog decides what lands', async ({ page, owner }) => {
    await page.open(`https://bitbucket.org/${owner}/widgets/pull-requests/7`);
    const before = await settled(page);
    assert.deepEqual(before.panel.landing, []);
    assert.match(before.panel.method, /Squashed/);
    await page.eval(() => document.querySelector('[data-merge]').click());
    const choose = (value) =>
      page.eval((wanted) => {
        const strategy = document.querySelector('#merge-strategy');
        strategy.value = wanted;
        strategy.dispatchEvent(new Event('change', { bubbles: true }));
      }, value);
    await choose('merge_commit');
    const merged = await until(page, ({ panel }) => /Merge commit/.test(panel?.method ?? ''), 'the commits that a merge lands');
    assert.ok(merged.panel.landing.length > 0);
    assert.equal(merged.panel.subject, 'Merged in keep-cart (pull request #7)');
    await choose('fast_forward');
    const straight = await until(page, ({ panel }) => /Fast forward/.test(panel?.method ?? ''), 'the commits of a fast forward');
    assert.equal(straight.panel.subject, null);
    await choose('squash');
    const squashed = await until(page, ({ panel }) => /Squashed/.test(panel?.method ?? ''), 'the squash commit again');
    assert.deepEqual(squashed.panel.landing, []);
    assert.equal(squashed.panel.subject, 'Merged in keep-cart (pull request #7)');
  });

  test('GitHub: what the merge button is set to', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    const before = await settled(page);
    assert.match(before.panel.method, /Squashed.*merge box/);
    const say = (words) =>
      page.eval((wanted) => {
        document.querySelector('[data-testid="mergebox-partial"] [data-merge]').textContent = wanted;
      }, words);
    await say('Rebase and merge');
    const rebased = await until(page, ({ panel }) => /Rebased/.test(panel?.method ?? ''), 'the rebased commits');
    assert.ok(rebased.panel.landing.length > 1);
    assert.equal(rebased.panel.subject, null);
    await say('Merge pull request');
    const merged = await until(page, ({ panel }) => /^Merge commit/.test(panel?.method ?? ''), 'the merged commits');
    assert.match(merged.panel.subject, /^Merge pull request #42/);
    assert.match(merged.panel.landing[0], /keep the cart in local storage [0-9a-f]{7}/);
  });
});

const PAGE = `${ROOT}../shared/pages/ghe/2.14-open.html`;
const SERVER = 'ghe.sgdev.org';

/** The saved page, and as much of the interface as it takes. */
async function enterprise({ path }) {
  const answer = (body, type = 'application/json') => ({
    status: 200,
    headers: { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': POLICY },
    body: type === 'application/json' ? JSON.stringify(body) : body,
  });
  const commit = (sha, message, parents = 1) => ({
    sha: sha.repeat(40),
    commit: { message, author: { name: 'Dana', email: 'dana@example.org' }, committer: { date: '2026-03-02T09:00:00Z' } },
    author: { login: 'dana' },
    parents: Array.from({ length: parents }, () => ({ sha: '0'.repeat(40) })),
  });
  const at = '/api/v3/repos/beyang/mux';
  switch (path) {
    case '/beyang/mux/pull/1':
      return answer(readFileSync(PAGE), 'text/html');
    case `${at}/pulls/1`:
      return answer({
        title: 'test',
        state: 'open',
        body: '',
        base: { ref: 'master', sha: 'b'.repeat(40) },
        head: { ref: 'jr/branch' },
        user: { login: 'beyang' },
      });
    case `${at}/pulls/1/commits`:
      return answer([commit('1', 'test'), commit('2', 'Update mux.go')]);
    case `${at}/git/matching-refs/tags/`:
      return answer([{ ref: 'refs/tags/v1.0.0', object: { sha: 'a'.repeat(40), type: 'commit' } }]);
    case `${at}/git/trees/master`:
      return answer({ tree: [{ type: 'blob', path: '.releaserc.json' }] });
    case '/beyang/mux/raw/master/.releaserc.json':
      return answer({ branches: ['master'] });
    case `${at}/compare/v1.0.0...master`:
      return answer({ total_commits: 1, commits: [commit('3', 'fix: a')] });
    default:
      return { status: 404, headers: {}, body: '' };
  }
}

const own = { forges: [{ root: `https://${SERVER}`, forge: 'github' }], hosts: new Map([[SERVER, () => enterprise]]) };

group('GitHub Enterprise Server', own, (test) => {
  test('the saved page: read as it is, its own messages for both methods', async ({ page, browser }) => {
    if (!existsSync(PAGE)) throw new Skipped('skipped: no ../shared');
    await page.open(`https://${SERVER}/beyang/mux/pull/1`);
    const seen = await settled(page);
    assert.equal(seen.pills, 1);
    const read = await browser.read(page);
    assert.deepEqual([read.title, read.base, read.head, read.state, read.method], ['test', 'master', 'jr/branch', 'open', 'merge']);
    assert.match(seen.panel.tool, /semantic-release/);
    assert.equal(seen.panel.subject, 'Merge pull request #1 from beyang/jr/branch');
    assert.equal(seen.panel.landing.length, 2);
    // Its style sheet, which is not saved, hides the form, and its script fills the boxes.
    await page.eval(() => {
      const [title, message, squash] = ['merge_title_field', 'merge_message_field', 'do_squash'].map((id) => document.getElementById(id));
      title.style.display = 'none';
      message.style.display = 'none';
      squash.checked = true;
      squash.dispatchEvent(new Event('change', { bubbles: true }));
    });
    const squashed = await until(page, ({ panel }) => /Squashed/.test(panel?.method ?? ''), 'the squash commit');
    assert.equal(squashed.panel.subject, 'test (#1)');
    assert.equal(squashed.panel.body.trim(), '* test\n\n* Update mux.go');
    assert.match(squashed.panel.rule, /own suggestion/);
  });
});
