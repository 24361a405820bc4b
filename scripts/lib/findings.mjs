// What the recorded verdicts say is wrong with each message: the definitions of `verdict --findings` once more, written
// from the specification and from the oracle's shape alone, to hold squashcast's findings against.

const IDS = ['commit-dropped', 'breaking-unread', 'breaking-by-accident', 'extra-commits', 'releases-nothing'];
const HEADER = /^([^\s():!]+)(?:\(([^()]+)\))?(!)?: (\s*\S.*)$/su;
const FOOTER = /^(?:BREAKING CHANGE|[\p{Alphabetic}\p{N}-]+)(?:: | #)\s*\S/u;
const BREAKING = /^BREAKING[ -]CHANGE: \s*\S/u;

const BARE = /^BREAKING[ -]CHANGE:\s*$/u;

/** Type, mark and description of a conventional header. */
function headerOf(message) {
  const found = HEADER.exec(message.split('\n')[0].replace(/\r$/u, ''));
  return found === null ? null : { type: found[1], marked: found[3] === '!', description: found[4].trim() };
}

/** Whether a footer of the specification announces a breaking change. */
function hasFooter(message) {
  const lines = message.split('\n').map((line) => line.replace(/\r+$/u, ''));
  // The value may begin on a later line.
  const breaks = (line, at) =>
    BREAKING.test(line) ||
    (BARE.test(line) &&
      lines
        .slice(at + 1)
        .join('')
        .trim() !== '');
  const first = lines.findIndex((line, at) => at > 1 && lines[at - 1].trim() === '' && (FOOTER.test(line) || breaks(line, at)));
  return first !== -1 && lines.some((line, at) => at >= first && breaks(line, at));
}

const same = (header, type, description) =>
  header.type.toLowerCase() === (type ?? '').toLowerCase() && header.description.startsWith((description ?? '').trim());

const rank = { major: 3, minor: 2, patch: 1 };
const ofName = (name) => rank[name] ?? 0;
function ofNext(next) {
  if (next?.['1.2.3'] === undefined || next['1.2.3'] === null) return 0;
  const [major, minor] = next['1.2.3'].split('.').map(Number);
  if (major > 1) return 3;
  return major === 1 && minor > 2 ? 2 : 1;
}
/** Whether a bump is less than what the type alone decides. */
const less = (bump, header, minor, patch = []) => (minor.includes(header.type) && bump < 2) || (patch.includes(header.type) && bump < 1);
const lower = (header) => ({ ...header, type: header.type.toLowerCase() });

/** What each key's verdict tells: bump (null: decides nothing itself), whether the header was read, how many commits. */
const TOLD = {
  'release-please': (v, h) => ({
    bump: ofNext(v.next),
    read: v.commits.some((commit) => same(h, commit.type, commit.description)),
    commits: v.commits.length,
  }),
  'python-semantic-release': (v, h) => ({
    bump: ofName(v.bump),
    read: v.parts.some((part) => part !== null && same(h, part.type, part.descriptions[0])),
    commits: v.parts.filter((part) => part !== null).length,
  }),
  changelogen: (v, h) => ({ bump: ofName(v.bump), read: same(h, v.type, ''), commits: 1 }),
  'git-conventional': (v) => ({ bump: null, major: v.breaking === true, read: !('error' in v), commits: 1 }),
  cocogitto: (v) => ({
    bump: v.breaking ? 3 : ({ feat: 2, fix: 1 }[v.type] ?? 0),
    read: !('error' in v),
    commits: 1,
  }),
  knope: (v, h) => ({ bump: ofName(v.bump), read: !less(ofName(v.bump), lower(h), ['feat'], ['fix']), commits: 1 }),
  'git-cliff': (v, h) => ({ bump: ofNext(v.next), read: !less(ofNext(v.next), lower(h), ['feat']), commits: 1 }),
  'release-plz': (v, h) => ({ bump: ofNext(v.next), read: !less(ofNext(v.next), lower(h), ['feat']), commits: 1 }),
};
for (const key of ['semantic-release angular', 'semantic-release conventionalcommits'])
  TOLD[key] = (v, h) => ({
    bump: ofName(v.bump),
    read: !less(ofName(v.bump), h, ['feat', 'FEAT'], ['fix', 'FIX', 'perf']),
    commits: 1,
  });

/** The ids of the findings that hold, by a recorded verdict. */
function truthOf(key, message, verdict) {
  const header = headerOf(message);
  const told =
    'throws' in verdict
      ? { bump: 0, read: false, commits: 0 }
      : TOLD[key](verdict, header ?? { type: '\n', marked: false, description: '' });
  const major = told.major ?? told.bump === 3;
  const breaking = header?.marked || hasFooter(message);
  const holds = [
    header !== null && !told.read,
    breaking && !major,
    major && !breaking,
    told.commits > 1,
    header !== null && told.bump === 0,
  ];
  return IDS.filter((_, at) => holds[at]);
}

/** A row of precision and recall for each tool and id, and a sum that is not perfect where something is off. */
export function findingRows(recorded, said, percent) {
  const rows = [['tool', 'finding', 'holds', 'fires', 'precision', 'recall', 'first difference']];
  for (const key of Object.keys(TOLD))
    for (const id of IDS) {
      let [holds, fires, both, first] = [0, 0, 0, ''];
      recorded.forEach((truth, at) => {
        const is = truthOf(key, truth.message, truth[key]).includes(id);
        const ours = said[at][key].findings.some((finding) => finding.id === id);
        holds += is;
        fires += ours;
        both += is && ours;
        if (is !== ours && first === '') first = truth.id;
      });
      if (holds + fires > 0) rows.push([key, id, holds, fires, percent(both, fires), percent(both, holds), first]);
    }
  return rows;
}
