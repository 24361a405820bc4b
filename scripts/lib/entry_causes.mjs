// Why a replayed entry differs from the recorded one, for the tools beside release-please. Each cause is decided from the
// record itself: its commits, its two texts, or what is printed for the same record under another condition.

const lines = (text) => text.split('\n').filter((line) => line.trim() !== '');
const sorted = (text) => lines(text).sort().join('\n');
const subject = (commit) => commit.message.split('\n')[0];
const releaseCommit = (truth) => truth.commits.findLast((commit) => commit.release_commit);
const LINKS = /\[([^\]]*)\]\([^)]*\)/g;

/** The lines of the recorded entry that are not ours. */
function own(left, right) {
  const known = new Set(right.split('\n'));
  return lines(left).filter((line) => !known.has(line));
}

/** Whether a line links a commit, and none of those it links is in the record. */
function isForeign(truth, line) {
  const hashes = [...line.matchAll(/\/commit\/([0-9a-f]{7,40})\)/g)].map(([, hash]) => hash);
  return hashes.length > 0 && hashes.every((hash) => !truth.commits.some(({ sha }) => sha.startsWith(hash)));
}

/** The tag that a heading's link begins with. */
const since = (text) => /\/compare\/(\S+?)\.{2,3}/.exec(text.split('\n').slice(0, 3).join('\n'))?.[1];

