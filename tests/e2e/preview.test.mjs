// From the page to the painted preview, on the demo forge's own repositories.

import assert from 'node:assert/strict';
import { TOKEN } from '../../scripts/demo/forge.mjs';
import { group } from './harness/groups.mjs';
import { settled } from './harness/panel.mjs';

/** What is told of the pull request of demo's threads that brings a change file. */
function ofChangesets(seen) {
  assert.equal(seen.bump, 'minor');
  assert.equal(seen.version, '1.5.0');
  assert.match(seen.panel.reasons[0], /own change file \.changeset\/brave-cats-sing\.md/);
  const said = seen.panel.findings.join('\n');
  assert.match(said, /decide, not the title/);
  assert.match(said, /\.changeset\/brave-cats-sing\.md asks for @acme\/spool: minor/);
  assert.doesNotMatch(said, /conventional/);
}

group('preview', {}, (test) => {
  test('semantic-release: a feature on two unreleased commits', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    const seen = await settled(page);
    assert.equal(seen.phase, 'ready');
    assert.equal(seen.pills, 1);
    assert.equal(seen.bump, 'minor');
    assert.equal(seen.version, '1.5.0');
    assert.equal(seen.panel.previous, '1.4.2');
    assert.equal(seen.panel.next, '1.5.0');
    assert.match(seen.panel.tool, /semantic-release/);
    assert.equal(seen.panel.subject, 'feat(cart): keep the cart between visits (#42)');
    assert.match(seen.panel.body, /^\* feat\(cart\): keep the cart in local storage/);
    assert.match(seen.panel.body, /Co-authored-by: Ada Winter </);
    const entry = seen.panel.entry.map(({ text }) => text).join('\n');
    assert.match(entry, /keep the cart between visits/);
    assert.match(entry, /forget sold-out widgets/);
    assert.match(seen.panel.reasons[0], /keep the cart between visits/);
    assert.ok(seen.panel.sources.length > 0);
  });

  test('one commit: its message wins, and it is said', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/43`);
    const seen = await settled(page);
    assert.equal(seen.panel.subject, 'first try of dark colours (#43)');
    assert.ok(seen.panel.findings.length > 0);
    // The fix that waits on the branch makes 1.4.3, not this pull request: the panel tells it, the pill does not.
    assert.equal(seen.version, null);
    assert.equal(seen.panel.next, '1.4.3');
  });

  test('not conventional: finding and corrected title', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/44`);
    const seen = await settled(page);
    assert.match(seen.panel.findings.join('\n'), /feat: export orders as CSV/);
    assert.ok(seen.mark, 'the pill has a mark');
  });

  test('breaking: major, from the merge of title and description', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/46`);
    const seen = await settled(page);
    assert.equal(seen.bump, 'major');
    assert.equal(seen.version, '2.0.0');
  });

  test('release-please: a manifest, below 1.0.0', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/gears/pull/7`);
    const seen = await settled(page);
    assert.match(seen.panel.tool, /release-please/);
    assert.equal(seen.panel.previous, '0.7.1');
    assert.equal(seen.version, '0.8.0');
    assert.equal(seen.panel.subject, 'feat!: turn both ways (#7)');
  });

  test('git-cliff: the entry by the repository’s own template', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/cogs/pull/12`);
    const seen = await settled(page);
    assert.match(seen.panel.tool, /git-cliff/);
    assert.equal(seen.panel.previous, '0.4.2');
    assert.equal(seen.version, '0.5.0');
    const entry = seen.panel.entry.map(({ text }) => text).join('\n');
    assert.match(entry, /New.*teeth: More of them.*Mended.*teeth: File the burrs off/s);
  });

  test('changesets: the pull request’s own file decides, and its title does not', async ({ page, owner, asked }) => {
    await page.open(`https://github.com/${owner}/threads/pull/5`);
    const seen = await settled(page);
    assert.equal(seen.phase, 'ready');
    assert.match(seen.panel.tool, /changesets/);
    ofChangesets(seen);
    assert.equal(seen.mark, null);
    assert.equal(asked(owner).filter(({ url }) => /\/pulls\/5\/files/.test(url)).length, 1);
  });

  test('changesets: a title that says feat! releases nothing', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/threads/pull/6`);
    const seen = await settled(page);
    assert.equal(seen.bump, 'none');
    assert.match(seen.panel.findings.join('\n'), /brings no change file/);
    // What waits on the branch is told, and is not this pull request's.
    assert.equal(seen.version, null);
    assert.equal(seen.panel.next, '2.0.2');
  });

  test('no tool: the usual ones side by side', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/plain/pull/1`);
    const seen = await settled(page);
    assert.ok(seen.panel.alternatives.length >= 3, JSON.stringify(seen.panel));
  });

  test('nothing released yet: the tool’s own first version', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/fresh/pull/1`);
    const seen = await settled(page);
    assert.equal(seen.version, '1.0.0');
    assert.equal(seen.panel.previous, null);
  });

  test('Bitbucket: its own text, which is not conventional', async ({ page, owner }) => {
    await page.open(`https://bitbucket.org/${owner}/widgets/pull-requests/7`);
    const seen = await settled(page);
    assert.equal(seen.pills, 1);
    assert.equal(seen.panel.subject, 'Merged in keep-cart (pull request #7)');
    assert.match(seen.panel.body, /^feat: keep the cart between visits/);
    assert.ok(seen.panel.alternatives.length > 0 || seen.panel.tool !== null);
  });

  test('3,000 tags', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/thousands/pull/3`);
    const seen = await settled(page);
    assert.equal(seen.panel.previous, '21.4.1');
    assert.equal(seen.version, '21.4.2');
  });

  test('configuration that does not parse, tags that are no versions: said, not hidden', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/broken/pull/1`);
    const seen = await settled(page);
    const said = [...seen.panel.failures, ...seen.panel.assumptions, ...seen.panel.findings].join('\n');
    assert.match(said, /\.releaserc\.json/);
  });

  test('a pull request on every tab, a compare form, and a list that is none', async ({ page, owner }) => {
    for (const path of ['pull/42', 'pull/42/commits', 'pull/42/files', 'pull/42/changes', 'compare/main...keep-cart?expand=1']) {
      await page.open(`https://github.com/${owner}/widgets/${path}`);
      assert.equal((await settled(page)).pills, 1, path);
    }
    await page.open(`https://github.com/${owner}/widgets/pulls`);
    await page.waitFor(() => document.readyState === 'complete');
    assert.equal(await page.eval(() => document.querySelectorAll('squashcast-pill, squashcast-panel').length), 0);
  });

  test('a warm page asks the network nothing', async ({ page, owner, asked }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    assert.equal((await settled(page)).phase, 'ready');
    const before = asked(owner).length;
    assert.ok(before > 0);
    await page.reload();
    assert.equal((await settled(page)).phase, 'ready');
    assert.equal(asked(owner).length, before);
  });

  test('a cold page asks at most four times for what is counted', async ({ page, owner, asked }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    await settled(page);
    const counted = asked(owner).filter(({ host }) => host === 'api.github.com');
    assert.ok(counted.length <= 4, counted.map(({ url }) => url).join('\n'));
    assert.ok(counted.every(({ headers }) => headers.cookie === undefined && headers.authorization === undefined));
  });
});

