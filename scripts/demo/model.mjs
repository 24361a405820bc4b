// The repositories that the demo forge hosts: data/*.json, with everything that follows from it worked out.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** All dates count from here, so that every run shows the same. */
const START = Date.parse('2026-03-01T09:00:00Z');
const HOUR = 3_600_000;

const sha = (...parts) => createHash('sha1').update(parts.join('\0')).digest('hex');

/** A text, or one that is said by how often it repeats. */
const text = (said) => (typeof said === 'string' ? said : `${said.before ?? ''}${said.repeat.repeat(said.times)}`);

const login = (name) => `${name.split(' ')[0].toLowerCase()}-dev`;

function commits(key, list, from, parent, author) {
  let last = parent;
  return list.map((said, index) => {
    const { message, name = author, ...rest } = typeof said === 'string' ? { message: said } : said;
    const commit = {
      ...rest,
      sha: sha(key, index, message),
      parents: last ? [last] : [],
      message,
      name,
      login: login(name),
      email: `${login(name)}@users.example.org`,
      date: new Date(from + index * HOUR).toISOString().replace('.000', ''),
    };
    last = commit.sha;
    return commit;
  });
}

/** Thousands of tags on the first commits: versions, old spellings, and what is no version at all. */
function manyTags(count) {
  const names = [];
  for (let index = 0; names.length < count; index += 1) {
    names.push(`v${Math.floor(index / 100)}.${Math.floor(index / 10) % 10}.${index % 10}`);
    if (index % 5 === 0) names.push(`build-2026.${index}`, `release/${index}`);
  }
  return names.slice(0, count);
}

/** A repository of GitHub or Bitbucket, from its data: what `data/*.json` holds. */
export function repository(forge, raw) {
  const key = `${forge}/${raw.owner}/${raw.name}`;
  const author = 'Ada Winter';
  const branch = raw.branch ?? 'main';
  const unreleased = Array.from({ length: raw.many?.unreleased ?? 0 }, (_, index) => `fix: repair no. ${index + 1} (#${index + 10})`);
  const history = commits(key, [...raw.history, ...unreleased], START, null, author);
  const tags = history.filter(({ tag }) => tag).map(({ tag, sha }) => ({ name: tag, sha }));
  for (const name of manyTags(raw.many?.tags ?? 0)) tags.push({ name, sha: history[0].sha });
  const tip = history.at(-1).sha;
  const pulls = new Map();
  for (const [number, pull] of Object.entries(raw.pulls)) {
    const own = commits(`${key}/${number}`, pull.commits, START + (history.length + Number(number)) * HOUR, tip, pull.name);
    pulls.set(Number(number), {
      ...pull,
      number: Number(number),
      title: text(pull.title),
      body: text(pull.body),
      state: pull.state ?? 'open',
      base: branch,
      commits: own,
      updated: 0,
    });
  }
  return { ...raw, raw, forge, branch, history, tags, tip, tree: sha(key, 'tree', tip), pulls };
}

/** `github.com/acme/widgets` → repository; made anew at every call, because the forge's pages can change it. */
export function model() {
  const read = (name) => JSON.parse(readFileSync(new URL(`data/${name}.json`, import.meta.url), 'utf8'));
  const github = read('github').map((raw) => repository('github', raw));
  const bitbucket = read('bitbucket').map((raw) => repository('bitbucket', raw));
  return new Map([
    ...github.map((repo) => [`github.com/${repo.owner}/${repo.name}`, repo]),
    ...bitbucket.map((repo) => [`bitbucket.org/${repo.owner}/${repo.name}`, repo]),
  ]);
}

/**
 * Finds `github.com`'s `acme/widgets`. Every owner `t1`, `t2`, … has copies of acme's repositories of its own, so that
 * tests that share a browser share nothing that it remembers.
 */
export function find(repositories, host, owner, name) {
  const key = `${host}/${owner}/${name}`;
  const known = repositories.get(key);
  if (known || !/^t\d+$/.test(owner ?? '')) return known;
  const original = repositories.get(`${host}/acme/${name}`);
  if (!original) return undefined;
  const copy = repository(original.forge, { ...original.raw, owner });
  repositories.set(key, copy);
  return copy;
}

/** The commit that a branch, tag or hash names, as an index into the history; -1 where there is none. */
export function locate(repo, name) {
  const plain = name.replace(/^refs\/(heads|tags)\//, '');
  if (plain === repo.branch || plain === 'HEAD') return repo.history.length - 1;
  const tag = repo.tags.find((known) => known.name === plain);
  const wanted = tag?.sha ?? plain;
  return repo.history.findIndex(({ sha }) => sha === wanted || (wanted.length >= 7 && sha.startsWith(wanted)));
}

/** The message GitHub begins its merge dialog with: one commit's own, or the title over the list of commits. */
export function squash(made) {
  const single = made.commits.length === 1;
  const [subject, ...rest] = (single ? made.commits[0].message : made.title).split('\n');
  const list = single ? rest.join('\n').trim() : made.commits.map(({ message }) => `* ${message}`).join('\n\n');
  const others = new Map(made.commits.filter(({ name }) => name !== made.name).map(({ name, email }) => [email, name]));
  const block = [...others].map(([email, name]) => `Co-authored-by: ${name} <${email}>`).join('\n');
  const body = [list, ...(block ? [...(single ? [] : ['---------']), block] : [])].filter(Boolean).join('\n\n');
  return { subject: `${subject} (#${made.number})`, body };
}