/** What a line says, to the letter, and the commit it links or tells by its pull request's number. */
function saying(truth, line) {
  const bullet = /^[*-] (.*)$/.exec(line)?.[1];
  const hash = bullet && /\(\[?([0-9a-f]{7,40})\b/.exec(bullet)?.[1];
  const number = bullet && /\(\[?#(\d+)/.exec(bullet)?.[1];
  const commit = truth.commits.find(({ sha, message }) =>
    hash ? sha.startsWith(hash) : number && message.split('\n')[0].includes(`(#${number})`),
  );
  const text = bullet
    ?.replace(LINKS, '$1')
    .replace(/^\*\*[^*]+:\*\* |^\*\([^)]*\)\* /, '')
    .replace(/ ?\((#\d+|[0-9a-f]{7,40})\b.*$/, '');
  return commit && text && { commit, text };
}

/**
 * Whether a commit is told to the letter in our entry, and in the recorded one with other letters: what the tool takes
 * over as it stands was changed afterwards.
 */
function respelt(truth, left, right) {
  const told = (text) => lines(text).map((line) => saying(truth, line));
  const ours = new Map(told(right).flatMap((said) => (said ? [[said.commit.sha, said]] : [])));
  return told(left).some((said) => {
    const mine = said && ours.get(said.commit.sha);
    const holds = ({ commit, text }) => subject(commit).replace(LINKS, '$1').includes(text);
    return mine && mine.text !== said.text && holds(mine) && !holds(said);
  });
}

/** The record as it would be a day earlier, and a text without its day. */
function dayBefore(truth) {
  const day = new Date(Date.parse(truth.date) - 86_400_000).toISOString();
  return { ...truth, date: day };
}
const dayless = (text) => text.replace(/\d{4}-\d\d-\d\d/, 'DAY');

/** The cause; null where none is proven. `replay` makes entries of other records. */
export function entryCause(truth, ours, replay) {
  const [left, right] = [truth.changelog_entry.trimEnd(), (ours.entry ?? '').trimEnd()];
  const release = releaseCommit(truth);
  // `template_dir`: its files are the repository's own templates, and the record holds none of them.
  const folder = /^\s*template_dir\s*=\s*["'](.+?)["']/m.exec(truth.config['pyproject.toml'] ?? '')?.[1];
  const templates = Object.keys(truth.config).some((path) => path.startsWith(`${folder}/`));
  if (right === '' && truth.tool === 'python-semantic-release' && folder && !templates)
    return 'made by templates of its own (template_dir), which are not in the record';
  if (right === '') return null;
  const added = own(left, right);
  if (added.some((line) => isForeign(truth, line)))
    return 'it tells commits that are not in the record: tags were moved since, or its range began earlier';
  // knope 0.4, `PrepareRelease`: a pre-release tells everything since the last full release.
  if (truth.tool === 'knope' && truth.prerelease && truth.prev_version.includes('-') && own(right, left).length === 0)
    return 'it begins with the last full release, before the commits of the record';
  if (truth.tool === 'changelogen') {
    const named = changelogen(truth, left);
    if (named !== null) return named;
  }
  // cocogitto lists a package's versions and leaves its commits out of the common part, by the files of each.
  if (truth.tool === 'cocogitto' && left.includes('### Package updates') && !truth.commits.some(({ files }) => files))
    return "the files of commits, which divide a monorepo's entry, are not in the record";
  if (truth.tool === 'commitizen' && sorted(left) === sorted(right) && truth.date > '2023-04-24') {
    // commitizen 3.0.0 asks for `--topo-order`; of two merges it is not recorded which commits each of them brought.
    const merges = truth.commits.filter((commit) => commit.first_parent && commit.parents > 1);
    if (merges.length > 1) return 'its order is that of the branches, and the record does not tell which commit stood on which';
  }
  // Verified in all of them: the release commit is a person's, or names one beside the bot.
  if (truth.tool === 'release-plz' && release) {
    const others = [...release.message.matchAll(/^Co-authored-by: (.*?) </gim)].map(([, name]) => name);
    if ([release.author_name, ...others].some((name) => !/\[bot\]$/.test(name)) && added.length + own(right, left).length > 0)
      return 'edited by hand: the release commit has other authors than the tool';
  }
  // `readme` of a `Cargo.toml` may name a file outside the package's folder, which is packed with it.
  if (truth.tool === 'release-plz' && own(right, left).length === 0) {
    const numbers = added.map((line) => /\(\[#(\d+)\]/.exec(line)?.[1]);
    const packed = ({ message, files }, number) => message.split('\n')[0].includes(`(#${number})`) && (files ?? []).includes('README.md');
    if (numbers.length > 0 && numbers.every((number) => truth.commits.some((commit) => packed(commit, number))))
      return 'the package takes its README from elsewhere: its Cargo.toml is not in the record';
  }
  // `conventional-changelog-writer` up to 5 shortened the hash before the template linked it.
  if (truth.tool.includes('@vitejs') && left === right.replace(/\/commit\/([0-9a-f]{7})[0-9a-f]{33}\)/g, '/commit/$1)'))
    return 'made by the older version of a maintenance branch: the hashes in its links are short, and the record does not name it';
  // simple-release reads only the scopes of the package; the commit before added a way to start a release by hand.
  if (
    truth.tool === 'simple-release' &&
    own(right, left).length === 0 &&
    truth.commits.some((commit) => /manual release/.test(commit.message))
  )
    return 'started by hand: it tells a commit of another scope';
  const bulleted = (text) =>
    lines(text)
      .map((line) => line.replace(/^- /, '* ').replace(/(\S) {2,}/g, '$1 '))
      .join('\n');
  if (/^- /m.test(left) && /^\* /m.test(right) && bulleted(left) === bulleted(right))
    return 'the file was formatted afterwards: other bullets and blank lines';
  // librarian puts what it wrote into the message of its release commit, where hashes are shorter.
  if (truth.tool === 'librarian' && release && added.length === 0) {
    const told = release.message.replace(/\s+/g, ' ').replaceAll('&#34;', '"');
    const short = (line) => line.replace(/\b([0-9a-f]{8})[0-9a-f]{32}\b/g, '$1').replace(/\s+/g, ' ');
    if (own(right, left).every((line) => told.includes(short(line))))
      return 'edited by hand: the release commit still tells the lines that were taken out';
  }
  // conventionalcommits up to 9.3.0 links what looks like a mention in code as well.
  if (left === right.replace(/\[(@[\w-]+)\]\(https:\/\/[\w.]+\/[\w-]+\)/g, '$1'))
    return 'edited by hand: the links that the preset makes of mentions were taken out';
  if (since(left) && since(left) !== truth.prev_tag && since(right) === truth.prev_tag)
    return 'the heading names another tag before it: the last release was made on another branch, or taken back';
  if (respelt(truth, left, right)) return 'edited by hand: a commit is told with other letters than its own';
  // Whatever a new version of the tool changed on the day itself is taken back where the day is another.
  const [earlier] = replay([dayBefore(truth)]);
  if (dayless(left) !== dayless(right) && dayless((earlier.entry ?? '').trimEnd()) === dayless(left))
    return 'made by the version of the tool before: the next one came out on the very day';
  if (truth.tool === 'standard-version') return standardVersion(truth, left, right, replay);
  return null;
}

/** changelogen's own early releases. */
function changelogen(truth, left) {
  const [heading] = left.split('\n');
  // 0.2.3, `config.to`: the comparison ended with the name of the branch, as later entries of the same file still show.
  if (heading.startsWith(`## [${truth.version}](`)) {
    return left.includes('\n## [main](')
      ? 'the recorded text runs on into the entry before'
      : 'edited by hand: the tool wrote the branch into the heading, which was put right in the file afterwards';
  }
  return /^- [^\n]* <[^>\n]+@[^>\n]+>$/m.test(left) ? "authors' mail addresses are not in the record" : null;
}

/** standard-version: what its commit, its first versions and its own lines show. */
function standardVersion(truth, left, right, replay) {
  const release = releaseCommit(truth);
  const configured = Object.values(truth.config).some((text) => text.includes('releaseCommitMessageFormat'));
  // `formatCommitMessage`: `chore(release): %s`. Every entry of the records that is ours has such a commit.
  if (release && !configured && subject(release) !== `chore(release): ${truth.version}`)
    return 'edited by hand: the release commit is not the one the tool makes';
  // 1.1.0 to 1.2.0 of conventional-changelog-angular left out a space, and up to 1.2.0 references stood twice (1.3.0 of
  // 2016-08-06 takes both back, by its own changelog).
  const tight = (text) => text.replace(/ \(\[/g, '([').replace(/, closes .*$/gm, '');
  if (truth.date < '2016-08-06' && tight(left) === tight(right))
    return 'written before conventional-changelog-angular 1.3.0, with another template';
  // Printed by each version that may have been asked for: nothing is in the recorded entry but its lines, and what is
  // missing are commits.
  const manifest = JSON.parse(truth.config['package.json'] ?? '{}');
  const asked = ['^4.4.0', '^5.0.2', '^6.0.1', '^9.5.0'].map((version) => {
    const text = JSON.stringify({ ...manifest, devDependencies: { 'standard-version': version } });
    return { ...truth, config: { ...truth.config, 'package.json': text } };
  });
  const fewer = replay(asked).some((line) => {
    const printed = (line.entry ?? '').trimEnd();
    const missing = own(printed, left);
    return printed !== '' && own(left, printed).length === 0 && missing.every((line) => /^\* |^### /.test(line));
  });
  return fewer ? 'commits are left out of it: taken out by hand' : null;
}
