// Why a replayed release of the JavaScript tools differs from the recorded one, where the record itself proves it.

/** What was fixed by hand, each looked up in the record: the commits ask for something else by the tool's own rule. */
const GIVEN = {
  // No commit of the range has a note or a `!`: the words stand without the colon or the text the parser asks for.
  'conventional-changelog/commitlint v7.0.0': 'nothing in the range breaks anything as the parser reads it',
  'conventional-changelog/commitlint v8.0.0': 'nothing in the range breaks anything as the parser reads it',
  // `feat: add bitbucket merge commits …` changes a package.
  'conventional-changelog/commitlint v6.1.3': 'a feature in the range, and a patch was released',
  // Every commit is a fix, a refactoring, or none of the types.
  'conventional-changelog/commitlint v8.1.0': 'no feature in the range, and a minor was released',
  'conventional-changelog/commitlint v8.2.0': 'no feature in the range, and a minor was released',
  // `chore: update node.js to v16` bears a breaking change.
  'conventional-changelog/commitlint v12.1.4': 'a breaking change in the range, and a patch was released',
  'callstack/react-native-testing-library v13.0.0': 'nothing in the range breaks anything as the parser reads it',
  'callstack/react-native-testing-library v14.0.0': 'nothing in the range breaks anything as the parser reads it',
  'callstack/react-native-testing-library v13.1.1': 'a feature in the range, and a patch was released',
  'callstack/react-native-testing-library v13.2.1': 'a feature in the range, and a patch was released',
  // 0.1.2 and 0.2.0 were tagged four minutes apart: the second has the first one's whole range as its entry.
  'unjs/changelogen v0.1.2': 'tagged again four minutes later as 0.2.0',
  'unjs/changelogen v0.2.0': 'tagged again: its entry is that of the tag four minutes before',
};

/** The same of other tools, each held against the tool's source: what its rule makes of these commits is ours. */
const OVERRULED = {
  // `getHighestChange` (librarian, commit_version_analyzer.go): `fix!:` and a BREAKING CHANGE footer are major. The pull
  // request takes another version by hand (`--library-version`).
  'googleapis/python-storage v3.9.0': 'a breaking change in the range, and a minor was released',
  'googleapis/python-storage v3.10.0': 'a breaking change in the range, and a minor was released',
  // `get_auto_version` (cocogitto 1.0.0) moves one number; here two moved, and no commit of the range is a release.
  'cocogitto/cocogitto 0.33.1': 'a minor and a patch at once',
};

/** Why the version differs; null where this is not known here. */
export function versionCause(truth) {
  const given = GIVEN[`${truth.repo} ${truth.tag}`] ?? OVERRULED[`${truth.repo} ${truth.tag}`];
  if (given) return `given by hand: ${given}`;
  // A pre-release of another major or name than the range asks for was named on release-it's command line.
  if (/^(release-it|standard-version)$/.test(truth.tool) && truth.prerelease)
    return 'given by hand: the pre-release is named on the command line';
  // A pre-release of another name stands on another branch, whose own last release is not the record's: what has come since
  // then, which decides, is not in it.
  const name = (version) => /-([a-z]+)/.exec(version)?.[1];
  if (truth.tool === 'semantic-release' && truth.prerelease && name(truth.prev_version) && name(truth.prev_version) !== name(truth.version))
    return "the last release is another branch's: the commits since this branch's own are not in the record";
  return null;
}

/** What a package.json may have asked for: other versions of the tool than the newest of the day. */
const VERSIONS = {
  'semantic-release': ['4.6.3', '6.1.0', '7.0.2', '8.0.0', '9.3.1'].map((version) => ({
    'conventional-changelog-conventionalcommits': version,
  })),
  'standard-version': ['^4.4.0', '^5.0.2', '^6.0.1', '^9.5.0'].map((version) => ({ 'standard-version': version })),
  'lerna (fixed)': ['^9.0.0', '^10.1.1'].map((version) => ({ lerna: version })),
  'lerna (independent)': ['^9.0.0', '^10.1.1'].map((version) => ({ lerna: version })),
  'conventional-changelog (@vitejs/release-scripts)': ['^1.5.0', '^1.6.0', '^1.7.1', '^1.8.0'].map((version) => ({
    '@vitejs/release-scripts': version,
  })),
};

