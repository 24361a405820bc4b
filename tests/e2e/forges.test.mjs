// Forgejo and Azure DevOps, at addresses the user has added: from their pages and interfaces to the panel, and fixes put
// into their merge forms. The pages are made by hand, after Forgejo's templates and what other extensions know of Azure's.

import assert from 'node:assert/strict';
import { group } from './harness/groups.mjs';
import { filled, settled, until } from './harness/panel.mjs';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-demo'; img-src data:";

const page = (title, body) => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
  body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>body{font:14px sans-serif;margin:24px}h1{font-size:24px;display:inline-block}.hidden{display:none}</style></head><body>${body}</body></html>`,
});
const json = (value) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
const text = (body) => ({ status: 200, headers: { 'content-type': 'text/plain' }, body });
const missing = { status: 404, headers: {}, body: '' };

// ---- Forgejo ----

const APPROVED = 'Reviewed-by: Kim Osei <kim@example.org>\\n';
const STYLES = [
  ['merge', true, 'Create merge commit', 'defaultMergeTitle', 'defaultMergeMessage'],
  ['squash', true, 'Create squash commit', 'defaultSquashMergeTitle', '"Meshes \\u0026 spins.\\n\\n" + defaultSquashMergeMessage'],
  ['rebase', false, 'Rebase then fast-forward', '', ''],
];

/** The part of the page for those who may merge: the script of the template, and the form as it is when it is open. */
function mergeForm() {
  const entries = STYLES.map(
    ([name, allowed, words, title, message]) => `{
      'name': '${name}',
      'allowed': ${allowed},
      'textDoMerge': "${words}",${title ? `\n'mergeTitleFieldText': ${title},\n'mergeMessageFieldText': ${message},` : ''}
    },`,
  ).join('');
  return `<div class="timeline-item comment merge box"><div class="content">
    <script type="module" nonce="demo">
      const defaultMergeTitle = "Merge pull request \\u0027feat: mesh\\u0027 (#42) from mesh into main";
      const defaultSquashMergeTitle = "feat: mesh (#42)";
      const defaultMergeMessage = "Reviewed-on: https://codeberg.org/acme/widgets/pulls/42\\n${APPROVED}";
      const defaultSquashMergeMessage = "Reviewed-on: https://codeberg.org/acme/widgets/pulls/42\\n${APPROVED}";
      const mergeForm = { 'defaultMergeStyle': "squash", };
      mergeForm['mergeStyles'] = [${entries}];
      window.config = { pageData: {} };
      window.config.pageData.pullRequestMergeForm = mergeForm;
      const open = document.querySelector('#open'), form = document.querySelector('#pull-request-merge-form form');
      open.addEventListener('click', () => { form.hidden = false; });
    </script>
    <div id="pull-request-merge-form">
      <form hidden><input name="merge_title_field" aria-label="Title" value="feat: mesh (#42)"><textarea name="merge_message_field" aria-label="Message"></textarea>
        <button type="button" name="do" value="squash">Create squash commit</button></form>
      <div class="merge-button"><button type="button" id="open"><span class="button-text">Create squash commit</span></button></div>
    </div></div></div>`;
}

const gone = 'a'.repeat(40);

function forgejo({ path }) {
  const at = '/api/v1/repos/acme/widgets';
  const commit = (sha, message, login = 'dana') => ({
    sha: sha.repeat(40),
    commit: {
      message: `${message}\n`,
      author: { name: login, email: `${login}@example.org` },
      committer: { date: '2026-03-02T09:00:00Z' },
    },
    author: { login },
    parents: [{ sha: '0'.repeat(40) }],
  });
  const repo = { full_name: 'acme/widgets' };
  const numbers = /^\/acme\/widgets\/pulls\/(\d+)$/.exec(path)?.[1];
  if (numbers)
    return page(
      'feat: mesh',
      `<div class="issue-title" id="issue-title-display"><h1>feat: mesh <span class="index">#${numbers}</span></h1></div><div class="issue-title-meta"><div class="ui green label issue-state-label"><svg class="svg octicon-git-pull-request"></svg> Open</div><span id="pull-desc-display" class="pull-desc">dana wants to merge 1 commit from <code><a>mesh</a></code> into <code id="branch_target"><a>main</a></code></span></div><div class="ui top menu"><a class="item" href="/acme/widgets/pulls/42/commits">Commits <span class="ui small label">1</span></a></div>${numbers === '42' ? mergeForm() : ''}`,
    );
  switch (path) {
    case `${at}/pulls/42`:
    case `${at}/pulls/43`:
      return json({
        title: 'feat: mesh',
        body: 'Meshes & spins.',
        state: 'open',
        user: { login: 'dana', full_name: '', email: 'dana@example.org' },
        base: { ref: 'main', sha: 'b'.repeat(40), repo },
        head: { ref: 'mesh', repo },
      });
    case `${at}/pulls/42/commits`:
    case `${at}/pulls/43/commits`:
      return json([commit('c', 'feat: mesh', 'kim')]);
    case at:
      return json({ allow_merge_commits: true, allow_squash_merge: true, default_merge_style: 'squash', external_tracker: null });
    case `${at}/pulls/43/reviews`:
      return json([{ state: 'APPROVED', official: true, user: { login: 'kim', full_name: 'Kim Osei', email: 'kim@example.org' } }]);
    case `${at}/tags`:
      return json([{ name: 'v1.0.0', commit: { sha: gone } }]);
    case `${at}/git/trees/${'b'.repeat(40)}`:
      return json({ tree: [{ type: 'blob', path: '.releaserc.json' }] });
    case `${at}/raw/.releaserc.json`:
      return text('{"branches": ["main"]}');
    case `${at}/compare/v1.0.0...main`:
      return json({ total_commits: 1, commits: [commit('d', 'fix: a')] });
    default:
      return missing;
  }
}

