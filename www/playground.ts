// The playground: a case written by hand, the same Wasm, the same panel. Nothing is fetched and nothing leaves the
// page; the whole case stands in the address's fragment, so that it can be shared.

import type { PlaygroundCase } from '../build/wire/PlaygroundCase';
import sentences from '../extension/_locales/en/messages.json';
import { type Child, h, paint } from '../extension/dom';
import { painted } from '../extension/entry';
import { broken, Panel, Pill, waiting } from '../extension/panel';
import css from '../extension/panel.css';
import { messages, shown, speak, ui } from '../extension/text';
import * as more from './more.js';
import * as templates from './templates.js';

speak(messages(sentences));

/** GitHub's settings of the squash message and their values, the default first. */
const SQUASH: Record<string, Record<string, string[]>> = {
  github: {
    squash_merge_commit_title: ['COMMIT_OR_PR_TITLE', 'PR_TITLE'],
    squash_merge_commit_message: ['COMMIT_MESSAGES', 'PR_BODY', 'BLANK'],
  },
};

const TODAY = new Date().toISOString().slice(0, 10);

const EMPTY: PlaygroundCase = {
  title: 'feat(api)!: drop the old store',
  description: 'The old store is gone.\n\nBREAKING CHANGE: call `open()` first.',
  commits: ['feat(api): add a new store', 'wip', 'fix: review remarks'],
  history: [],
  forge: 'github',
  squash: {},
  tool: 'semantic-release',
  files: {},
  version: '1.2.3',
  date: TODAY,
};

const EXAMPLES: [string, Partial<PlaygroundCase>][] = [
  ['play_example_breaking', {}],
  ['play_example_single', { title: 'feat: a search box', description: '', commits: ['wip'], version: '2.4.0' }],
  [
    'play_example_please',
    {
      title: 'fix: keep empty lists',
      description: '',
      commits: ['fix: keep empty lists', 'test: empty lists'],
      tool: 'release-please',
      version: '0.3.1',
    },
  ],
  [
    'play_example_bitbucket',
    { title: 'feat: a search box', description: '', commits: ['feat: a search box'], forge: 'bitbucket', version: '2.4.0' },
  ],
];

let current: PlaygroundCase = EMPTY;
/** A module, and whether it is there, on its way or trapped. */
type Loaded = { module: typeof templates; state: 'out' | 'coming' | 'ready' | 'trapped' };
const every: Loaded = { module: more, state: 'out' };
/** The second fills a repository's own templates: it is loaded where the first says so. */
const modules: Loaded[] = [every, { module: templates, state: 'out' }];
let known = { forges: [] as { id: string; name: string }[], tools: [] as { id: string; name: string }[] };

// ---- the fragment: JSON, deflated, in base64url ----

async function squeeze(bytes: BlobPart, through: CompressionStream | DecompressionStream): Promise<ArrayBuffer> {
  return new Response(new Blob([bytes]).stream().pipeThrough(through)).arrayBuffer();
}

