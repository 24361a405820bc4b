// A forge of the user's own, Bitbucket Data Center below a path: added and removed in the options, and its pull requests
// previewed with the user's session. Nothing runs there before it is added.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { ROOT } from '../../scripts/lib/run.mjs';
import { group } from './harness/groups.mjs';
import { press, settled, until } from './harness/panel.mjs';

const HOST = 'git.acme.example';
const ADDRESS = `https://${HOST}/bitbucket`;
const PULL = `${ADDRESS}/projects/ACME/repos/widgets/pull-requests/42/overview`;

const sha = (character) => character.repeat(40);
const json = (body) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const list = (values) => json({ size: values.length, limit: 100, isLastPage: true, start: 0, values });
const side = (name, slug, key, latestCommit) => ({ displayId: name, latestCommit, repository: { slug, project: { key } } });
const commit = (id, message) => ({
  id,
  message,
  author: { name: 'Dana Reyes', emailAddress: 'dana@example.org' },
  authorTimestamp: 1_772_442_000_000,
  parents: [{ id: sha('0') }],
});

const ANSWERS = {
  'pull-requests/42': json({
    id: 42,
    title: 'feat: mesh the widgets',
    description: 'Meshes them.',
    state: 'OPEN',
    fromRef: side('mesh', 'widgets', 'ACME', sha('a')),
    toRef: side('main', 'widgets', 'ACME', sha('9')),
    author: { user: { displayName: 'Dana Reyes' } },
    reviewers: [],
  }),
  'pull-requests/42/commits': list([commit(sha('a'), 'mesh them')]),
  'pull-requests/42/commit-message-suggestion': json({
    title: 'Pull request #42: feat: mesh the widgets',
    body: 'Merge in ACME/widgets from mesh to main',
  }),
  'settings/pull-requests': json({
    mergeConfig: { defaultStrategy: { id: 'squash' }, strategies: [{ id: 'squash', enabled: true }], commitSummaries: 0 },
  }),
  tags: list([{ displayId: 'v1.2.0', latestCommit: sha('9') }]),
  browse: json({ children: { values: [{ path: { toString: '.releaserc.json' }, type: 'FILE' }] } }),
  'raw/.releaserc.json': { status: 200, headers: { 'content-type': 'text/plain' }, body: '{}' },
  commits: list([]),
};

const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="application-name" content="Bitbucket">
<title>Pull Request #42: feat: mesh the widgets - Bitbucket</title><style>body{font:14px sans-serif;margin:24px}h2{font-size:20px}</style></head><body>
<section id="pull-requests-container"><header><div class="pull-request-header"><div class="pull-request-metadata">
<span class="ref-name-from"><span class="branch-name">mesh</span></span> → <span class="ref-name-to"><span class="branch-name">main</span></span>
<span class="status aui-lozenge">Open</span></div><h2>feat: mesh the widgets</h2></div></header>
<div class="pull-request-overview"><p>Meshes them.</p></div>
<div role="dialog" class="merge-dialog" id="merge-pull-request-dialog"><select id="merge-strategy"><option value="squash">Squash</option><option value="no-ff">Merge commit</option></select>
<textarea name="commitMessage" rows="4" cols="60">Pull request #42: feat: mesh the widgets

Merge in ACME/widgets from mesh to main</textarea></div></section></body></html>`;

/** Plays the server: its pages below `/bitbucket`, its interface to whoever has the session. */
async function play(request) {
  const [, below] = /^\/bitbucket\/rest\/api\/latest\/projects\/ACME\/repos\/widgets\/(.+)$/.exec(request.path) ?? [];
  if (below) return ANSWERS[below] ?? { status: 404, headers: {}, body: '{}' };
  const headers = { 'content-type': 'text/html', 'content-security-policy': "default-src 'self'; style-src 'unsafe-inline'" };
  return request.path.startsWith('/bitbucket/projects/') ? { status: 200, headers, body: page } : { status: 404, headers, body: '' };
}

const options = { hosts: new Map([[HOST, () => play]]), forges: [{ root: ADDRESS, forge: 'bitbucket-data-center' }] };

const registered = async () => (await chrome.scripting.getRegisteredContentScripts()).flatMap(({ matches }) => matches);

group('Bitbucket Data Center', options, (test) => {
  test('its own text, what the tool makes of it, and the words to put there instead', async ({ page, browser }) => {
    await page.open(PULL);
    const whole = ({ phase, panel }) => phase === 'ready' && Boolean(panel?.subject) && panel.findings.length > 0;
    const seen = await until(page, whole, 'the whole preview');
    mkdirSync(`${ROOT}shots`, { recursive: true });
    await page.screenshot(`${ROOT}shots/${browser.name}-bitbucket-data-center.png`, { fullPage: true });
    assert.equal(seen.pills, 1);
    assert.equal(seen.panel.subject, 'Pull request #42: feat: mesh the widgets');
    assert.equal(seen.bump, 'none');
  });

  test('the fix goes into the dialog’s one box', async ({ page }) => {
    await page.open(PULL);
    await press(page);
    await until(
      page,
      ({ panel, bump }) => /^feat: mesh the widgets/.test(panel?.subject ?? '') && bump === 'minor',
      'the corrected message',
    );
  });

  test('it is removed and added in the options', async ({ page, browser }) => {
    await page.open(await browser.address('options.html'));
    await page.waitFor((address) => document.body.textContent.includes(address), ADDRESS.slice(8), { what: 'the forge in the list' });
    mkdirSync(`${ROOT}shots`, { recursive: true });
    await page.screenshot(`${ROOT}shots/${browser.name}-options-own.png`, { fullPage: true });
    await page.eval((label) => document.querySelector(`[aria-label="${label}"]`).click(), `Remove ${ADDRESS.slice(8)}`);
    await page.waitFor(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 0, undefined, { what: 'no script' });
    await page.type('#own', `http://${HOST}`);
    await page.click('form:has(#own) [type="submit"]');
    await page.waitFor(() => document.querySelector('#own').getAttribute('aria-invalid') === 'true', undefined, { what: 'the complaint' });
    await page.type('#own', `${ADDRESS}/`);
    await page.eval(() => {
      document.querySelector('#own-forge').value = 'bitbucket-data-center';
    });
    await page.click('form:has(#own) [type="submit"]');
    await page.waitFor(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 1, undefined, { what: 'the script' });
    assert.deepEqual(await page.eval(registered), [`${ADDRESS}/*`]);
    await page.open(PULL);
    assert.equal((await settled(page)).pills, 1);
  });
});

group('a forge nobody has added', { hosts: options.hosts }, (test) => {
  test('nothing is mounted', async ({ page }) => {
    await page.open(PULL);
    await page.waitFor(() => document.readyState === 'complete');
    assert.equal(await page.eval(() => document.querySelectorAll('squashcast-pill').length), 0);
  });
});
