// What `npm run bench` shares: a line each figure, beside its budget; and the core's own figures, natively and in Wasm.

import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ROOT, run } from './run.mjs';

const TITLES = `${ROOT}../shared/corpus/titles.jsonl.gz`;
const TIMES = 5;

/**
 * How many messages a second the tools' own parsers read, as measured in ../shared/tools.md (section 5): each reading of
 * ours has to be twenty times as fast. commitlint reads with conventional-commits-parser.
 */
const OWN = {
  cocogitto: ['conventional_commit_parser 0.9.4', 13_400],
  'conventional-commits-parser': ['conventional-commits-parser 6.4.0', 54_400],
  'conventional-commits-parser, angular': ['the same, angular preset', 61_500],
  'conventional-commits-parser, conventionalcommits': ['the same, conventionalcommits preset', 52_700],
  'python-semantic-release': ['python-semantic-release 10.7', 6_570],
  'release-please': ['release-please, parseConventionalCommits', 1_000],
  changelogen: ['changelogen 0.6.2', 331_000],
};
const FACTOR = 20;
/** How long a preview over 10,000 unreleased commits may take, in milliseconds. */
const PREVIEW = { native: 20, wasm: 60 };
/** How much longer a byte of 1 MB may take than one of 10 KB: what is worse than linear takes a hundred times as long. */
const GROWTH = 3;

/** How many figures were over their budget. */
export const sum = { over: 0 };

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function line(what, value, unit, beside, fine) {
  if (!fine) sum.over += 1;
  const shown = Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(1);
  process.stdout.write(`${what.padEnd(58)} ${shown.padStart(10)} ${unit.padEnd(7)}${beside}${fine ? '' : '   OVER'}`.trimEnd());
  process.stdout.write('\n');
}

/** A figure that must not be above its budget; `beside` is told with it. */
export function row(what, value, unit, budget, beside = '') {
  const told = budget === undefined ? '' : `   budget ${budget} ${unit}`.trimEnd();
  line(what, value, unit, `${told}${beside && `   ${beside}`}`, budget === undefined || value <= budget);
}

/** A speed that must not be below its budget. */
function speed(what, value, budget, beside) {
  line(what, Math.round(value), '/s', `   ${beside}`, budget === undefined || value >= budget);
}

/** The core compiled for this machine: readings, previews, and that nothing grows faster than what it reads. */
export async function native(profile) {
  const real = existsSync(TITLES);
  const args = ['run', '--locked', '--quiet', '--profile', profile, '--example', 'bench', '--', ...(real ? [TITLES] : [])];
  const { stdout } = await run('cargo', args);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  const group = (name) => rows.filter((each) => each.group === name);

  process.stdout.write('\nReadings (messages a second, in time of the processor)\n');
  const [messages] = group('messages');
  if (!messages) process.stdout.write('skipped: no ../shared\n');
  else process.stdout.write(`${messages.count} real messages; git-conventional reads ${messages.alike} of them like our reading “spec”\n`);
  const crate = rows.find(({ name }) => name === 'git-conventional')?.speed;
  for (const { name, speed: value } of group('reading')) {
    const beside = `${(value / crate).toFixed(1)} × git-conventional`;
    const [whose, theirs] = OWN[name] ?? [];
    if (name === 'spec') speed(name, value, crate, `${beside}   budget 1 ×`);
    else if (theirs)
      speed(
        name,
        value,
        theirs * FACTOR,
        `${beside}   ${Math.floor(value / theirs)} × ${whose} (${theirs.toLocaleString('en')}/s)   budget ${FACTOR} ×`,
      );
    else speed(name, value, undefined, name === 'git-conventional' ? '' : beside);
  }

  process.stdout.write('\nPreview over 10,000 unreleased commits, native\n');
  for (const { name, time } of group('preview')) row(name, time, 'ms', PREVIEW.native);

  process.stdout.write('\nNanoseconds a byte on bodies of 1 KB, 10 KB, 100 KB, 1 MB, of the shape with which it grows most\n');
  for (const { kind, name, shape, times, growth } of group('linear')) {
    const shown = times.map((time) => time.toFixed(1).padStart(8)).join('');
    const fine = growth <= GROWTH;
    if (!fine) sum.over += 1;
    process.stdout.write(
      `${`${kind} ${name}`.padEnd(58)} ${shown}   ${shape}${fine ? '' : `   OVER: at 1 MB ${growth.toFixed(1)} × that at 10 KB, budget ${GROWTH} ×`}\n`,
    );
  }
}

/** The messages of the real titles, or made ones. */
async function messages() {
  if (!existsSync(TITLES))
    return ['feat(api): add a search box (#12)\n\nIt finds everything.', 'fix: keep empty lists\n\nCloses #3', 'docs: say how'];
  const { gunzipSync } = await import('node:zlib');
  const lines = gunzipSync(readFileSync(TITLES)).toString('utf8').trimEnd().split('\n');
  return lines.map((text) => JSON.parse(text)).map(({ subject, body }) => (body ? `${subject}\n\n${body}` : subject));
}

/** A module, started as the extension starts it. */
async function started(name) {
  const module = await import(pathToFileURL(`${ROOT}build/wasm/${name}.js`).href);
  await module.default({ module_or_path: readFileSync(`${ROOT}build/wasm/${name}_bg.wasm`) });
  return module;
}

const SCHEDULED = '/proc/thread-self/schedstat';

/**
 * Milliseconds of the processor that the one who waits has had: what else the machine does is not in it, nor are the
 * threads beside it on which the engine makes faster code of what has run. Where the system does not tell a thread's
 * time, those of the whole process.
 */
function clock() {
  if (existsSync(SCHEDULED)) return Number(readFileSync(SCHEDULED, 'utf8').split(' ')[0]) / 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The previews of all tools, each by the module that tells it: that of all tools, or that of templates as well. */
export async function wasm() {
  process.stdout.write('\nPreview over 10,000 unreleased commits, Wasm in Node.js (the modules as they are shipped)\n');
  const more = await started('more');
  const templates = await started('templates');
  const all = await messages();
  const history = Array.from({ length: 10_000 }, (_, at) => all[at % all.length]);
  const configurations = JSON.parse(readFileSync(`${ROOT}tests/cases/configurations.json`, 'utf8'));
  for (const { id } of more.tools()) {
    const squash = { squash_merge_commit_title: 'PR_TITLE', squash_merge_commit_message: 'PR_BODY' };
    const title = 'feat(api): a search box';
    const own = { title, description: 'It finds everything.', commits: ['wip'], history, forge: 'github', squash };
    const shown = { ...own, tool: id, files: configurations[id] ?? {}, version: '1.2.3', date: '2024-05-06' };
    const timed = (work) => {
      const before = clock();
      const answer = work();
      return [clock() - before, answer];
    };
    const [first, module] = timed(() => [more, templates].find((each) => each.playground(shown) !== undefined));
    if (module === undefined) throw new Error(`no module previews ${id}`);
    const times = Array.from({ length: TIMES + 1 }, () => timed(() => module.playground(shown))[0]);
    // The first two also compile, each tool what none before it has run.
    const name = module === more ? id : `${id}, with templates`;
    row(name, median(times.slice(1)), 'ms', PREVIEW.wasm, `the first time ${first.toFixed(0)} ms`);
  }
}