// ---- Azure DevOps ----

const COMPLETION = `<div role="dialog" aria-modal="true" aria-labelledby="heading" class="hidden" id="completion"><h2 id="heading">Complete pull request</h2>
  <div class="bolt-dropdown-expandable" id="type">Squash commit</div>
  <div role="checkbox" aria-checked="false" id="customize" tabindex="0">Customize merge commit message</div>
  <div id="boxes" class="hidden"><input type="text" aria-label="Title" value="Merged PR 42: feat: mesh"><textarea aria-label="Description">Meshes.</textarea></div></div>
  <script nonce="demo">
    const show = (id) => document.getElementById(id).classList.remove('hidden');
    document.getElementById('complete').onclick = () => show('completion');
    document.getElementById('customize').onclick = (event) => { event.target.setAttribute('aria-checked', 'true'); show('boxes'); };
  </script>`;

function azure({ path, headers }) {
  const at = '/acme/machines/_apis/git/repositories/widgets';
  const commit = (sha, comment) => ({
    commitId: sha.repeat(40),
    comment,
    author: { name: 'Dana', email: 'dana@example.org' },
    committer: { date: '2026-03-02T09:00:00Z' },
  });
  switch (path) {
    case '/acme/machines/_git/widgets/pullrequest/42':
      return page(
        'Pull request 42',
        `<div class="repos-pr-header"><div class="flex-column"><input type="text" aria-label="Pull request title" value="feat: mesh"><div class="pr-header-branches"><a>mesh</a> into <a>main</a></div><span class="bolt-pill">Active</span></div><button type="button" id="complete">Complete</button></div><div class="repos-pr-description-card">Meshes.</div>${COMPLETION}`,
      );
    case `${at}/pullrequests/42`:
      return json({
        title: 'feat: mesh',
        description: 'Meshes.',
        status: 'active',
        sourceRefName: 'refs/heads/mesh',
        targetRefName: 'refs/heads/main',
        createdBy: { displayName: 'Dana' },
        workItemRefs: [{ id: '7' }],
      });
    case `${at}/pullrequests/42/commits`:
      return json({ value: [commit('c', 'feat: mesh')] });
    case `${at}/refs`:
      return json({ value: [{ name: 'refs/tags/v1.0.0', objectId: gone }] });
    case `${at}/items`:
      return /text\/plain/.test(headers.accept ?? '')
        ? text('{"branches": ["main"]}')
        : json({ value: [{ path: '/.releaserc.json', gitObjectType: 'blob' }] });
    case `${at}/commits`:
      return json({ value: [commit('d', 'fix: a')] });
    default:
      return missing;
  }
}

const own = {
  forges: [
    { root: 'https://codeberg.org', forge: 'forgejo' },
    { root: 'https://dev.azure.com', forge: 'azure' },
  ],
  hosts: new Map([
    ['codeberg.org', () => async (request) => forgejo(request)],
    ['dev.azure.com', () => async (request) => azure(request)],
  ]),
};

