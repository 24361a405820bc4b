// The demo forge: GitHub and Bitbucket as far as a pull-request page and squashcast ask them, with switches to fail.

import { createHash } from 'node:crypto';
import * as bitbucket from './bitbucket.mjs';
import * as github from './github.mjs';
import { gitlab } from './gitlab.mjs';
import { graphql } from './graphql.mjs';
import { find as findIn, model, repository } from './model.mjs';
import { bitbucketPage, githubPage } from './pages.mjs';

/** The one token that is good. */
export const TOKEN = 'ghp_demo0000000000000000000000000000token';

/** The policy GitHub serves its pages under, in short: it is what keeps Wasm out of content scripts in Chromium. */
export const POLICY =
  "default-src 'none'; base-uri 'self'; connect-src 'self' api.github.com; font-src github.githubassets.com; form-action 'self'; frame-ancestors 'none'; img-src 'self' data: github.githubassets.com; script-src github.githubassets.com; style-src 'unsafe-inline' github.githubassets.com";

const html = (body, headers = {}) => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY, 'x-frame-options': 'deny', ...headers },
  body,
});

const plain = (status, body = '') => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body });

/** When a limit that was hit lifts: the demo's clock does not run. */
const RESET = 4_102_444_800;

const refusal = (status, message, headers = {}) => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify({ message, status: String(status) }),
});

const limit = {
  'x-ratelimit-limit': '60',
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(RESET),
  'x-ratelimit-resource': 'core',
};

/** How a request can fail, by name. Each makes of a good answer a bad one. */
export const FAILURES = {
  unauthorised: () => refusal(401, 'Bad credentials'),
  forbidden: () => refusal(403, 'Resource not accessible'),
  limited: () => refusal(403, 'API rate limit exceeded for 127.0.0.1.', limit),
  busy: () => refusal(429, 'Too many requests', { 'retry-after': '60', ...limit }),
  missing: () => refusal(404, 'Not Found'),
  broken: () => plain(500, 'Unicorn!'),
  hang: () => 'hang',
  offline: () => 'drop',
  garbage: () => html('<!doctype html><title>Sign in</title><p>Sign in to continue'),
  truncated: (answer) => ({
    ...answer,
    headers: { 'content-type': answer.headers['content-type'] },
    body: answer.body.slice(0, Math.floor(answer.body.length / 2)),
  }),
  wrong: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"surprise":[1,2,{"three":null}]}' }),
};

const SHARED = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset',
};

/** Answers again only what changed, as the forges do. */
function conditional(request, answer) {
  if (typeof answer === 'string' || answer.status !== 200) return answer;
  const etag = `W/"${createHash('sha256').update(answer.body).digest('hex').slice(0, 40)}"`;
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { ...answer.headers, etag }, body: '' };
  return { ...answer, headers: { ...answer.headers, etag } };
}

