// The demo's api.github.com, raw.githubusercontent.com and github.com routes that answer in JSON or plain text.

import { createHash } from 'node:crypto';
import { locate, squash } from './model.mjs';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

const json = (body, headers = {}) => ({ status: 200, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) });

const missing = () => ({ status: 404, headers: JSON_TYPE, body: JSON.stringify({ message: 'Not Found', status: '404' }) });

const api = (repo, rest = '') => `https://api.github.com/repos/${repo.owner}/${repo.name}${rest}`;

const person = (name) => ({ login: name, id: name.length, type: 'User', html_url: `https://github.com/${name}` });

function commit(repo, made) {
  const who = { name: made.name, email: made.email, date: made.date };
  return {
    sha: made.sha,
    url: api(repo, `/commits/${made.sha}`),
    html_url: `https://github.com/${repo.owner}/${repo.name}/commit/${made.sha}`,
    commit: { author: who, committer: who, message: made.message, tree: { sha: repo.tree }, comment_count: 0 },
    author: person(made.login),
    committer: person(made.login),
    parents: made.parents.map((sha) => ({ sha, url: api(repo, `/commits/${sha}`) })),
  };
}

function pull(repo, made) {
  const side = (ref, sha) => ({ label: `${repo.owner}:${ref}`, ref, sha, user: person(repo.owner), repo: summary(repo) });
  return {
    url: api(repo, `/pulls/${made.number}`),
    html_url: `https://github.com/${repo.owner}/${repo.name}/pull/${made.number}`,
    number: made.number,
    state: made.state === 'merged' || made.state === 'closed' ? 'closed' : 'open',
    draft: made.state === 'draft',
    merged: made.state === 'merged',
    merged_at: made.state === 'merged' ? '2026-03-02T09:00:00Z' : null,
    title: made.title,
    body: made.body === '' ? null : made.body,
    user: person(made.author),
    base: side(made.base, repo.tip),
    head: side(made.head, made.commits.at(-1).sha),
    commits: made.commits.length,
    changed_files: 2,
    additions: 10,
    deletions: 2,
  };
}

const summary = (repo) => ({
  name: repo.name,
  full_name: `${repo.owner}/${repo.name}`,
  private: false,
  owner: person(repo.owner),
  html_url: `https://github.com/${repo.owner}/${repo.name}`,
  default_branch: repo.branch,
});

const settings = (repo) => ({
  allow_squash_merge: true,
  allow_merge_commit: true,
  allow_rebase_merge: true,
  squash_merge_commit_title: repo.settings?.title ?? 'COMMIT_OR_PR_TITLE',
  squash_merge_commit_message: repo.settings?.message ?? 'COMMIT_MESSAGES',
});

function paged(request, list) {
  const size = Math.min(100, Number(request.query.get('per_page') ?? 30));
  const page = Number(request.query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(list.length / size));
  const at = (number, rel) => {
    const query = new URLSearchParams(request.query);
    query.set('page', String(number));
    return `<https://${request.host}${request.path}?${query}>; rel="${rel}"`;
  };
  const link = page < last ? { link: [at(page + 1, 'next'), at(last, 'last')].join(', ') } : {};
  return { items: list.slice((page - 1) * size, page * size), link };
}

function compare(repo, request, from, to) {
  const start = locate(repo, from);
  const end = locate(repo, to);
  if (start < 0 || end < 0) return missing();
  const between = repo.history.slice(start + 1, end + 1);
  const { items, link } = paged(request, between);
  return json(
    {
      status: between.length > 0 ? 'ahead' : 'identical',
      ahead_by: between.length,
      behind_by: 0,
      total_commits: between.length,
      base_commit: commit(repo, repo.history[start]),
      commits: items.map((made) => commit(repo, made)),
      files: [],
    },
    link,
  );
}

