// The demo's gitlab.com: the repositories of the demo's GitHub once more, as GitLab shows and tells them. Its pages have the
// structure of GitLab 17's, as far as page adapters go by it; its widget is squashed by default but for one of them.

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const html = (text) => String(text).replace(/[&<>"]/g, (character) => ESCAPES[character]);

/** GitLab's kind of policy: what the page loads comes from its own host. */
const POLICY =
  "default-src 'none'; base-uri 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; script-src 'self'; style-src 'self' 'unsafe-inline'";

const json = (body, headers = {}) => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});
const missing = { status: 404, headers: { 'content-type': 'application/json' }, body: '{"message":"404 Project Not Found"}' };

const STATES = { open: 'opened', draft: 'opened', merged: 'merged', closed: 'closed' };
const BADGES = { open: 'Open', draft: 'Open', merged: 'Merged', closed: 'Closed' };

/** The merge request that is not squashed unless its box is ticked. */
const PLAIN = 43;

const title = (made) => (made.state === 'draft' ? `Draft: ${made.title}` : made.title);

const mergeMessage = (repo, made) =>
  `Merge branch '${made.head}' into '${made.base}'\n\n${title(made)}\n\nSee merge request ${repo.owner}/${repo.name}!${made.number}`;

const commitOf = ({ sha, message, name, email, date, parents }) => ({
  id: sha,
  message: `${message}\n`,
  author_name: name,
  author_email: email,
  committed_date: date,
  parent_ids: parents,
});

function graphql(find, body) {
  const { variables } = JSON.parse(body);
  const [owner, name] = variables.path.split('/');
  const repo = find(owner, name);
  if (!repo) return { data: { project: null } };
  const files = Object.entries(repo.files);
  const made = repo.pulls.get(Number(variables.iid));
  const newest = made ? [...made.commits].reverse() : [];
  const project = {
    mergeRequestsFfOnlyEnabled: false,
    mergeCommitTemplate: null,
    squashCommitTemplate: null,
    repository: {
      rootRef: repo.branch,
      tree: { blobs: { nodes: files.filter(([path]) => !path.includes('/')).map(([path]) => ({ path })) } },
      blobs: { nodes: files.filter(([path]) => variables.files.includes(path)).map(([path, rawTextBlob]) => ({ path, rawTextBlob })) },
    },
  };
  if (variables.iid === undefined) return { data: { project } };
  const mergeRequest = made && {
    title: title(made),
    description: made.body,
    draft: made.state === 'draft',
    state: STATES[made.state],
    sourceBranch: made.head,
    targetBranch: made.base,
    sourceProjectId: 17,
    squashOnMerge: made.number !== PLAIN,
    commitCount: newest.length,
    defaultSquashCommitMessage: title(made),
    defaultMergeCommitMessage: mergeMessage(repo, made),
    author: { username: made.author, name: made.name },
    commits: {
      nodes: newest.map(({ sha, message, name, email, date }) => ({
        sha,
        message,
        authorName: name,
        authorEmail: email,
        authoredDate: date,
      })),
    },
    commitsWithoutMergeCommits: { nodes: newest.map(({ sha }) => ({ sha })) },
  };
  return { data: { project: { ...project, mergeRequest: mergeRequest ?? null } } };
}

function rest(repo, path, query) {
  if (path === '/repository/tags') return json(repo.tags.map(({ name, sha }) => ({ name, target: sha, commit: { id: sha } })));
  if (path === '/repository/commits') {
    const [since, until] = query.get('ref_name').split('..');
    const from =
      until === undefined ? 0 : repo.history.findIndex(({ sha }) => sha === repo.tags.find(({ name }) => name === since)?.sha) + 1;
    const commits = repo.history.slice(from).reverse();
    return json(commits.slice(0, 100).map(commitOf), { 'x-total': String(commits.length) });
  }
  return missing;
}

const page = (name, heading, body) => `<!doctype html>
<html lang="en" class="ui-neutral">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta content="GitLab" property="og:site_name">
<meta content="${html(heading)} · Merge requests · acme" property="og:title">
<title>${html(heading)} · Merge requests · acme · GitLab</title>
<link rel="stylesheet" href="/assets/demo-gitlab.css">
<script defer src="/assets/demo-gitlab.js"></script>
</head>
<body data-page="projects:merge_requests:${name}" data-project-id="17">
<main class="content" id="content-body">
${body}
</main>
</body>
</html>
`;

const form = (made, action) => `<h1 class="page-title">${action}</h1>
<form class="merge-request-form">
<label for="merge_request_title">Title</label>
<input id="merge_request_title" name="merge_request[title]" class="form-control" value="${html(made.title)}">
<label for="merge_request_description">Description</label>
<textarea id="merge_request_description" name="merge_request[description]" class="form-control">${html(made.body)}</textarea>
<input type="hidden" name="merge_request[source_branch]" value="${html(made.head)}">
<input type="hidden" name="merge_request[target_branch]" value="${html(made.base)}">
<label><input type="checkbox" name="merge_request[squash]" value="1" checked> Squash commits when merge request is accepted.</label>
</form>`;

