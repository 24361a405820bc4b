// Why a replayed release of release-please differs from the recorded one. Each cause is decided from the record itself:
// its commits, its entry and its release commit; how, stands above it.

/** The commit that a line of an entry links to. */
const hashes = (text) => [...text.matchAll(/\/commit\/([0-9a-f]{40})\)/g)].map(([, hash]) => hash);
const day = (time) => new Date(time).toISOString().slice(0, 10);
const dayOf = (entry) => /\((\d{4}-\d\d-\d\d)\)/.exec(entry.split('\n')[0])?.[1];
const releaseCommit = (truth) => truth.commits.findLast((commit) => commit.release_commit);
const touches = (truth, commit) => truth.path === '.' || (commit.files ?? []).some((file) => file.startsWith(`${truth.path}/`));

/** The lines of an entry that tell a commit, by its hash. */
function linesByHash(entry) {
  const lines = new Map();
  for (const line of entry.split('\n')) for (const hash of hashes(line)) lines.set(hash, [...(lines.get(hash) ?? []), line]);
  return lines;
}

/**
 * Whether the entry tells a commit in words that its message does not hold. release-please takes them from the
 * description of the commit's pull request (BEGIN_COMMIT_OVERRIDE), which no record holds; or somebody wrote them.
 */
function toldOtherwise(truth) {
  const links = /\[([^\]]*)\]\([^)]*\)/g;
  const plain = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replace(links, '$1').trim();
  // The plugin sentence-case writes the first letter as a capital.
  const words = (text) => plain(text).replace(/^./u, (first) => first.toLowerCase());
  for (const commit of truth.commits) {
    // What a line of the message says, with a type before it or a bullet, or without.
    const said = commit.message.split('\n').flatMap((line) => [words(line), words(line.replace(/^[^:]*:/, ''))]);
    for (const line of linesByHash(truth.changelog_entry).get(commit.sha) ?? []) {
      const told = words(line.replace(/^\* (\*\*[^*]+:\*\* )?/, '').replace(/ \(\[[0-9a-f]{7}\]\(.*$/, ''));
      if (!said.includes(told)) return true;
    }
  }
  return false;
}

/** Whether a commit stands in a section that its own type does not belong to: an override gave it another type. */
function listedOtherwise(truth) {
  const types = { 'Bug Fixes': 'fix', Features: 'feat' };
  let section = '';
  for (const line of truth.changelog_entry.split('\n')) {
    section = /^### (.*)$/.exec(line)?.[1] ?? section;
    const type = types[section];
    for (const hash of hashes(line)) {
      const message = truth.commits.find((commit) => commit.sha === hash)?.message;
      if (type && message && !new RegExp(`(^|\\n\\W*)${type}\\b`, 'i').test(message)) return true;
    }
  }
  return false;
}

/** Whether the release commit names a person among its co-authors, or its text speaks of an edit: not the tool alone wrote it. */
function editedByHand(truth) {
  const message = releaseCommit(truth)?.message ?? '';
  const authors = [...message.matchAll(/^Co-authored-by: (.*?) </gim)].map(([, name]) => name);
  return authors.some((name) => !/\[bot\]$|owl ?bot/i.test(name)) || /^\* Update CHANGELOG/im.test(message);
}

/** The cause of another version; null where the record does not show it. */
export function versionCause(truth, ours) {
  const entry = truth.changelog_entry ?? '';
  const subject = releaseCommit(truth)?.message.split('\n')[0] ?? '';
  // The pull request still bears the version that the tool wrote.
  if (ours.predicted && (subject.includes(` ${ours.predicted} `) || entry.split('\n')[0].includes(`${ours.predicted})`)))
    return 'the tool asked for our version: the release commit or the heading still names it, and another was written by hand';
  if (listedOtherwise(truth))
    return "a commit is listed as another kind than its message says: an override in its pull request's description";
  // `release-as` is in the configuration until the release commit takes it out; the record holds what is left.
  if (truth.commits.some((commit) => commit.release_commit && (commit.files ?? []).includes('release-please-config.json')))
    return 'the release commit changed the configuration, and the record holds it as it is afterwards';
  // A release commit before this one wrote the manifest and the package's changelog, but no tag is there.
  const released = (commit) =>
    (commit.files ?? []).includes('.release-please-manifest.json') && (commit.files ?? []).includes(truth.changelog_path);
  if (truth.commits.slice(0, -1).some(released)) return 'a release between the two has no tag';
  const asking = truth.commits.find((commit) => ours.why.endsWith(commit.message.split('\n')[0]));
  if (asking && !entry.includes(asking.sha))
    return asking.files?.length === 0
      ? 'commits without files count for every package; the entry leaves them out, which was done by hand'
      : "the entry leaves out the commit that asks for more: taken out by hand, or an override in its pull request's description";
  return null;
}

/** The cause of another entry of the same version; null where the record does not show it. */
export function entryCause(truth, ours) {
  const [left, right] = [truth.changelog_entry.trimEnd(), (ours.entry ?? '').trimEnd()];
  const bodies = (text) => text.split('\n').slice(1).join('\n').trim();
  // simple-release links to short hashes; release-please never does.
  if (/\/commit\/[0-9a-f]{7}\)/.test(left)) return 'simple-release wrote it: the hashes in its links are short';
  const anywhere = (text) => text.replaceAll('https://www.github.com/', 'https://github.com/');
  if (anywhere(left) === anywhere(right)) return 'the app still ran a version before 13.0.0, whose addresses begin with www';
  if (right !== '' && bodies(left) === bodies(right)) return headingCause(truth, left, right);
  // The record's package.json hold name, version, repository and scripts only.
  const without = left.replace(/\n+### Dependencies\n\n\* The following workspace dependencies were updated[\s\S]*$/, '');
  const alone = right === '' && !without.trimEnd().includes('\n');
  if (left !== without && (alone || without.trimEnd() === right)) return 'dependencies are not in the record';
  if (toldOtherwise(truth) || listedOtherwise(truth))
    return "a commit is told in other words than its message's: an override in its pull request's description, or edited by hand";
  if (editedByHand(truth)) return 'edited by hand: the release commit has other authors than the tool';
  const [known, own] = [new Set(left.split('\n')), new Set(right.split('\n'))];
  const missing = right.split('\n').filter((line) => line !== '' && !known.has(line));
  const added = left.split('\n').filter((line) => line !== '' && !own.has(line));
  // Every line that the tool writes begins with a sign of Markdown and links its commit, but for those of notes.
  const prose = added.filter((line) => !/^(##|\* )/.test(line));
  if (prose.length > 0 && !/workspace dependencies were updated/.test(left)) return 'prose in it: edited by hand';
  const listed = new Set(hashes(left));
  // The last push came less than a minute before the release: the pull request was merged as it stood before.
  const last = truth.commits.filter((commit) => !commit.release_commit).at(-1);
  const unseen = (line) => hashes(line).every((hash) => hash === last?.sha);
  const gap = Date.parse(truth.date) - Date.parse(last?.committer_date);
  if (added.length === 0 && gap < 60_000 && missing.every((line) => !line.startsWith('* ') || unseen(line)))
    return 'the release was merged before the tool had run for the last push';
  if (added.length === 0 && missing.some((line) => line.startsWith('* ') && !hashes(line).every((hash) => listed.has(hash))))
    return "commits are left out of it: taken out by hand, or overrides in their pull requests' descriptions";
  const [theirs, mine] = [placesOf(left), placesOf(right)];
  if ([...theirs].some(([hash, places]) => mine.get(hash) !== places))
    return "a commit stands in another section than its type's: an override in its pull request's description, or edited by hand";
  // conventional-changelog-writer 4 says of two commits that each stands behind the other where one has a scope.
  if (truth.date < '2021-12-20') return 'written before release-please 13.0.0: its order is that in which GitHub gave the commits';
  return null;
}

/** The sections a commit stands in, by its hash. */
function placesOf(entry) {
  const places = new Map();
  let section = '';
  for (const line of entry.split('\n')) {
    section = /^### (.*)$/.exec(line)?.[1] ?? section;
    for (const hash of hashes(line)) places.set(hash, `${places.get(hash) ?? ''}|${section}`);
  }
  return places;
}

function headingCause(truth, left, right) {
  const heading = (text) => text.split('\n')[0].replace(/\(\d{4}-\d\d-\d\d\)$/, '');
  if (heading(left) !== heading(right)) {
    // The version is that after the tag we know, and the heading names the one before it.
    return 'the heading names an earlier tag: the last release was made on another branch';
  }
  const before = truth.commits.filter((commit) => !commit.release_commit);
  const last = before.at(-1)?.committer_date ?? truth.date;
  const [told, minute] = [dayOf(left), 60_000];
  if (Date.parse(truth.date) - Date.parse(last) < minute) return 'the release was merged before the tool had run for the last push';
  if (day(Date.parse(last) + 10 * minute) === told) return 'the tool ran past midnight (UTC)';
  // conventional-changelog's release-submodules.yaml runs the tool only for packages changed since the last release.
  const late = before.filter((commit) => day(commit.committer_date) > told);
  if (late.length > 0 && !late.some((commit) => touches(truth, commit)))
    return 'only other packages changed since: the workflow runs the tool for changed packages alone';
  return 'the tool ran again, or did not run, after the last push';
}