group('token', {}, (test) => {
  test('is saved, never shown again, and brings everything in one request', async ({ page, browser, owner, asked }) => {
    await page.open(await browser.address('options.html'));
    const box = 'input[type="password"]';
    await page.type(box, TOKEN);
    await page.press('Enter');
    await page.waitFor((wanted) => document.querySelector(wanted)?.value === '', box, { what: 'the emptied box' });
    assert.ok(!(await page.eval(() => document.documentElement.outerHTML)).includes(TOKEN));
    await page.reload();
    await page.waitFor((wanted) => document.querySelector(wanted) !== null, box);
    assert.ok(!(await page.eval(() => document.documentElement.outerHTML)).includes(TOKEN));
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    const seen = await settled(page);
    assert.equal(seen.version, '1.5.0');
    const made = asked(owner);
    assert.deepEqual(
      made.map(({ url }) => url),
      ['https://api.github.com/graphql'],
    );
    assert.equal(made[0].headers.authorization, `Bearer ${TOKEN}`);
    // The same request tells of the other open pull requests, one of which would become the same version.
    assert.match(seen.panel.findings.join('\n'), /#43 would become 1\.5\.0 too/);
  });

  test('changesets: what is not in the one request is asked for', async ({ page, owner, asked }) => {
    await page.open(`https://github.com/${owner}/threads/pull/5`);
    ofChangesets(await settled(page));
    const counted = asked(owner).filter(({ host }) => host === 'api.github.com');
    assert.equal(counted[0].headers.authorization, `Bearer ${TOKEN}`);
    const paths = counted.map(({ url }) => new URL(url).pathname.split('/').slice(-2).join('/')).sort();
    assert.deepEqual(paths, ['/graphql', '5/files', 'trees/main']);
  });

  test('more than 100 unreleased commits: two requests', async ({ page, owner, asked }) => {
    await page.open(`https://github.com/${owner}/long/pull/1`);
    const seen = await settled(page);
    assert.equal(seen.version, '2.0.1');
    assert.ok(
      asked(owner).length <= 2,
      asked(owner)
        .map(({ url }) => url)
        .join('\n'),
    );
  });
});
