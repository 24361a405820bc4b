// GitHub's GraphQL as far as anybody asks the demo: a reader of queries, and the fields of a repository. Whoever asks
// for a field that is not here is told so as GitHub does, with an error beside the data.

import { locate, squash } from './model.mjs';

const TOKEN = /\s+|#[^\n]*|,|"""[\s\S]*?"""|"(?:[^"\\]|\\.)*"|\.\.\.|[!$():=@[\]{|}&]|-?\d+(?:\.\d+)?|\w+/gy;

function tokens(query) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < query.length) {
    const match = TOKEN.exec(query);
    if (!match) throw new Error('Parse error');
    if (/^[^\s#,]/.test(match[0])) found.push(match[0]);
  }
  return found;
}

/** A document → `{operation, fragments}`, each a selection: a list of fields and spreads. */
function parse(query, variables) {
  const all = tokens(query);
  let at = 0;
  const take = (expected) => {
    const token = all[at];
    at += 1;
    if (token === undefined || (expected !== undefined && token !== expected))
      throw new Error(`Parse error: expected ${expected}, got ${token}`);
    return token;
  };
  const value = () => {
    const token = take();
    if (token === '$') return variables[take()] ?? null;
    if (token === '[') {
      const list = [];
      while (all[at] !== ']') list.push(value());
      take(']');
      return list;
    }
    if (token === '{') {
      const object = {};
      while (all[at] !== '}') {
        const name = take();
        take(':');
        object[name] = value();
      }
      take('}');
      return object;
    }
    if (token.startsWith('"')) return JSON.parse(token);
    if (/^-?\d/.test(token)) return Number(token);
    return { true: true, false: false, null: null }[token] ?? token;
  };
  const named = () => {
    const given = {};
    if (all[at] !== '(') return given;
    take('(');
    while (all[at] !== ')') {
      const name = take();
      take(':');
      given[name] = value();
    }
    take(')');
    return given;
  };
  const directives = () => {
    let keep = true;
    while (all[at] === '@') {
      take('@');
      const name = take();
      const { if: condition } = named();
      keep &&= name === 'skip' ? !condition : Boolean(condition);
    }
    return keep;
  };
  const selection = () => {
    const list = [];
    take('{');
    while (all[at] !== '}') {
      const first = take();
      if (first === '...') {
        const spread = all[at] === '{' || all[at] === 'on' || all[at] === '@' ? null : take();
        let on = null;
        if (all[at] === 'on') {
          take('on');
          on = take();
        }
        const keep = directives();
        const inside = spread === null ? selection() : null;
        if (keep) list.push({ spread, inside, on });
        continue;
      }
      const name = all[at] === ':' ? take(':') && take() : first;
      const given = named();
      const keep = directives();
      const inside = all[at] === '{' ? selection() : null;
      if (keep) list.push({ alias: first, name, given, inside });
    }
    take('}');
    return list;
  };
  let operation = null;
  const fragments = new Map();
  while (at < all.length) {
    if (all[at] === 'fragment') {
      take();
      const name = take();
      take('on');
      const on = take();
      fragments.set(name, { on, inside: selection() });
      continue;
    }
    while (all[at] !== '{') {
      if (all[at] !== '(') {
        take();
        continue;
      }
      // The variables' declarations: their default values are honoured.
      take('(');
      while (all[at] !== ')') {
        take('$');
        const name = take();
        take(':');
        while (all[at] === '[' || all[at] === ']' || all[at] === '!' || /^\w/.test(all[at])) take();
        if (all[at] === '=') {
          take('=');
          const otherwise = value();
          variables[name] ??= otherwise;
        }
      }
      take(')');
    }
    operation = selection();
  }
  return { operation, fragments };
}

class Unknown extends Error {}

/** What a reference or a path can lead to. */
const OBJECTS = new Set(['Commit', 'Tag', 'Tree', 'Blob']);

function resolve(selected, object, fragments, errors, path) {
  const out = {};
  for (const { spread, inside, on, alias, name, given } of selected) {
    if (alias === undefined) {
      const body = inside ? { on, inside } : fragments.get(spread);
      if (!body) throw new Unknown(`Fragment ${spread} was used, but not defined`);
      // A part for another type of object is passed over.
      if (body.on === null || body.on === object.__typename || !OBJECTS.has(body.on)) {
        Object.assign(out, resolve(body.inside, object, fragments, errors, path));
      }
      continue;
    }
    if (name === '__typename') {
      out[alias] = object.__typename ?? 'Unknown';
      continue;
    }
    if (!(name in object)) {
      throw new Unknown(`Field '${name}' doesn't exist on type '${object.__typename ?? path.join('.')}'`);
    }
    let found = object[name];
    if (typeof found === 'function') found = found(given);
    if (found?.forbidden) {
      errors.push({ type: 'FORBIDDEN', path: [...path, alias], message: 'Resource not accessible by personal access token' });
      found = null;
    }
    if (inside && Array.isArray(found)) found = found.map((each) => each && resolve(inside, each, fragments, errors, [...path, alias]));
    else if (inside && found !== null && found !== undefined) found = resolve(inside, found, fragments, errors, [...path, alias]);
    out[alias] = found ?? null;
  }
  return out;
}

/** A connection's page: `first`, `last`, `after`, `before` over a list; cursors are indexes. */
function connection(list, { first, last, after, before }) {
  const size = Math.min(100, first ?? last ?? 100);
  let start = after === undefined || after === null ? 0 : Number(Buffer.from(after, 'base64').toString()) + 1;
  let end = before === undefined || before === null ? list.length : Number(Buffer.from(before, 'base64').toString());
  if (last !== undefined && last !== null) start = Math.max(start, end - size);
  else end = Math.min(end, start + size);
  const cursor = (index) => Buffer.from(String(index)).toString('base64');
  const nodes = list.slice(start, end);
  return {
    __typename: 'Connection',
    totalCount: list.length,
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursor(start + index) })),
    pageInfo: {
      hasNextPage: end < list.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length > 0 ? cursor(start) : null,
      endCursor: nodes.length > 0 ? cursor(end - 1) : null,
    },
  };
}