function tree(repo) {
  const directories = new Set();
  for (const path of Object.keys(repo.files)) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) directories.add(parts.slice(0, depth).join('/'));
  }
  return [
    ...[...directories].map((path) => ({ path, mode: '040000', type: 'tree', sha: blob(path) })),
    ...Object.entries(repo.files).map(([path, content]) => ({
      path,
      mode: '100644',
      type: 'blob',
      sha: blob(content),
      size: content.length,
    })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const blob = (content) => createHash('sha1').update(content).digest('hex');

/** What a pull request changes, as its page "Files changed" lists it. */
function changed(repo, made) {
  const changes = made.changes ?? [{ path: 'src/cart.js', status: 'modified' }];
  const sha = made.commits.at(-1).sha;
  return changes.map(({ path, status }) => ({
    filename: path,
    status,
    sha: blob(path),
    contents_url: `${api(repo, `/contents/${encodeURIComponent(path)}`)}?ref=${sha}`,
    raw_url: `https://github.com/${repo.owner}/${repo.name}/raw/${sha}/${encodeURIComponent(path)}`,
  }));
}

/** A file's text at a commit of a pull request's branch, else on the base branch. */
function textAt(repo, ref, path) {
  const made = [...repo.pulls.values()].find(({ commits }) => commits.some(({ sha }) => sha === ref));
  const own = made?.changes?.find((change) => change.path === path);
  return own ? own.text : repo.files[path];
}

function contents(repo, request, path) {
  const content = textAt(repo, request.query.get('ref'), path);
  const url = api(repo, `/contents/${path}`);
  if (content !== undefined) {
    if (/raw/.test(request.headers.accept ?? '')) return { status: 200, headers: { 'content-type': 'text/plain' }, body: content };
    const encoded = Buffer.from(content).toString('base64').replace(/.{60}/g, '$&\n');
    return json({
      type: 'file',
      encoding: 'base64',
      name: path.split('/').at(-1),
      path,
      size: content.length,
      sha: blob(content),
      content: encoded,
      url,
    });
  }
  const prefix = path === '' ? '' : `${path}/`;
  const inside = tree(repo).filter((entry) => entry.path.startsWith(prefix) && !entry.path.slice(prefix.length).includes('/'));
  if (inside.length === 0) return missing();
  return json(
    inside.map((entry) => ({
      type: entry.type === 'tree' ? 'dir' : 'file',
      name: entry.path.split('/').at(-1),
      path: entry.path,
      sha: entry.sha,
    })),
  );
}

/** api.github.com below /repos/O/R; `token` says whether a good one came along. */
export function rest(repo, request, path, token) {
  let match;
  if (path === '') return json({ ...summary(repo), ...(token ? settings(repo) : {}) });
  if ((match = /^\/pulls\/(\d+)(\/commits|\/files)?$/.exec(path))) {
    const made = repo.pulls.get(Number(match[1]));
    if (!made) return missing();
    if (match[2] === '/files') return json(changed(repo, made));
    if (!match[2]) return json(pull(repo, made));
    const { items, link } = paged(request, made.commits);
    return json(
      items.map((each) => commit(repo, each)),
      link,
    );
  }
  if ((match = /^\/git\/matching-refs\/tags(?:\/(.*))?$/.exec(path))) {
    const prefix = match[1] ?? '';
    const found = repo.tags.filter(({ name }) => name.startsWith(prefix));
    return json(
      found.map(({ name, sha }) => ({
        ref: `refs/tags/${name}`,
        url: api(repo, `/git/refs/tags/${name}`),
        object: { sha, type: 'commit' },
      })),
    );
  }
  if (path === '/tags') {
    const { items, link } = paged(
      request,
      [...repo.tags].sort((a, b) => (a.name < b.name ? 1 : -1)),
    );
    return json(
      items.map(({ name, sha }) => ({ name, commit: { sha, url: api(repo, `/commits/${sha}`) } })),
      link,
    );
  }
  if ((match = /^\/compare\/(.+)\.\.\.(.+)$/.exec(path))) return compare(repo, request, match[1], match[2]);
  if (path === '/commits') {
    const end = locate(repo, request.query.get('sha') ?? repo.branch);
    if (end < 0) return missing();
    const { items, link } = paged(request, repo.history.slice(0, end + 1).reverse());
    return json(
      items.map((made) => commit(repo, made)),
      link,
    );
  }
  if ((match = /^\/commits\/(.+)$/.exec(path))) {
    const at = locate(repo, match[1]);
    return at < 0 ? missing() : json(commit(repo, repo.history[at]));
  }
  if ((match = /^\/git\/trees\/(.+)$/.exec(path))) {
    const all = tree(repo);
    const entries = request.query.has('recursive') ? all : all.filter((entry) => !entry.path.includes('/'));
    return json({ sha: repo.tree, url: api(repo, `/git/trees/${repo.tree}`), tree: entries, truncated: false });
  }
  if ((match = /^\/contents\/?(.*)$/.exec(path))) return contents(repo, request, match[1]);
  if (path === '/releases') return json([]);
  return missing();
}

/** raw.githubusercontent.com/O/R/REF/PATH, where REF may be `refs/heads/main`. */
export function raw(repo, path) {
  const [, ref, rest] = /^\/(?:refs\/heads\/)?([^/]+)\/(.*)$/.exec(path) ?? [];
  const content = rest === undefined ? undefined : textAt(repo, ref, rest);
  if (content === undefined) return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404: Not Found' };
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: content };
}

/** The routes of github.com that answer programs; null where the path is a page. */
export function session(repo, request, path) {
  let match;
  if (path.startsWith('/tree-list/')) return json({ paths: Object.keys(repo.files), directories: [] });
  if ((match = /^\/raw\/(.+)$/.exec(path))) return raw(repo, `/${match[1]}`);
  if ((match = /^\/pull\/(\d+)\/page_data\/merge_box$/.exec(path))) {
    const made = repo.pulls.get(Number(match[1]));
    if (!made) return missing();
    if (!/json/.test(request.headers.accept ?? '') || request.headers['x-requested-with'] !== 'XMLHttpRequest')
      return { status: 406, headers: {}, body: '' };
    const merge = request.query.get('merge_method') === 'MERGE';
    const { subject, body } = merge
      ? { subject: `Merge pull request #${made.number} from ${repo.owner}/${made.head}`, body: made.title }
      : squash(made);
    return json({
      pullRequest: {
        number: made.number,
        numberOfCommits: made.commits.length,
        state: made.state.toUpperCase(),
        headRefOid: made.commits.at(-1).sha,
      },
      mergeRequirements: made.state === 'merged' ? null : { state: 'MERGEABLE', commitMessageHeadline: subject, commitMessageBody: body },
    });
  }
  return null;
}
