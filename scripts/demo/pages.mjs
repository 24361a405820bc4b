// The demo's pages: small imitations of the forges' own, with the structure that page adapters go by and nothing else.

import { squash } from './model.mjs';

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const html = (text) => String(text).replace(/[&<>"]/g, (character) => ESCAPES[character]);

/** JSON that can stand in a script element. */
const embed = (value) => JSON.stringify(value).replaceAll('<', '\\u003c');

const WORD = { open: 'Open', draft: 'Draft', merged: 'Merged', closed: 'Closed' };
const STATUS = { open: 'pullOpened', draft: 'draft', merged: 'pullMerged', closed: 'pullClosed' };
const STATE = { open: 'OPEN', draft: 'DRAFT', merged: 'MERGED', closed: 'CLOSED' };
const CLASS = { open: 'State--open', draft: 'State--draft', merged: 'State--merged', closed: 'State--closed' };

const document = ({ title, style, script, body, attributes = '' }) => `<!doctype html>
<html lang="en" data-color-mode="auto" data-light-theme="light" data-dark-theme="dark"${attributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)}</title>
<link rel="stylesheet" href="https://github.githubassets.com/assets/demo-${style}.css">
<script defer src="https://github.githubassets.com/assets/demo-${script}.js"></script>
</head>
<body class="logged-in">
${body}
</body>
</html>
`;

const bar = (repo) =>
  `<div class="top" role="banner"><a href="/${repo.owner}/${repo.name}/pull/${[...repo.pulls.keys()][0]}">${html(repo.owner)} / <strong>${html(repo.name)}</strong></a></div>`;

const TABS = [
  ['', 'Conversation'],
  ['/commits', 'Commits'],
  ['/files', 'Files changed'],
];

const others = (repo, made) =>
  `<aside class="others"><h2>Pull requests</h2><ul>${[...repo.pulls.values()]
    .filter((other) => other.number !== made.number)
    .map(
      (other) =>
        `<li><a data-soft href="/${repo.owner}/${repo.name}/pull/${other.number}">${html(other.title.slice(0, 80))} #${other.number}</a></li>`,
    )
    .join('')}</ul></aside>`;

function content(made, tab, merge) {
  if (tab === '/commits') {
    return `<div class="commits">${made.commits.map(({ message, sha }) => `<div class="row" data-testid="commit-row-item"><h4 class="Title-module__title">${html(message.split('\n')[0])}</h4><code>${sha.slice(0, 7)}</code></div>`).join('')}</div>`;
  }
  if (tab === '/files' || tab === '/changes') return '<div class="row"><code>src/cart.js</code><pre>+ export const days = 30;</pre></div>';
  const events = made.commits
    .map(
      ({ message, name }) =>
        `<div class="event"><strong>${html(name)}</strong> committed <span>${html(message.split('\n')[0])}</span></div>`,
    )
    .join('');
  return `<div class="js-command-palette-pull-body"><div class="comment"><h3>${html(made.name)}</h3><div class="js-comment-body comment-body markdown-body"><p>${html(made.body || 'No description provided.')}</p></div></div></div>${events}${merge}`;
}

function react(repo, made, tab) {
  const at = `/${repo.owner}/${repo.name}/pull/${made.number}`;
  const data = {
    payload: {
      pullRequestsLayoutRoute: {
        pullRequest: {
          number: made.number,
          title: made.title,
          titleHtml: html(made.title),
          state: STATE[made.state],
          baseBranch: made.base,
          headBranch: made.head,
          headRepositoryName: repo.name,
          headRepositoryOwnerLogin: repo.owner,
          headSha: made.commits.at(-1).sha,
          commitsCount: made.commits.length,
          author: { login: made.author },
        },
        repository: { name: repo.name, ownerLogin: repo.owner, defaultBranch: repo.branch, isEnterprise: false },
      },
      pullRequestsConversationsRoute: { defaultMergeMethod: 'SQUASH' },
    },
  };
  const { subject, body } = squash(made);
  const merge =
    made.state === 'merged' || made.state === 'closed'
      ? ''
      : `<react-partial partial-name="mergebox-partial"><div data-testid="mergebox-partial" class="merge" data-subject="${html(subject)}" data-body="${html(body)}"><p>All checks have passed</p><div class="MergeBoxActions"><button type="button" class="button primary" data-merge>Squash and merge</button></div></div></react-partial>`;
  const tabs = TABS.map(
    ([path, name]) =>
      `<a role="tab" data-soft href="${at}${path === '/files' ? '/changes' : path}" aria-selected="${tab === path || (path === '/files' && tab === '/changes')}">${name}</a>`,
  ).join('');
  const title = `<div class="prc-PageHeader-TitleArea-2n2J0" data-component="TitleArea"><h1 class="prc-PageHeader-Title-p0Mgh" data-component="PH_Title"><span class="markdown-title f1" data-component="Text">${html(made.title)}</span><span class="number"><span class="fgColor-muted">#${made.number}</span><button type="button" data-edit aria-label="Edit title"><svg class="octicon octicon-pencil" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M2 14l1-4 8-8 3 3-8 8z" fill="currentColor"></path></svg></button></span></h1></div>`;
  const summary = `<div class="prc-PageHeader-Description-w-ejP"><div class="PullRequestHeaderSummary-module__summary__x1"><span class="prc-StateLabel-StateLabel-Iawzp" data-status="${STATUS[made.state]}">${WORD[made.state]}</span> <span><a href="#">${html(made.author)}</a> wants to merge ${made.commits.length} commits into <a class="PullRequestBranchName-module__truncateBranch__y2" href="#">${html(made.base)}</a> from <a class="PullRequestBranchName-module__truncateBranch__y2" href="#">${html(made.head)}</a></span></div></div>`;
  return document({
    title: `${made.title} by ${made.author} · Pull Request #${made.number} · ${repo.owner}/${repo.name} · GitHub`,
    style: 'react',
    script: 'react',
    body: `${bar(repo)}<div class="application-main"><main><react-app app-name="pull-requests" data-title="${html(made.title)}"><script type="application/json" data-target="react-app.embeddedData">${embed(data)}</script><div data-target="react-app.reactRoot"><div class="prc-PageLayout-PageLayoutRoot-x"><header class="prc-PageLayout-Header-0of-R"><div class="prc-PageHeader-PageHeader-YLwBQ" data-component="PageHeader">${title}<div class="prc-PageHeader-Actions-wawWm" data-component="PH_Actions"><button type="button" class="button">Code</button></div>${summary}</div></header><nav class="tabs" role="tablist" aria-label="Pull request">${tabs}</nav><div class="prc-PageLayout-Content"><div class="main">${content(made, tab, merge)}</div>${others(repo, made)}</div></div></div></react-app></main></div>`,
  });
}