/** A new forge, with nothing changed and nothing failing. */
export function forge() {
  const repositories = model();
  /** `{match: RegExp over the whole address, failure, times}`: the first that matches is applied. */
  const failing = [];
  let remaining = 60;

  const find = (host, owner, name) => findIn(repositories, host, owner, name);

  const restOf = (request) => {
    const token = request.headers.authorization === `Bearer ${TOKEN}` || request.headers.authorization === `token ${TOKEN}`;
    if (request.headers.authorization && !token) return refusal(401, 'Bad credentials');
    if (request.path === '/graphql') {
      if (!token) return refusal(401, 'This endpoint requires you to be authenticated.');
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(graphql(find, request.body)),
      };
    }
    const [, owner, name, path] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(request.path) ?? [];
    const repo = find('github.com', owner, name);
    if (!repo) return refusal(404, 'Not Found');
    const answer = conditional(request, github.rest(repo, request, path ?? '', token));
    if (answer.status !== 304 || !token) remaining = Math.max(1, remaining - 1);
    const counted = {
      'x-ratelimit-limit': token ? '5000' : '60',
      'x-ratelimit-remaining': String(token ? 4999 : remaining),
      'x-ratelimit-reset': String(RESET),
    };
    return { ...answer, headers: { ...answer.headers, ...SHARED, ...counted } };
  };

  const site = (request) => {
    const [, owner, name, path] = /^\/([^/]+)\/([^/]+)(\/.*)?$/.exec(request.path) ?? [];
    const repo = find('github.com', owner, name);
    if (!repo) return html('<!doctype html><html lang="en" data-color-mode="auto"><title>GitHub</title><h1>Not a repository</h1>', {});
    const answer = github.session(repo, request, path ?? '');
    if (answer) return conditional(request, answer);
    const change = /^\/pull\/(\d+)\/title$/.exec(path ?? '');
    if (change && request.method === 'POST') {
      repo.pulls.get(Number(change[1])).title = JSON.parse(request.body).title;
      return plain(200);
    }
    const page = githubPage(repo, path ?? '', request.query);
    return page === null
      ? { ...html('<!doctype html><html lang="en"><title>Page not found</title><h1>404</h1>'), status: 404 }
      : html(page);
  };

  const bitbucketSite = (request) => {
    const api = /^\/!api\/2\.0\/repositories\/([^/]+)\/([^/]+)(\/.*)?$/.exec(request.path);
    if (api) return bitbucketRest(request, api);
    const [, owner, name, path] = /^\/([^/]+)\/([^/]+)(\/.*)?$/.exec(request.path) ?? [];
    const repo = find('bitbucket.org', owner, name);
    if (!repo) return html('<!doctype html><html lang="en"><title>Bitbucket</title><h1>Not a repository</h1>');
    const raw = /^\/raw\/[^/]+\/(.+)$/.exec(path ?? '');
    if (raw) return bitbucket.raw(repo, raw[1]);
    const page = bitbucketPage(repo, path ?? '');
    return page === null ? plain(404) : html(page);
  };

  const bitbucketRest = (request, [, owner, name, path]) => {
    const repo = find('bitbucket.org', owner, name);
    if (!repo) return plain(404, '{"type":"error","error":{"message":"Repository not found"}}');
    const answer = conditional(request, bitbucket.rest(repo, request, (path ?? '').replace(/\/$/, '')));
    return { ...answer, headers: { ...answer.headers, ...SHARED } };
  };

  const guard = (play) => async (request) => {
    const query = String(request.query);
    const address = `https://${request.host}${request.path}${query ? `?${query}` : ''}`;
    const rule = failing.find(({ match, times }) => times > 0 && match.test(address));
    if (!rule) return play(request);
    rule.times -= 1;
    rule.seen?.();
    if (rule.hold) await rule.hold;
    return FAILURES[rule.failure] ? FAILURES[rule.failure](await play(request)) : play(request);
  };

  const hosts = new Map([
    ['github.com', guard(site)],
    ['api.github.com', guard(restOf)],
    [
      'raw.githubusercontent.com',
      guard((request) => {
        const [, owner, name, path] = /^\/([^/]+)\/([^/]+)(\/.*)$/.exec(request.path) ?? [];
        const repo = find('github.com', owner, name);
        return repo ? { ...github.raw(repo, path) } : plain(404, '404: Not Found');
      }),
    ],
    ['github.githubassets.com', assets],
    ['bitbucket.org', guard(bitbucketSite)],
    ['gitlab.com', guard(gitlab((owner, name) => find('github.com', owner, name)))],
    [
      'api.bitbucket.org',
      guard((request) => {
        const below = /^\/2\.0\/repositories\/([^/]+)\/([^/]+)(\/.*)?$/.exec(request.path);
        return below ? bitbucketRest(request, below) : plain(404);
      }),
    ],
  ]);

  return {
    hosts,
    find,
    /** Hosts one more repository of GitHub's, from data as in `data/github.json`. */
    add(raw) {
      repositories.set(`github.com/${raw.owner}/${raw.name}`, repository('github', raw));
    },
    /** Makes the requests whose address matches fail, `times` times. */
    fail(match, failure, times = Number.POSITIVE_INFINITY) {
      failing.unshift({ match, failure, times });
    },
    /**
     * Holds back the answers whose address matches until the function that comes back is called; its `asked` resolves when
     * the first is asked for.
     */
    hold(match, times = 1) {
      let release;
      let seen;
      const hold = new Promise((resolve) => (release = resolve));
      const asked = new Promise((resolve) => (seen = resolve));
      failing.unshift({ match, times, hold, seen });
      return Object.assign(release, { asked });
    },
    /** Makes everything work again. */
    mend() {
      failing.length = 0;
    },
  };
}

async function assets(request) {
  const { readFile } = await import('node:fs/promises');
  const name = /^\/assets\/(demo-[a-z]+\.(?:js|css))$/.exec(request.path)?.[1];
  if (!name) return plain(404);
  const type = name.endsWith('.js') ? 'text/javascript' : 'text/css';
  return {
    status: 200,
    headers: { 'content-type': `${type}; charset=utf-8`, 'access-control-allow-origin': '*' },
    body: await readFile(new URL(`assets/${name}`, import.meta.url)),
  };
}