function commitNode(repo, made) {
  const [headline, ...rest] = made.message.split('\n');
  const actor = {
    __typename: 'GitActor',
    name: made.name,
    email: made.email,
    date: made.date,
    user: { __typename: 'User', login: made.login, name: made.name },
  };
  return {
    __typename: 'Commit',
    oid: made.sha,
    abbreviatedOid: made.sha.slice(0, 7),
    message: made.message,
    messageHeadline: headline,
    messageBody: rest.join('\n').trim(),
    committedDate: made.date,
    authoredDate: made.date,
    author: actor,
    committer: actor,
    authors: (given) => connection([actor], given),
    parents: (given) =>
      connection(
        made.parents.map((oid) => ({ __typename: 'Commit', oid })),
        given,
      ),
    url: `https://github.com/${repo.owner}/${repo.name}/commit/${made.sha}`,
    tree: treeNode(repo, ''),
    file: ({ path }) => {
      const found = path in repo.files ? blobNode(repo, path) : treeNode(repo, path);
      return found && { __typename: 'TreeEntry', path, name: path.split('/').at(-1), object: found };
    },
    associatedPullRequests: (given) => connection([], given),
    history: (given) =>
      connection(
        repo.history
          .slice(0, repo.history.indexOf(made) + 1)
          .reverse()
          .map((each) => commitNode(repo, each)),
        given,
      ),
  };
}

function treeNode(repo, path) {
  const prefix = path === '' ? '' : `${path}/`;
  const inside = Object.keys(repo.files).filter((file) => file.startsWith(prefix));
  if (inside.length === 0) return null;
  const names = [...new Set(inside.map((file) => file.slice(prefix.length).split('/')[0]))];
  return {
    __typename: 'Tree',
    oid: repo.tree,
    entries: names.map((name) => {
      const whole = prefix + name;
      const file = whole in repo.files;
      return {
        __typename: 'TreeEntry',
        name,
        path: whole,
        type: file ? 'blob' : 'tree',
        mode: file ? 33188 : 16384,
        object: file ? blobNode(repo, whole) : treeNode(repo, whole),
      };
    }),
  };
}

const blobNode = (repo, path) => ({
  __typename: 'Blob',
  text: repo.files[path],
  byteSize: repo.files[path].length,
  isBinary: false,
  isTruncated: false,
  oid: repo.tree,
});

function object(repo, expression) {
  const [revision, path] = expression.includes(':') ? expression.split(/:(.*)/s) : [expression, null];
  const index = locate(repo, revision);
  if (index < 0) return null;
  if (path === null) return commitNode(repo, repo.history[index]);
  return path in repo.files ? blobNode(repo, path) : treeNode(repo, path);
}

function comparison(repo, base, head) {
  const start = locate(repo, base);
  const end = locate(repo, head);
  if (start < 0 || end < 0) return null;
  const between = repo.history.slice(start + 1, end + 1);
  return {
    __typename: 'Comparison',
    aheadBy: between.length,
    behindBy: 0,
    status: between.length > 0 ? 'AHEAD' : 'IDENTICAL',
    commits: (given) =>
      connection(
        between.map((made) => commitNode(repo, made)),
        given,
      ),
  };
}

function ref(repo, name, sha) {
  const target = commitNode(repo, repo.history[locate(repo, sha)]);
  return { __typename: 'Ref', name, prefix: 'refs/tags/', target, compare: ({ headRef }) => comparison(repo, name, headRef) };
}

const STATE = { open: 'OPEN', draft: 'OPEN', merged: 'MERGED', closed: 'CLOSED' };