function rails(repo, made, tab) {
  const at = `/${repo.owner}/${repo.name}/pull/${made.number}`;
  const { subject, body } = squash(made);
  const branch = (name, side) =>
    `<span title="${html(`${repo.owner}/${repo.name}:${name}`)}" class="commit-ref css-truncate user-select-contain expandable ${side}"><a class="no-underline" href="#"><span class="css-truncate-target">${html(name)}</span></a></span>`;
  const merge =
    made.state === 'merged' || made.state === 'closed'
      ? ''
      : `<div class="discussion-timeline-actions"><div class="merge-pr js-merge-pr"><form class="merge-branch-form js-merge-form" hidden><p><input type="text" id="merge_title_field" name="commit_title" aria-label="Commit title" value="${html(subject)}"></p><p><textarea id="merge_message_field" name="commit_message" aria-label="Commit message" rows="6">${html(body)}</textarea></p><input type="hidden" name="do" value="squash"><button type="button" class="button primary js-merge-commit-button">Confirm squash and merge</button><button type="button" class="button" data-cancel>Cancel</button></form><button type="button" class="button primary btn-group-squash" data-merge>Squash and merge</button></div></div>`;
  const tabs = TABS.map(
    ([path, name]) =>
      `<a class="tabnav-tab js-pjax-history-navigate" data-soft href="${at}${path}"${tab === path ? ' aria-current="page"' : ''}>${name}</a>`,
  ).join('');
  return document({
    title: `${made.title} by ${made.author} · Pull Request #${made.number} · ${repo.owner}/${repo.name} · GitHub`,
    style: 'rails',
    script: 'rails',
    body: `${bar(repo)}<div class="application-main"><main><div id="partial-discussion-header" class="gh-header js-details-container Details js-socket-channel js-updatable-content pull request js-pull-header-details"><div class="gh-header-show"><div class="gh-header-actions"><button type="button" class="button js-title-edit-button" data-edit>Edit</button></div><h1 class="gh-header-title"><span class="js-issue-title markdown-title">${html(made.title)}</span> <span class="gh-header-number">#${made.number}</span></h1></div><div class="gh-header-edit" hidden><form class="js-issue-update"><input id="issue_title" name="issue[title]" aria-label="Title" value="${html(made.title)}"><button class="button primary" type="submit">Save</button><button class="button js-cancel-issue-edit" type="button">Cancel</button></form></div><div class="gh-header-meta"><span title="Status: ${WORD[made.state]}" class="State ${CLASS[made.state]}">${WORD[made.state]}</span> <span>${html(made.author)} wants to merge ${made.commits.length} commits into ${branch(made.base, 'base-ref')} from ${branch(made.head, 'head-ref')}</span></div></div><nav class="tabnav-tabs" aria-label="Pull request">${tabs}</nav><div class="content"><div class="main">${content(made, tab, merge)}</div>${others(repo, made)}</div></main></div>`,
  });
}

