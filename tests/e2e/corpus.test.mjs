// Real releases, through the shipped extension: a pull request made of the commit that decided a release, on the history
// before it, shows the version that really came. `tests/histories.rs` does the same natively, for all of them.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../../scripts/lib/run.mjs';
import { group, Skipped } from './harness/groups.mjs';
import { settled } from './harness/panel.mjs';

const CORPUS = `${ROOT}../shared/corpus`;

/** Repositories whose recorded configuration names their tool, and the branch they release from. */
const REPOSITORIES = [
  ['amannn__action-semantic-pull-request', 'main'],
  ['octokit__webhooks.js', 'main'],
  ['terraform-aws-modules__terraform-aws-eks', 'master'],
  ['supabase__auth', 'master'],
  ['googleapis__python-storage', 'main'],
];

/** How many releases of each are shown. */
const EACH = 2;

/** What a Conventional Commit says of itself, for choosing the releases: 3 for a breaking change, 0 for nothing. */
function level(message) {
  const [, type, mark] = /^(\w+)(?:\([^)\n]*\))?(!?): /.exec(message) ?? [];
  if (type === undefined) return 0;
  if (mark === '!' || /^BREAKING[ -]CHANGE: /m.test(message)) return 3;
  return { feat: 2, fix: 1, perf: 1 }[type] ?? 0;
}

const bump = (from, to) => 3 - from.split('.').findIndex((part, index) => part !== to.split('.')[index]);

/** The releases of a repository whose last commit alone decided them. */
function releases(name) {
  const lines = gunzipSync(readFileSync(`${CORPUS}/${name}.jsonl.gz`))
    .toString()
    .trim()
    .split('\n');
  return lines
    .map((line) => JSON.parse(line))
    .filter(({ tool, prerelease, component, commits, config, prev_version: from, version }) => {
      if (!/^(semantic-release|release-please)/.test(tool) || prerelease || component) return false;
      // Where the evidence is in the configuration that was recorded.
      if (tool === 'release-please' && !Object.keys(config).some((path) => path.includes('release-please'))) return false;
      const own = commits.filter(({ release_commit: release }) => !release);
      const levels = own.map(({ message }) => level(message));
      const last = levels.pop();
      // The demo forge's histories are lines.
      return (
        own.every(({ parents, first_parent: first }) => parents === 1 && first) &&
        last === bump(from, version) &&
        levels.every((each) => each < last)
      );
    });
}

/** A release as a repository of the demo forge, in the moment before the merge. */
function repository({ repo, config, prev_tag: tag, commits }, owner, branch) {
  const messages = commits.filter(({ release_commit: release }) => !release).map(({ message }) => message);
  const merged = messages.pop();
  const [subject, ...rest] = merged.split('\n');
  const [, title, number] = /^(.*) \(#(\d+)\)$/.exec(subject) ?? [null, subject, '1'];
  const message = [title, ...rest].join('\n');
  const pull = { title, body: rest.join('\n').trim(), head: 'topic', author: 'ada-w', name: 'Ada Winter', commits: [message] };
  return {
    raw: {
      owner,
      name: repo.split('/')[1],
      ui: 'react',
      branch,
      files: { 'README.md': '# A real history\n', ...config },
      history: [{ message: 'chore: everything before', tag }, ...messages],
      pulls: { [number]: pull },
    },
    number,
  };
}

group('real release', {}, (test) => {
  if (!existsSync(CORPUS)) {
    test('all of them', () => {
      throw new Skipped('skipped: no ../shared');
    });
    return;
  }
  for (const [name, branch] of REPOSITORIES) {
    const all = releases(name);
    // The first and the last: configurations change over the years.
    for (const release of [all[0], all.at(-1)].slice(0, Math.min(EACH, all.length))) {
      test(`${release.repo} ${release.tag}`, async ({ page, owner, demo }) => {
        const { raw, number } = repository(release, owner, branch);
        demo.add(raw);
        await page.open(`https://github.com/${owner}/${raw.name}/pull/${number}`);
        const seen = await settled(page);
        assert.equal(seen.phase, 'ready', JSON.stringify(seen.panel));
        assert.equal(seen.panel.previous, release.prev_version);
        assert.equal(seen.version, release.version, JSON.stringify(seen.panel));
      });
    }
  }
});