function pullNode(repo, made) {
  const { subject, body } = squash(made);
  return {
    __typename: 'PullRequest',
    number: made.number,
    title: made.title,
    body: made.body,
    state: STATE[made.state],
    isDraft: made.state === 'draft',
    merged: made.state === 'merged',
    baseRefName: made.base,
    headRefName: made.head,
    headRefOid: made.commits.at(-1).sha,
    baseRefOid: repo.tip,
    author: { __typename: 'User', login: made.author, name: made.name },
    url: `https://github.com/${repo.owner}/${repo.name}/pull/${made.number}`,
    commits: (given) =>
      connection(
        made.commits.map((each) => ({ __typename: 'PullRequestCommit', commit: commitNode(repo, each) })),
        given,
      ),
    files: (given) => connection([{ __typename: 'PullRequestChangedFile', path: 'src/cart.js' }], given),
    viewerMergeHeadlineText: ({ mergeType }) => (mergeType === 'SQUASH' ? subject : `Merge pull request #${made.number}`),
    viewerMergeBodyText: ({ mergeType }) => (mergeType === 'SQUASH' ? body : made.title),
    baseRef: {
      __typename: 'Ref',
      name: made.base,
      target: commitNode(repo, repo.history.at(-1)),
      compare: ({ headRef }) => comparison(repo, made.base, headRef),
    },
  };
}

function repositoryNode(repo) {
  const branch = {
    __typename: 'Ref',
    name: repo.branch,
    target: commitNode(repo, repo.history.at(-1)),
    compare: ({ headRef }) => comparison(repo, repo.branch, headRef),
  };
  return {
    __typename: 'Repository',
    name: repo.name,
    nameWithOwner: `${repo.owner}/${repo.name}`,
    owner: { __typename: 'Organization', login: repo.owner },
    url: `https://github.com/${repo.owner}/${repo.name}`,
    isPrivate: false,
    squashMergeAllowed: true,
    mergeCommitAllowed: true,
    rebaseMergeAllowed: true,
    squashMergeCommitTitle: repo.settings?.title ?? 'COMMIT_OR_PR_TITLE',
    squashMergeCommitMessage: repo.settings?.message ?? 'COMMIT_MESSAGES',
    mergeCommitTitle: 'MERGE_MESSAGE',
    mergeCommitMessage: 'PR_TITLE',
    viewerDefaultMergeMethod: 'SQUASH',
    viewerPermission: 'READ',
    defaultBranchRef: branch,
    pullRequest: ({ number }) => {
      const made = repo.pulls.get(number);
      return made ? pullNode(repo, made) : null;
    },
    pullRequests: ({ states, ...given }) =>
      connection(
        [...repo.pulls.values()]
          .filter(({ state }) => [states ?? STATE[state]].flat().includes(STATE[state]))
          .map((made) => pullNode(repo, made)),
        given,
      ),
    ref: ({ qualifiedName }) => {
      if (locate(repo, qualifiedName) < 0) return null;
      const tag = repo.tags.find(({ name }) => `refs/tags/${name}` === qualifiedName || name === qualifiedName);
      return tag ? ref(repo, tag.name, tag.sha) : branch;
    },
    refs: (given) => {
      if (given.refPrefix !== 'refs/tags/') return connection([branch], given);
      const wanted = repo.tags.filter(({ name }) => !given.query || name.includes(given.query));
      // Newest first where asked so: the demo's tags stand in the order they were made in.
      const ordered = given.orderBy?.direction === 'DESC' ? [...wanted].reverse() : wanted;
      return connection(
        ordered.map(({ name, sha }) => ref(repo, name, sha)),
        given,
      );
    },
    object: ({ expression, oid }) => object(repo, expression ?? oid),
  };
}

/** Answers a request's body; `find` finds repositories by host, owner and name. */
export function graphql(find, body) {
  const errors = [];
  try {
    const { query, variables = {} } = JSON.parse(body);
    const { operation, fragments } = parse(query, { ...variables });
    const root = {
      __typename: 'Query',
      rateLimit: { __typename: 'RateLimit', cost: 1, remaining: 4999, limit: 5000, resetAt: '2026-03-09T10:00:00Z' },
      viewer: { __typename: 'User', login: 'ada-w' },
      repository: ({ owner, name }) => {
        const repo = find('github.com', owner, name);
        if (repo) return repositoryNode(repo);
        errors.push({
          type: 'NOT_FOUND',
          path: ['repository'],
          message: `Could not resolve to a Repository with the name '${owner}/${name}'.`,
        });
        return null;
      },
    };
    const data = resolve(operation, root, fragments, errors, []);
    return { data, ...(errors.length > 0 ? { errors } : {}) };
  } catch (error) {
    if (!(error instanceof Unknown) && !/^Parse error/.test(error.message)) throw error;
    return { errors: [{ message: error.message }] };
  }
}