function compare(repo, made, ui) {
  const title = made.commits.length === 1 ? made.commits[0].message.split('\n')[0] : made.head.replaceAll('-', ' ');
  const body = made.commits.length === 1 ? made.commits[0].message.split('\n').slice(1).join('\n').trim() : '';
  return document({
    title: `Comparing ${made.base}...${made.head} · ${repo.owner}/${repo.name}`,
    style: ui,
    script: ui,
    body: `${bar(repo)}<div class="application-main"><main><h1>Open a pull request</h1><p class="range-editor"><span class="commit-ref base-ref" title="${html(`${repo.owner}/${repo.name}:${made.base}`)}">base: <strong>${html(made.base)}</strong></span> <span class="commit-ref head-ref" title="${html(`${repo.owner}/${repo.name}:${made.head}`)}">compare: <strong>${html(made.head)}</strong></span></p><form id="new_pull_request" class="new-pr-form"><p><input id="pull_request_title" name="pull_request[title]" aria-label="Title" value="${html(title)}"></p><p><textarea id="pull_request_body" name="pull_request[body]" aria-label="Description" rows="6">${html(body)}</textarea></p><button type="button" class="button primary">Create pull request</button></form>${content(made, '/commits', '')}</main></div>`,
  });
}

function list(repo, ui) {
  return document({
    title: `Pull requests · ${repo.owner}/${repo.name}`,
    style: ui,
    script: ui,
    body: `${bar(repo)}<main><h1>Pull requests</h1><ul>${[...repo.pulls.values()].map((made) => `<li class="js-issue-row"><a class="js-navigation-open" data-soft href="/${repo.owner}/${repo.name}/pull/${made.number}">${html(made.title.slice(0, 120))}</a></li>`).join('')}</ul></main>`,
  });
}

/** A page of github.com below /O/R; null where there is none. */
export function githubPage(repo, path, query) {
  const page = githubPageOf(repo, path, query.get('ui') ?? repo.ui);
  // A reader who may not edit has no such button.
  return query.has('guest') ? (page?.replace(/<button[^>]*data-edit.*?<\/button>/s, '') ?? null) : page;
}

function githubPageOf(repo, path, ui) {
  const pull = /^\/pull\/(\d+)(\/commits|\/files|\/changes)?$/.exec(path);
  if (pull) {
    const made = repo.pulls.get(Number(pull[1]));
    if (!made) return null;
    return ui === 'rails' ? rails(repo, made, pull[2] ?? '') : react(repo, made, pull[2] ?? '');
  }
  const between = /^\/compare\/(?:[^/]+\.\.\.)?(.+)$/.exec(path);
  if (between) {
    const made = [...repo.pulls.values()].find(({ head }) => head === between[1]);
    return made ? compare(repo, made, ui) : null;
  }
  return path === '' || path === '/pulls' ? list(repo, ui) : null;
}

/** A page of bitbucket.org below /WORKSPACE/REPOSITORY; null where there is none. */
export function bitbucketPage(repo, path) {
  const pull = /^\/pull-requests\/(\d+)(?:\/(overview|diff|commits|activity))?\/?$/.exec(path);
  const made = pull && repo.pulls.get(Number(pull[1]));
  if (!made) return null;
  const at = `/${repo.owner}/${repo.name}/pull-requests/${made.number}`;
  const message = `Merged in ${made.head} (pull request #${made.number})\n\n${made.title}\n\n${made.commits.map(({ message }) => `* ${message}`).join('\n\n')}\n\nApproved-by: Ada Winter`;
  return document({
    title: `${repo.owner} / ${repo.name} / Pull Request #${made.number}: ${made.title} — Bitbucket`,
    style: 'bitbucket',
    script: 'bitbucket',
    attributes: ' data-theme="light:light dark:dark"',
    body: `${bar(repo)}<div id="root"><main><header data-testid="pr-header"><h1>${html(made.title)}</h1><button type="button" data-edit>Edit</button></header><div data-qa="pr-branches-and-state-styles"><span class="branch"><a href="/${repo.owner}/${repo.name}/branch/${html(made.head)}">${html(made.head)}</a></span> → <span class="branch"><a href="/${repo.owner}/${repo.name}/branch/${html(made.base)}">${html(made.base)}</a></span> <span class="lozenge">${made.state === 'closed' ? 'DECLINED' : made.state.toUpperCase()}</span> <span>#${made.number}</span></div><nav aria-label="Pull request"><a data-soft href="${at}">Overview</a> <a data-soft href="${at}/diff">Diff</a> <a data-soft href="${at}/commits">Commits</a></nav><button type="button" class="button primary" data-testid="mergeButton-primary" data-merge data-message="${html(message)}">Merge</button><div id="pull-request-description-panel"><p>${html(made.body)}</p></div>${[...repo.pulls.values()].map((other) => `<p><a data-soft href="/${repo.owner}/${repo.name}/pull-requests/${other.number}">#${other.number}</a></p>`).join('')}</main></div>`,
  });
}