const TABS = [
  ['', 'Overview'],
  ['/commits', 'Commits'],
  ['/diffs', 'Changes'],
];

function widget(repo, made) {
  const squash = made.number === PLAIN ? '' : ' checked';
  return `<div id="js-vue-mr-widget" class="mr-widget"><div class="mr-state-widget">
<div class="mr-widget-body"><button type="button" class="accept-merge-request" data-testid="merge-button">Merge</button>
<div class="mr-widget-body-controls">
<label><input type="checkbox" name="squash" class="js-squash-checkbox"${squash}> Squash commits</label>
<label><input type="checkbox" data-testid="widget_edit_commit_message"> Edit commit message</label>
</div>
<template id="squash-editor"><li><label for="squash-message-edit">Squash commit message</label><textarea id="squash-message-edit" class="form-control commit-message-edit" rows="5">${html(title(made))}</textarea></li></template>
<template id="merge-editor"><li><label for="merge-message-edit">Merge commit message</label><textarea id="merge-message-edit" class="form-control commit-message-edit" rows="5">${html(mergeMessage(repo, made))}</textarea></li></template>
<ul class="editors"></ul></div></div></div>`;
}

function show(repo, made, tab) {
  const at = `/${repo.owner}/${repo.name}/-/merge_requests/${made.number}`;
  const branch = (name) =>
    `<a class="ref-container" title="${html(name)}" href="/${repo.owner}/${repo.name}/-/tree/${html(name)}">${html(name)}</a>`;
  const commits = made.commits.map(({ message }) => `<li>${html(message.split('\n')[0])}</li>`).join('');
  return `<div class="merge-request">
<div class="detail-page-header is-merge-request"><h1 class="title" data-testid="title-content">${html(title(made))}</h1>
<div class="js-issuable-actions"><a class="btn js-issuable-edit" href="${at}/edit">Edit</a><button type="button" class="btn">Code</button></div></div>
<div class="detail-page-description"><span class="gl-badge issuable-status-badge issuable-status-badge-${STATES[made.state] === 'opened' ? 'open' : STATES[made.state]}">${BADGES[made.state]}</span>
<span>${html(made.name)} requested to merge ${branch(made.head)} into ${branch(made.base)}</span></div>
<ul class="merge-request-tabs">${TABS.map(([path, name]) => `<li class="${name.toLowerCase()}-tab"><a href="${at}${path}">${name}${path === '/commits' ? ` <span class="gl-badge badge">${made.commits.length}</span>` : ''}</a></li>`).join('')}</ul>
${tab === '' ? `<div class="description"><div class="md"><p>${html(made.body)}</p></div></div>${widget(repo, made)}` : `<ul class="content-list">${commits}</ul>`}
</div>`;
}

/** Plays gitlab.com; `find` finds a repository by its owner and name. */
export function gitlab(find) {
  const answer = async (request) => {
    const asset = /^\/assets\/demo-gitlab\.(css|js)$/.exec(request.path)?.[1];
    if (asset) {
      const { readFile } = await import('node:fs/promises');
      const type = asset === 'js' ? 'text/javascript' : 'text/css';
      return {
        status: 200,
        headers: { 'content-type': type },
        body: await readFile(new URL(`assets/demo-gitlab.${asset}`, import.meta.url)),
      };
    }
    if (request.path === '/api/graphql') return json(graphql(find, request.body));
    const [, owner, name, path] =
      /^\/api\/v4\/projects\/([^/]+)\/([^/]+)(\/.*)?$/.exec(request.path) ??
      /^\/([^/]+)\/([^/]+)\/-\/merge_requests\/(.+)$/.exec(request.path) ??
      [];
    const repo = find(owner, name);
    if (!repo) return missing;
    if (request.path.startsWith('/api/')) return rest(repo, path ?? '', request.query);
    const [, number, tab = ''] = /^(\d+)(\/[a-z]+)?$/.exec(path) ?? [];
    const made = path === 'new' ? { title: '', body: '', head: 'mesh', base: repo.branch } : repo.pulls.get(Number(number));
    if (!made) return missing;
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY };
    if (path === 'new') return { status: 200, headers, body: page('creations:new', 'New merge request', form(made, 'New merge request')) };
    if (tab === '/edit')
      return { status: 200, headers, body: page('edit', 'Edit', form({ ...made, title: title(made) }, `Edit merge request !${number}`)) };
    return { status: 200, headers, body: page('show', `${title(made)} (!${number})`, show(repo, made, tab)) };
  };
  return answer;
}
