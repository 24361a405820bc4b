// npm run accuracy: how far squashcast's verdicts and predictions are the tools' own, against ../shared.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { decider, whose } from './lib/cause_classes.mjs';
import * as other from './lib/entry_causes.mjs';
import { findingRows } from './lib/findings.mjs';
import * as javascript from './lib/javascript_causes.mjs';
import * as releasePlease from './lib/release_please_causes.mjs';

const ROOT = new URL('..', import.meta.url).pathname;
const SHARED = `${ROOT}../shared/`;
const MOST = 1024 ** 3;

if (!existsSync(SHARED)) {
  console.log('skipped: no ../shared');
  process.exit(0);
}
execFileSync('cargo', ['build', '--release', '--quiet', '--bin', 'squashcast'], { cwd: ROOT, stdio: 'inherit' });
const BINARY = `${process.env.CARGO_TARGET_DIR ?? `${ROOT}target`}/release/squashcast`;

/** The values of a file of JSON lines. */
const lines = (text) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const gunzip = (path) => gunzipSync(readFileSync(path)).toString('utf8');
const percent = (part, whole) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(2)} %`);

/** A value without key order and without the entry. */
function canonical(value) {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value)
    .filter((key) => key !== 'entry')
    .sort();
  return Object.fromEntries(keys.map((key) => [key, canonical(value[key])]));
}

const same = (left, right) => JSON.stringify(canonical(left)) === JSON.stringify(canonical(right));

function run(args, input) {
  const result = spawnSync(BINARY, args, { input, maxBuffer: MOST });
  if (result.status !== 0) throw new Error(`squashcast ${args[0]}: ${result.stderr}`);
  return lines(result.stdout.toString('utf8'));
}

/** A table of aligned columns. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => String(cell).padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  console.log();
}

/** Decisions and entries per tool, against the recorded verdicts. */
function verdicts() {
  const recorded = lines(gunzip(`${SHARED}oracle/verdicts.jsonl.gz`));
  const asked = recorded.map(({ id, message }) => JSON.stringify({ id, message })).join('\n');
  const said = run(['verdict'], `${asked}\n`);
  const keys = Object.keys(recorded[0]).filter((key) => key !== 'id' && key !== 'message');
  const rows = [['tool', 'decisions', '', 'entries', '', 'first difference']];
  for (const key of keys) {
    let [decided, entries, equal, first] = [0, 0, 0, ''];
    recorded.forEach((truth, at) => {
      const ours = said[at][key];
      const decision = same(truth[key], ours);
      decided += decision;
      const entry = truth[key]?.entry;
      const has = typeof entry === 'string';
      entries += has;
      equal += has && ours?.entry === entry;
      if (first === '' && (!decision || (has && ours?.entry !== entry))) first = truth.id;
    });
    const printed = entries === 0 ? ['', ''] : [`${equal}/${entries}`, percent(equal, entries)];
    rows.push([key, `${decided}/${recorded.length}`, percent(decided, recorded.length), ...printed, first]);
  }
  console.log(`verdict on the ${recorded.length} messages of ../shared/oracle\n`);
  table(rows);
  const found = run(['verdict', '--findings'], `${asked}\n`);
  console.log('findings on the same messages, against what the recorded verdicts say\n');
  table(findingRows(recorded, found, percent));
}

/** What a difference between two entries is about, to count its kinds. */
function kind(truth, ours) {
  if (ours === null || ours === undefined) return 'no entry predicted';
  const [left, right] = [truth.trimEnd().split('\n'), ours.trimEnd().split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  if (at === -1) return 'lines beyond the recorded entry';
  const shape = (line) =>
    line === undefined
      ? '(end)'
      : line
          .replace(/[0-9a-f]{7,40}/g, 'SHA')
          .replace(/\d+/g, 'N')
          .slice(0, 60);
  return at === 0 ? `heading: ${shape(left[0])} | ${shape(right[0])}` : `line: ${shape(left[at])} | ${shape(right[at])}`;
}

/** Versions, entries and detection per repository, against the recorded releases. */
function replays() {
  const files = readdirSync(`${SHARED}corpus`).filter((name) => name.endsWith('.jsonl.gz') && name !== 'titles.jsonl.gz');
  const rows = [['repository', 'tool', 'final versions', '', 'pre-releases', '', 'entries', '', 'detected']];
  const kinds = new Map();
  const none = () => ({ finals: [0, 0], pre: [0, 0], entries: [0, 0] });
  // All of them; what a tool decided and wrote; and of that, where the record holds all that the tool went by.
  const [total, tools, recorded] = [none(), none(), none()];
  for (const name of files) {
    const truths = lines(gunzip(`${SHARED}corpus/${name}`));
    const predictions = run(['replay', `${SHARED}corpus/${name}`]);
    const groups = new Map();
    truths.forEach((truth, at) => {
      const group = groups.get(truth.tool) ?? { ...none(), detected: new Map() };
      groups.set(truth.tool, group);
      const ours = predictions[at];
      const which = truth.prerelease ? 'pre' : 'finals';
      const hit = ours.predicted === truth.version;
      const add = (sums, part, equal) => {
        for (const sum of sums) {
          sum[part][0] += equal;
          sum[part][1] += 1;
        }
      };
      const narrower = (part, equal, class_) => {
        if (class_ !== 'by hand') add([tools], part, equal);
        if (class_ !== 'by hand' && class_ !== 'not in the record') add([recorded], part, equal);
      };
      add([group, total], which, hit);
      const version = hit ? null : whose(versionCause(truth, ours));
      if (decider(truth) === 'tool') narrower(which, hit, version);
      if (truth.changelog_entry) {
        const equal = truth.changelog_entry.trimEnd() === (ours.entry ?? '').trimEnd();
        add([group, total], 'entries', equal);
        narrower('entries', equal, equal ? null : (version ?? whose(entryCause(truth, ours))));
        if (!equal && hit) count(kinds, `${truth.tool}: ${kind(truth.changelog_entry, ours.entry)}`);
      }
      if (!hit)
        count(
          kinds,
          `${truth.tool}: version ${truth.prev_version} → ${truth.version}, predicted ${ours.predicted}`.replace(
            /\d+\.\d+\.\d+/g,
            (version) => version.replace(/\d{2,}/g, 'N'),
          ),
        );
      count(group.detected, String(ours.detected));
    });
    for (const [tool, group] of groups) {
      const pair = ([hits, all]) => (all === 0 ? ['', ''] : [`${hits}/${all}`, percent(hits, all)]);
      const detected = [...group.detected].map(([id, times]) => `${id} ${times}`).join(', ');
      rows.push([truths[0].repo, tool, ...pair(group.finals), ...pair(group.pre), ...pair(group.entries), detected]);
    }
  }
  const pair = ([hits, all]) => [`${hits}/${all}`, percent(hits, all)];
  rows.push(['all', '', ...pair(total.finals), ...pair(total.pre), ...pair(total.entries), '']);
  for (const [name, sum] of [
    ['decided and written by the tool alone', tools],
    ['and the record holds what it went by', recorded],
  ])
    rows.push([name, '', ...pair(sum.finals), ...pair(sum.pre), ...pair(sum.entries), '']);
  console.log('replay of the releases of ../shared/corpus (whose the others are: docs/replay-differences.md)\n');
  table(rows);
  console.log('the twenty most frequent kinds of difference\n');
  table([
    ['times', 'kind'],
    ...[...kinds]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 20)
      .map(([text, times]) => [times, text]),
  ]);
}

const MAIL = /[\w.+-]+(@|&#64;)[\w-]+(\.[\w-]+)+/g;
const blankless = (text) => text.replace(/\s+/g, '');
const bodies = (text) => text.trimEnd().split('\n').slice(1).join('\n').trim();

/** What is predicted for other records. */
function replayed(records) {
  const path = `${tmpdir()}/squashcast-accuracy-${process.pid}.jsonl`;
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const predictions = run(['replay', path]);
  rmSync(path);
  return predictions;
}

/** Why a predicted version is another than the recorded one, as far as the record itself tells. */
function versionCause(truth, ours) {
  const before = truth.prev_version;
  const told = truth.tool.startsWith('release-please') ? releasePlease.versionCause(truth, ours) : javascript.versionCause(truth);
  if (told !== null) return told;
  if (decider(truth) === 'by hand') return 'the version is chosen by hand';
  if (decider(truth) === 'change files') return 'change files decide, and their text is not in the record';
  // Seen in the two that differ: an entry under a heading that its commit's own title does not ask for, and a feature
  // released as a patch.
  if (truth.tool.startsWith('craft')) return "pull requests' titles decide, and they are not in Git, or the version was given by hand";
  const bumps = truth.commits.slice(0, -1).filter(({ message }) => /^bump: version \S+ → \S+/.test(message));
  if (truth.tool === 'commitizen' && bumps.length > 0) return 'a release in between has no tag in the record';
  // A release commit of the range wrote the changelog, and the next is a release after it.
  const prepared = ({ message, files }) => /^chore(\(\S+\))?: release/.test(message) && (files ?? []).includes(truth.changelog_path);
  if (truth.tool === 'release-plz' && truth.commits.slice(0, -1).some(prepared)) return 'a release between the two has no tag';
  if (truth.prerelease && !before.includes('-')) return 'the record does not name the branch of a first pre-release';
  const minor = (version) => version.split('.').slice(0, 2).join('.');
  if (truth.tool === 'release-plz' && minor(before) !== minor(truth.version))
    return 'presumably the public interface changed: cargo-semver-checks reads code';
  if (ours.predicted === null && truth.tool.startsWith('release-please'))
    return 'not settled: nothing in the commits asks for it (its dependencies moved, or an empty commit)';
  return 'not settled: given by hand, another range of commits, or a rule not reproduced';
}

/** Why an entry has another day: a run takes some minutes, and goes on past midnight (UTC). */
function dayCause(truth, left) {
  const pushed = truth.commits.filter((commit) => !commit.release_commit).at(-1)?.committer_date ?? truth.date;
  const later = new Date(Date.parse(pushed) + 10 * 60_000).toISOString().slice(0, 10);
  if (left.split('\n')[0].includes(later)) return 'the tool ran past midnight (UTC)';
  return 'the release was prepared on another day than that of its last commit';
}

/** Why an entry is another than the recorded one, as far as the two and the record tell. */
function entryCause(truth, ours) {
  const [left, right] = [truth.changelog_entry.trimEnd(), (ours.entry ?? '').trimEnd()];
  if (ours.predicted !== truth.version) return 'the version differs, and with it the heading';
  const told = truth.tool.startsWith('release-please')
    ? releasePlease.entryCause(truth, ours)
    : javascript.entryCause(truth, ours, replayed);
  if (told !== null) return told;
  if (truth.tool === 'git-cliff') {
    // git-cliff's own releases 0.2.0 to 1.1.2 stood under config/cliff.toml. With the last recorded configuration before
    // them, 49 of their 57 entries come out byte for byte.
    if (Object.keys(truth.config).length === 0) return 'the configuration stood at a path that is not in the record';
    // The section for those who contribute for the first time, and their logins, come from the forge.
    if (right === '' && /\bcontributors\b/.test(Object.values(truth.config).join('\n')))
      return 'who contributed for the first time is known to the forge, not to Git';
    // The link in the heading names the tag before as git-cliff saw it: pre-releases are left out by `ignore_tags`.
    const since = /\/compare\/(\S+?)\.{2,3}v?\d/.exec(left.split('\n')[0])?.[1];
    if (since !== undefined && since !== truth.prev_tag)
      return 'the entry begins before the commits of the record: tags between are ignored';
    // The template of 0.1.0-rc.2 links hashes of eight digits; 0.1.0-rc.4 takes that back, and says so.
    if (/\(\[[0-9a-f]{8}\]\([0-9a-f]{40}\)\)/.test(left)) return 'the file was written anew by a later configuration';
    // The two commits that git-cliff's own .cliffignore names.
    if (['10c3194', '4f88dda'].some((sha) => right.includes(sha) && !left.includes(sha)))
      return 'commits are left out by .cliffignore, which is not in the record';
  }
  // cocogitto 3.0.0, `Changelog::markdown`: sections are the entries of a hash table, whose order no two runs share.
  if (truth.tool === 'cocogitto' && /^\[[0-9a-f]{6}\]\(/m.test(left)) return 'cocogitto up to 3 writes sections in a random order';
  // Read side by side in all of them: its lines are those of commits told in other words, or several in one.
  if (truth.tool === 'release-plz' && javascript.editedByHand(truth, ours))
    return 'edited by hand: a line says what no commit of the range does';
  // The filler for a package whose dependencies moved: what moved them in `Cargo.lock` or a manifest of the workspace is
  // seen by the tool in the packed crates, not in the files of the commits.
  if (truth.tool === 'release-plz' && /^- update Cargo\.(toml|lock) dependencies$/m.test(left) && !left.includes('(#'))
    return 'dependencies are not in the record';
  if (!truth.tool.startsWith('release-please')) {
    const proven = other.entryCause(truth, ours, replayed);
    if (proven !== null) return proven;
  }
  if (right === '') {
    if (truth.tool.startsWith('craft')) return "authors' logins are not in Git";
    return 'templates of its own, or a tool whose entry is not reproduced here';
  }
  if (left.replace(MAIL, '') === right.replace(MAIL, '')) return 'mail addresses were replaced in the record';
  const owners = (text) => text.replace(/(https:\/\/[^/]+)\/[\w.-]+\/[\w.-]+\//g, '$1/');
  if (owners(left) === owners(right)) return 'the repository had another name';
  if (bodies(left) === bodies(right))
    return /\d{4}-\d\d-\d\d/.exec(left.split('\n')[0])?.[0] === /\d{4}-\d\d-\d\d/.exec(right.split('\n')[0])?.[0]
      ? 'not settled: the heading alone (another tag before it, or another version of the tool)'
      : dayCause(truth, left);
  if (/### Dependencies/.test(left) && !/### Dependencies/.test(right)) return 'dependencies are not in the record';
  if (/\(\[@[\w-]+\]|by @/.test(left)) return "authors' logins are not in Git";
  if (blankless(left) === blankless(right)) return 'not settled: white space alone (another version of the tool, or a formatter)';
  const sorted = (text) => blankless(text.split('\n').sort().join('\n'));
  if (sorted(left) === sorted(right)) return 'not settled: the order alone (another version of the tool, or of Node.js)';
  const [known, own] = [new Set(right.split('\n')), new Set(left.split('\n'))];
  const added = left.split('\n').some((line) => line !== '' && !known.has(line));
  const missing = right.split('\n').some((line) => line !== '' && !own.has(line));
  if (!missing) return 'not settled: lines more than ours (added by hand, or a rule not reproduced)';
  if (!added) return 'not settled: lines fewer than ours (taken out by hand, or a rule not reproduced)';
  return 'not settled: other lines (edited by hand, another version of the tool, or a rule not reproduced)';
}

/** npm run accuracy -- --differences: writes docs/replay-differences.md. */
function differences() {
  const files = readdirSync(`${SHARED}corpus`).filter((name) => name.endsWith('.jsonl.gz') && name !== 'titles.jsonl.gz');
  const found = new Map();
  for (const name of files) {
    const truths = lines(gunzip(`${SHARED}corpus/${name}`));
    const predictions = run(['replay', `${SHARED}corpus/${name}`]);
    truths.forEach((truth, at) => {
      const ours = predictions[at];
      const note = (what, cause, class_) => count(found, `${truth.repo} | ${truth.tool} | ${what} | ${cause} | ${class_}`);
      const version = ours.predicted === truth.version ? null : versionCause(truth, ours);
      if (version !== null) note('version', version, whose(version));
      if (truth.changelog_entry && truth.changelog_entry.trimEnd() !== (ours.entry ?? '').trimEnd()) {
        const cause = entryCause(truth, ours);
        note('entry', cause, whose(version ?? cause));
      }
    });
  }
  const rows = [...found].sort((a, b) => b[1] - a[1]).map(([key, times]) => `| ${times} | ${key} |`);
  const head = [
    '# Where the replay differs from the recorded releases',
    '',
    'Written by `npm run accuracy -- --differences` from ../shared/corpus. A cause is named where the record itself or the',
    'two texts show it; whose it is tells the last column (scripts/lib/cause_classes.mjs).',
    '',
    '| times | repository | tool | what | cause | whose |',
    '| ---: | --- | --- | --- | --- | --- |',
  ];
  mkdirSync(`${ROOT}docs`, { recursive: true });
  writeFileSync(`${ROOT}docs/replay-differences.md`, `${[...head, ...rows].join('\n')}\n`);
  console.log(`docs/replay-differences.md: ${rows.length} kinds`);
}

const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);

if (process.argv.includes('--differences')) {
  differences();
} else {
  verdicts();
  replays();
}