/** A record as it would be with these packages asked for. */
function asking(truth, packages) {
  const manifest = JSON.parse(truth.config['package.json'] ?? '{}');
  const devDependencies = { ...manifest.devDependencies, ...packages };
  const config = { ...truth.config, 'package.json': JSON.stringify({ ...manifest, devDependencies }) };
  return { ...truth, config };
}

/** A record as it would be with this Node.js asked for. */
function on(truth, node) {
  const manifest = JSON.parse(truth.config['package.json'] ?? '{}');
  const config = { ...truth.config, 'package.json': JSON.stringify({ ...manifest, engines: { node } }) };
  return { ...truth, config };
}

const LINKS = /\[([^\]]*)\]\([^)]*\)/g;
const words = (text) =>
  text
    .replace(LINKS, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Whether a line of the entry says what no commit of the range does. */
function edited(truth, line) {
  const bullet = /^[*-] (.*)$/.exec(line);
  if (!bullet) return false;
  const hash = /\(\[?([0-9a-f]{7,40})\b/.exec(bullet[1]);
  const text = words(bullet[1].replace(/^\*\*[^*]+:\*\* /, '').replace(/ ?\(\[?[0-9a-f]{7,40}\b.*$/, ''));
  const said = (commit) => words(commit.message).includes(text);
  if (!hash) return text !== '' && !truth.commits.some(said);
  const commit = truth.commits.find((commit) => commit.sha.startsWith(hash[1]));
  return commit !== undefined && !said(commit);
}

/**
 * Whether a line that is not ours says what no commit of the range does. What release-plz says by itself of dependencies
 * that moved is no commit's.
 */
export function editedByHand(truth, ours) {
  const known = new Set((ours.entry ?? '').split('\n'));
  const own = /^- update Cargo\.(toml|lock) dependencies$/;
  return truth.changelog_entry.split('\n').some((line) => !known.has(line) && !own.test(line) && edited(truth, line));
}

/**
 * Why the entry differs, where the record proves it; `replay` makes entries of other records. Null where not known.
 */
export function entryCause(truth, ours, replay) {
  const alternatives = VERSIONS[truth.tool];
  if (!alternatives) return null;
  const left = truth.changelog_entry.trimEnd();
  const right = (ours.entry ?? '').trimEnd();
  // Node.js 11 sorts arrays otherwise than 10 did, and most of those who released changed over between 2019 and 2021: the
  // entry is the recorded one where `engines` asks for the other.
  const [since, upto] = replay([on(truth, '>=11'), on(truth, '10')]);
  if ((since.entry ?? '').trimEnd() === left) return 'made on Node.js 11 or later: the record does not name it';
  if ((upto.entry ?? '').trimEnd() === left) return 'made on Node.js 10 or earlier: the record does not name it';
  // Proven by printing the entry with that version: it is then the recorded one.
  const printed = replay(alternatives.map((packages) => asking(truth, packages)));
  const at = printed.findIndex((line) => (line.entry ?? '').trimEnd() === left);
  if (at !== -1) {
    const [[name, version]] = Object.entries(alternatives[at]);
    return `made by ${name} ${version}: the record does not name the version`;
  }
  // 1.7.0 of @vitejs/release-scripts took the commits of all packages: proven in the same way.
  const everything = { ...truth, commits: truth.commits.map(({ files, ...commit }) => commit) };
  if ((replay([everything])[0].entry ?? '').trimEnd() === left)
    return 'made by @vitejs/release-scripts 1.7.0, which took the commits of every package: the record does not name the version';
  if (right !== '' && left.startsWith(`${right}\n`) && /^#+ .*\d+\.\d+\.\d+/m.test(left.slice(right.length)))
    return 'the recorded text runs on into the entry before';
  const known = new Set(right.split('\n'));
  if (left.split('\n').some((line) => !known.has(line) && edited(truth, line)))
    return 'edited by hand: a line says what no commit of the range does';
  return null;
}
