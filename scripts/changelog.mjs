// npm run changelog: writes CHANGELOG.md as commit-and-tag-version would, printed by squashcast from this repository's
// own commits. Its first release is still to come, so that all of history is its entry.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { answer, Failure, main, ROOT, run } from './lib/run.mjs';

const FILE = `${ROOT}CHANGELOG.md`;
const FORMAT = ['%H', '%P', '%an', '%cI', '%B'].join('%x00');

/** The commits as `squashcast replay` reads them, oldest first. */
function commits() {
  const log = answer('git', ['log', '--reverse', `--format=${FORMAT}%x00%x00`]);
  if (log === null) throw new Failure('This is no Git repository, or it has no commits.');
  return log
    .split('\0\0\n')
    .map((record) => record.replace(/\0\0$/, '').split('\0'))
    .filter(([sha]) => sha)
    .map(([sha, parents, author_name, committer_date, message]) => ({
      sha,
      parents: parents.split(' ').filter(Boolean).length,
      first_parent: true,
      author_name,
      committer_date,
      message: message.trimEnd(),
    }));
}

await main(async () => {
  const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  const history = commits();
  const record = {
    repo: '',
    tool: 'commit-and-tag-version',
    component: '',
    path: '.',
    prev_tag: '',
    tag: `v${version}`,
    prev_version: '',
    prerelease: false,
    date: history.at(-1).committer_date,
    config: {
      'package.json': JSON.stringify({ version, devDependencies: { 'commit-and-tag-version': '*' } }),
      '.versionrc.json': JSON.stringify({ releaseAs: version }),
    },
    commits: history,
  };
  const file = `${ROOT}build/changelog.jsonl`;
  writeFileSync(file, `${JSON.stringify(record)}\n`);
  const { stdout } = await run('cargo', ['run', '--locked', '--quiet', '--bin', 'squashcast', '--', 'replay', file]);
  rmSync(file);
  const { entry } = JSON.parse(stdout);
  if (!entry) throw new Failure('squashcast printed no entry.');
  writeFileSync(FILE, `# Changelog\n\n${entry.trimEnd()}\n`);
});
