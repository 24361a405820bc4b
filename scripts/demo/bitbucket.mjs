// The demo's api.bitbucket.org/2.0 and bitbucket.org/!api/2.0, which answer alike.

import { locate } from './model.mjs';

const json = (body) => ({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) });

const missing = (what) => ({
  status: 404,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify({ type: 'error', error: { message: `${what} not found` } }),
});

const person = (name, nickname) => ({ type: 'user', display_name: name, nickname });

function commit(repo, made) {
  return {
    type: 'commit',
    hash: made.sha,
    date: made.date,
    author: { type: 'author', raw: `${made.name} <${made.email}>`, user: person(made.name, made.login) },
    message: `${made.message}\n`,
    summary: { raw: made.message },
    parents: made.parents.map((hash) => ({ type: 'commit', hash })),
    links: { html: { href: `https://bitbucket.org/${repo.owner}/${repo.name}/commits/${made.sha}` } },
  };
}

const STATE = { open: 'OPEN', draft: 'OPEN', merged: 'MERGED', closed: 'DECLINED' };

const branch = (name) => ({
  name,
  merge_strategies: ['merge_commit', 'squash', 'fast_forward', 'squash_fast_forward', 'rebase_fast_forward', 'rebase_merge'],
  default_merge_strategy: 'squash',
});

function pull(repo, made) {
  const repository = { type: 'repository', full_name: `${repo.owner}/${repo.name}`, name: repo.name };
  return {
    type: 'pullrequest',
    id: made.number,
    title: made.title,
    description: made.body,
    summary: { type: 'rendered', raw: made.body, markup: 'markdown' },
    state: STATE[made.state],
    draft: made.state === 'draft',
    author: person(made.name, made.author),
    source: { branch: { name: made.head }, commit: { type: 'commit', hash: made.commits.at(-1).sha.slice(0, 12) }, repository },
    destination: { branch: branch(made.base), commit: { type: 'commit', hash: repo.tip.slice(0, 12) }, repository },
    participants: [{ type: 'participant', user: person('Ada Winter', 'ada-w'), role: 'REVIEWER', approved: true, state: 'approved' }],
    reviewers: [person('Ada Winter', 'ada-w')],
    links: { html: { href: `https://bitbucket.org/${repo.owner}/${repo.name}/pull-requests/${made.number}` } },
  };
}

function paged(request, list) {
  const size = Math.min(100, Number(request.query.get('pagelen') ?? 10));
  const page = Number(request.query.get('page') ?? 1);
  const query = new URLSearchParams(request.query);
  query.set('page', String(page + 1));
  const more = page * size < list.length ? { next: `https://${request.host}${request.path}?${query}` } : {};
  return json({ pagelen: size, page, size: list.length, values: list.slice((page - 1) * size, page * size), ...more });
}

/** What of the history is in the given revisions and not in the excluded ones, newest first. */
function history(repo, include, exclude) {
  const end = include ? locate(repo, include) : repo.history.length - 1;
  const start = exclude ? locate(repo, exclude) : -1;
  return end < 0 ? null : repo.history.slice(start + 1, end + 1).reverse();
}

/** Everything below /2.0/repositories/WORKSPACE/REPOSITORY. */
export function rest(repo, request, path) {
  let match;
  if (path === '') {
    return json({
      type: 'repository',
      full_name: `${repo.owner}/${repo.name}`,
      name: repo.name,
      is_private: false,
      mainbranch: branch(repo.branch),
    });
  }
  if ((match = /^\/pullrequests\/(\d+)(\/commits|\/diffstat)?$/.exec(path))) {
    const made = repo.pulls.get(Number(match[1]));
    if (!made) return missing('Pull request');
    if (match[2] === '/commits')
      return paged(
        request,
        [...made.commits].reverse().map((each) => commit(repo, each)),
      );
    if (match[2])
      return paged(request, [{ type: 'diffstat', status: 'modified', new: { path: 'src/cart.js' }, old: { path: 'src/cart.js' } }]);
    return json(pull(repo, made));
  }
  if (path === '/refs/tags')
    return paged(
      request,
      repo.tags.map(({ name, sha }) => ({ type: 'tag', name, target: { type: 'commit', hash: sha } })),
    );
  if ((match = /^\/refs\/branches\/(.+)$/.exec(path))) {
    return match[1] === repo.branch ? json({ type: 'branch', ...branch(match[1]), target: { hash: repo.tip } }) : missing('Branch');
  }
  if ((match = /^\/commits(?:\/(.+))?$/.exec(path))) {
    const found = history(repo, match[1] ?? request.query.get('include'), request.query.get('exclude'));
    return found
      ? paged(
          request,
          found.map((made) => commit(repo, made)),
        )
      : missing('Commit');
  }
  if ((match = /^\/src\/?$/.exec(path)) || (match = /^\/src\/([^/]+)\/?(.*)$/.exec(path))) {
    const file = repo.files[match[2] ?? ''];
    if (file !== undefined) return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: file };
    return directory(repo, request, match[2] ?? '');
  }
  return missing('Resource');
}

function directory(repo, request, path) {
  const prefix = path === '' ? '' : `${path.replace(/\/$/, '')}/`;
  const deep = Number(request.query.get('max_depth') ?? 1);
  const entries = new Map();
  for (const file of Object.keys(repo.files).filter((known) => known.startsWith(prefix))) {
    const parts = file.slice(prefix.length).split('/');
    for (let depth = 1; depth <= Math.min(deep, parts.length); depth += 1) {
      const type = depth === parts.length ? 'commit_file' : 'commit_directory';
      entries.set(prefix + parts.slice(0, depth).join('/'), type);
    }
  }
  if (entries.size === 0) return missing('No such file or directory');
  return paged(
    request,
    [...entries].map(([at, type]) => ({ type, path: at })),
  );
}

/** bitbucket.org/WORKSPACE/REPOSITORY/raw/REVISION/PATH. */
export function raw(repo, path) {
  const content = repo.files[path];
  return content === undefined
    ? { status: 404, headers: {}, body: '' }
    : { status: 200, headers: { 'content-type': 'text/plain' }, body: content };
}