const value = (page, selector) => page.eval((wanted) => document.querySelector(wanted).value, selector);

/** Presses the button in the panel that puts a fix into the page. */
const apply = (page) =>
  filled(page, () =>
    page.eval(() => {
      const pill = document.querySelector('squashcast-pill').shadowRoot;
      const panel = document.querySelector('squashcast-panel') ?? pill.querySelector('squashcast-panel');
      panel.shadowRoot.querySelector('.fix .primary')?.click();
    }),
  );

group('Forgejo', own, (test) => {
  test('the messages that stand in the page for who may merge', async ({ page, browser }) => {
    await page.open('https://codeberg.org/acme/widgets/pulls/42');
    const seen = await settled(page);
    assert.equal(seen.pills, 1);
    const read = await browser.read(page);
    assert.deepEqual([read.title, read.base, read.head, read.state, read.commits], ['feat: mesh', 'main', 'mesh', 'open', 1]);
    assert.deepEqual([read.method, read.suggestions.length, read.dialog], ['squash', 2, null]);
    assert.equal(seen.panel.subject, 'feat: mesh (#42)');
    assert.match(seen.panel.body, /^Meshes & spins\.\n\nReviewed-on: .*\nReviewed-by: Kim Osei <kim@example.org>$/);
    assert.match(seen.panel.rule, /own suggestion/);
    assert.equal(seen.version, '1.1.0');
    assert.match(seen.panel.tool, /semantic-release/);
  });

  test('without them: composed, and marked as assumed', async ({ page }) => {
    await page.open('https://codeberg.org/acme/widgets/pulls/43');
    const seen = await settled(page);
    assert.equal(seen.panel.subject, 'feat: mesh (#43)');
    assert.match(seen.panel.body, /^Meshes & spins\.\n\nCo-authored-by: kim <kim@example.org>\nReviewed-on: .*\/43\nReviewed-by: Kim Osei/);
    assert.match(seen.panel.rule, /^assumed/i);
    assert.match(seen.panel.method, /This repository's setting/);
  });

  test('the form is previewed as it is typed, and a fix goes into it', async ({ page }) => {
    await page.open('https://codeberg.org/acme/widgets/pulls/42');
    await settled(page);
    await page.eval(() => document.querySelector('#open').click());
    const box = 'input[name="merge_title_field"]';
    await page.eval((wanted) => {
      const field = document.querySelector(wanted);
      field.value = 'Feat - mesh';
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }, box);
    const typed = await until(page, ({ panel }) => panel?.subject === 'Feat - mesh', 'what is typed');
    assert.match(typed.panel.rule, /merge dialog/);
    await apply(page);
    await until(page, ({ panel }) => panel?.subject === 'feat: mesh', 'the fixed subject');
    assert.equal(await value(page, box), 'feat: mesh');
  });
});

group('Azure DevOps', own, (test) => {
  test('its own text, which is not conventional, and the conventional one for its dialog', async ({ page, browser }) => {
    await page.open('https://dev.azure.com/acme/machines/_git/widgets/pullrequest/42?_a=overview');
    const seen = await settled(page);
    assert.equal(seen.pills, 1);
    const read = await browser.read(page);
    assert.deepEqual([read.title, read.base, read.head, read.state], ['feat: mesh', 'main', 'mesh', 'open']);
    assert.equal(seen.panel.subject, 'Merged PR 42: feat: mesh');
    assert.equal(seen.panel.body, 'Meshes.\n\nRelated work items: #7');
    assert.equal(seen.bump, 'none');
    assert.match(seen.panel.findings.join('\n'), /Azure DevOps writes a subject of its own.*feat: mesh/s);
    await page.eval(() => document.querySelector('#complete').click());
    await until(page, ({ panel }) => /Chosen in the merge dialog/.test(panel?.method ?? ''), 'the dialog');
    await apply(page);
    const fixed = await until(page, ({ panel }) => panel?.subject === 'feat: mesh', 'the conventional subject');
    assert.equal(fixed.version, '1.1.0');
    assert.equal(await value(page, '#boxes input'), 'feat: mesh');
    assert.equal(await value(page, '#boxes textarea'), 'Meshes.');
    await page.eval(() => {
      document.querySelector('#type').textContent = 'Rebase and fast-forward';
    });
    const rebased = await until(page, ({ panel }) => /Rebased/.test(panel?.method ?? ''), 'the rebased commits');
    assert.deepEqual(rebased.panel.landing, ['minor feat: mesh']);
  });
});