async function encode(wanted: PlaygroundCase): Promise<string> {
  const bytes = new Uint8Array(await squeeze(JSON.stringify(wanted), new CompressionStream('deflate-raw')));
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

async function decode(fragment: string): Promise<PlaygroundCase | null> {
  if (fragment === '') return null;
  try {
    const bytes = Uint8Array.from(atob(fragment.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
    const read = JSON.parse(new TextDecoder().decode(await squeeze(bytes, new DecompressionStream('deflate-raw'))));
    return { ...EMPTY, ...tame(read) };
  } catch {
    return null;
  }
}

/** Only what is of the right kind: a fragment may come from anywhere. */
function tame(read: Record<string, unknown>): Partial<PlaygroundCase> {
  const texts = (value: unknown) =>
    Object.fromEntries(Object.entries((value ?? {}) as object).filter(([, text]) => typeof text === 'string'));
  const tamed: Record<string, unknown> = {};
  for (const key of ['title', 'description', 'forge', 'tool', 'version', 'date']) if (typeof read[key] === 'string') tamed[key] = read[key];
  if (Array.isArray(read.commits)) tamed.commits = read.commits.filter((commit) => typeof commit === 'string');
  for (const key of ['squash', 'files']) if (typeof read[key] === 'object') tamed[key] = texts(read[key]);
  return tamed;
}

let keeping: ReturnType<typeof setTimeout> | undefined;

function keepInAddress(): void {
  clearTimeout(keeping);
  keeping = setTimeout(async () => history.replaceState(null, '', `#${await encode(current)}`), 300);
}

// ---- the form ----

function change(part: Partial<PlaygroundCase>): void {
  current = { ...current, ...part };
  keepInAddress();
  show();
}

const typed = (event: Event) => (event.target as HTMLInputElement).value;

function field(id: string, label: string, input: Child): Child {
  return h('div', { key: id, class: 'field' }, h('label', { for: id }, label), input);
}

// The boxes are the reader's: what they hold is set once and after a change of the address, never while typing.
function fillIn(): void {
  const values: Record<string, string> = {
    title: current.title,
    description: current.description,
    version: current.version,
    date: current.date,
    forge: current.forge,
    tool: current.tool,
  };
  const [path, config] = Object.entries(current.files)[0] ?? ['', ''];
  Object.assign(values, { path, config });
  current.commits.forEach((commit, index) => {
    values[`commit-${index}`] = commit;
  });
  for (const [name, options] of Object.entries(SQUASH[current.forge] ?? {})) values[name] = current.squash[name] ?? options[0] ?? '';
  for (const [id, value] of Object.entries(values)) {
    const box = document.getElementById(id) as HTMLInputElement | null;
    if (box && box.value !== value) box.value = value;
  }
}

function file(): void {
  const path = (document.getElementById('path') as HTMLInputElement).value.trim();
  const config = (document.getElementById('config') as HTMLTextAreaElement).value;
  change({ files: path ? { [path]: config } : {} });
}

function remove(index: number): void {
  change({ commits: current.commits.filter((_, other) => other !== index) });
  fillIn();
  (document.getElementById(`commit-${Math.max(0, index - 1)}`) ?? document.getElementById('add'))?.focus();
}

function add(): void {
  change({ commits: [...current.commits, ''] });
  fillIn();
  document.getElementById(`commit-${current.commits.length - 1}`)?.focus();
}

function pick(id: string, options: { id: string; name: string }[], on: (value: string) => void): Child {
  return h(
    'select',
    { id, onchange: (event) => on(typed(event)) },
    options.map((option) => h('option', { key: option.id, value: option.id }, option.name)),
  );
}

function form(): Child {
  const squash = Object.entries(SQUASH[current.forge] ?? {});
  return h(
    'form',
    { key: 'form', 'aria-label': ui('play_case'), onsubmit: (event) => event.preventDefault() },
    h(
      'p',
      { class: 'examples' },
      ui('play_examples'),
      ...EXAMPLES.map(([id, part]) => h('a', { key: id, href: '#', onclick: (event) => example(event, part) }, ui(id))),
    ),
    h(
      'fieldset',
      { key: 'pull' },
      h('legend', null, ui('play_pull')),
      field(
        'title',
        ui('ui_field_title'),
        h('input', {
          id: 'title',
          class: 'code',
          spellcheck: 'false',
          autocomplete: 'off',
          oninput: (event) => change({ title: typed(event) }),
        }),
      ),
      field(
        'description',
        ui('ui_field_description'),
        h('textarea', { id: 'description', class: 'tall', oninput: (event) => change({ description: typed(event) }) }),
      ),
    ),
    h(
      'fieldset',
      { key: 'commits' },
      h('legend', null, ui('play_commits')),
      current.commits.map((_, index) =>
        h(
          'div',
          { key: index, class: 'commit' },
          h('textarea', {
            id: `commit-${index}`,
            rows: 1,
            'aria-label': ui('play_commit', String(index + 1)),
            oninput: (event) => change({ commits: current.commits.map((commit, other) => (other === index ? typed(event) : commit)) }),
          }),
          h('button', { type: 'button', 'aria-label': ui('play_remove', String(index + 1)), onclick: () => remove(index) }, '✕'),
        ),
      ),
      h('button', { key: 'add', id: 'add', type: 'button', onclick: add }, ui('play_add')),
    ),
    h(
      'fieldset',
      { key: 'forge' },
      h('legend', null, ui('play_merge')),
      h(
        'div',
        { class: 'columns' },
        field(
          'forge',
          ui('play_forge'),
          pick('forge', known.forges, (forge) => {
            change({ forge, squash: {} });
            fillIn();
          }),
        ),
        squash.map(([name, options]) =>
          field(
            name,
            name,
            pick(
              name,
              options.map((id) => ({ id, name: id })),
              (value) => change({ squash: { ...current.squash, [name]: value } }),
            ),
          ),
        ),
      ),
    ),
    h(
      'fieldset',
      { key: 'tool' },
      h('legend', null, ui('play_release')),
      h(
        'div',
        { class: 'columns' },
        field(
          'tool',
          ui('options_tool'),
          pick('tool', [{ id: '', name: ui('options_tool_recognised') }, ...known.tools], (tool) => change({ tool })),
        ),
        field(
          'version',
          ui('play_version'),
          h('input', {
            id: 'version',
            class: 'code',
            placeholder: ui('play_version_none'),
            spellcheck: 'false',
            autocomplete: 'off',
            oninput: (event) => change({ version: typed(event).trim() }),
          }),
        ),
        field('date', ui('play_date'), h('input', { id: 'date', type: 'date', oninput: (event) => change({ date: typed(event) }) })),
      ),
      field(
        'path',
        ui('play_path'),
        h('input', {
          id: 'path',
          class: 'code',
          list: 'paths',
          placeholder: '.releaserc.json',
          spellcheck: 'false',
          autocomplete: 'off',
          oninput: file,
        }),
      ),
      h(
        'datalist',
        { id: 'paths' },
        [
          '.releaserc.json',
          'package.json',
          'release-please-config.json',
          '.release-please-manifest.json',
          'cliff.toml',
          'pyproject.toml',
          'Cargo.toml',
        ].map((value) => h('option', { key: value, value })),
      ),
      field('config', ui('play_config'), h('textarea', { id: 'config', class: 'tall', spellcheck: 'false', oninput: file })),
    ),
  );
}

function example(event: Event, part: Partial<PlaygroundCase>): void {
  event.preventDefault();
  change({ ...EMPTY, ...part });
  fillIn();
}

// ---- the page ----

const app = document.getElementById('app') as HTMLElement;
const panelHost = document.createElement('squashcast-panel');
const pillHost = document.createElement('squashcast-pill');
panelHost.dataset.place = 'playground';
const pill = new Pill(pillHost.attachShadow({ mode: 'open' }), waiting('github'), null);
const panel = new Panel(panelHost.attachShadow({ mode: 'open' }), waiting('github'), {
  applicable: (name) => name === 'title' || name === 'description',
  apply: async (edits) => {
    const before = { title: current.title, description: current.description };
    const set = (texts: Partial<typeof before>) => {
      change(texts);
      fillIn();
    };
    set(Object.fromEntries(edits.map(({ field: name, value }) => [name, value])));
    return () => set(before);
  },
  choose: (tool) => {
    change({ tool });
    fillIn();
  },
});

panel.dress(css);

function view() {
  let running = every;
  try {
    for (const next of modules) {
      running = next;
      if (next.state === 'out') start(next).then(show, failed);
      if (next.state === 'coming') return waiting(current.forge);
      if (next.state === 'trapped') next.module.__wbg_reset_state();
      next.state = 'ready';
      const told = next.module.playground(current);
      if (told) return painted(told);
    }
    throw new Error('no module previews this');
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) running.state = 'trapped';
    return broken(current.forge, { id: 'ui_worker_failed', args: [] }, { id: 'ui_worker_failed_remedy', args: [] }, String(error));
  }
}

function show(): void {
  paint(
    app,
    h('header', { class: 'top' }, h('h1', null, 'squashcast'), h('p', null, ui('play_about'))),
    h(
      'main',
      { class: 'bench' },
      form(),
      h(
        'section',
        { key: 'result', class: 'result', 'aria-label': ui('play_result') },
        h('div', { class: 'headline' }, h('p', { dir: 'auto' }, ...shown(current.title)), h('div', { key: 'pill', class: 'pill-here' })),
        h('div', { key: 'panel', class: 'panel-here' }),
      ),
    ),
  );
  const place = (host: HTMLElement, where: string) => {
    const parent = document.querySelector(where);
    if (parent && host.parentElement !== parent) parent.append(host);
  };
  place(pillHost, '.pill-here');
  place(panelHost, '.panel-here');
  const painted = view();
  pill.paint(painted);
  panel.paint(painted);
}

async function start(next: Loaded): Promise<void> {
  next.state = 'coming';
  await next.module.default();
  next.state = 'ready';
}

async function open(): Promise<void> {
  await start(every);
  known = { forges: more.forges(), tools: more.tools() };
  current = (await decode(location.hash.slice(1))) ?? EMPTY;
  show();
  fillIn();
  addEventListener('hashchange', async () => {
    const read = await decode(location.hash.slice(1));
    if (!read) return;
    current = read;
    show();
    fillIn();
  });
}

function failed(error: unknown): void {
  paint(app, h('main', { class: 'bench' }, h('p', { class: 'error', role: 'alert' }, ui('play_failed', String(error)))));
}

open().catch(failed);
