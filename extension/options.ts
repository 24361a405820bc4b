// The options page: a token for each forge, and what the user has chosen for a repository. A saved token is never
// read back into the page: only that there is one is shown.

import type { RepositorySettings } from '../build/wire/RepositorySettings';
import { type Child, h, paint } from './dom';
import init, { forges, tools } from './more.js';
import { HOSTED, type Own, permission, rootOf } from './own-forges';
import { isRepository, keep, keepForges, load, ownForges, save } from './settings';
import { ui } from './text';

interface Named {
  id: string;
  name: string;
}

/** The forges whose tokens have a sentence of their own. */
const TOLD = new Set(['github', 'bitbucket', 'gitlab']);

const main = document.querySelector('main') as HTMLElement;
let known: { forges: (Named & { origin: string })[]; tools: Named[] } = {
  forges: [
    { id: 'github', name: 'GitHub', origin: 'https://github.com' },
    { id: 'bitbucket', name: 'Bitbucket', origin: 'https://bitbucket.org' },
  ],
  tools: [],
};
/** Which origins have a token; the tokens themselves stay in the storage. */
let tokens = new Set<string>();
let repositories: Record<string, RepositorySettings> = {};
let forgesOfOwn: Own[] = [];
/** The roots whose permission was taken back. */
let refused = new Set<string>();
let said = '';
let wrong = '';

const box = <E extends HTMLElement = HTMLInputElement>(id: string) => document.getElementById(id) as E | null;

async function refresh(message = ''): Promise<void> {
  const stored = await load();
  forgesOfOwn = await ownForges();
  const origins = forgesOfOwn.map(({ root }) => [permission(root)]);
  const held = await Promise.all(origins.map((of) => chrome.permissions.contains({ origins: of })));
  refused = new Set(forgesOfOwn.filter((_, index) => !held[index]).map(({ root }) => root));
  tokens = new Set(Object.keys(stored.tokens));
  repositories = stored.settings.repositories;
  said = message;
  wrong = '';
  show();
}

function attempt(work: () => Promise<void>): void {
  work().catch((error) => {
    said = ui('options_failed', error instanceof Error ? error.message : String(error));
    show();
  });
}

function keepToken(event: Event, origin: string, id: string): void {
  event.preventDefault();
  const input = box(`token-${id}`);
  const token = input?.value.trim();
  if (!input || !token) return;
  attempt(async () => {
    await keep(origin, token);
    input.value = '';
    await refresh(ui('options_token_saved', shortened(origin)));
  });
}

function deleteToken(origin: string): void {
  attempt(async () => {
    await keep(origin, '');
    await refresh(ui('options_token_deleted', shortened(origin)));
  });
}

/** A token's form; `key` tells forges of the same kind apart. */
function tokenForm({ id: forge, name, origin }: Named & { origin: string }, own: boolean): Child {
  const id = own ? origin.replace(/\W+/g, '-') : forge;
  const host = shortened(origin);
  const saved = tokens.has(origin);
  return h(
    'form',
    { key: origin, class: 'card', onsubmit: (event) => keepToken(event, origin, id) },
    h('label', { for: `token-${id}` }, ui('options_token_label', host)),
    h(
      'div',
      { class: 'row' },
      h('input', {
        id: `token-${id}`,
        type: 'password',
        autocomplete: 'off',
        spellcheck: 'false',
        placeholder: ui(saved ? 'options_saved' : 'options_none'),
        'aria-describedby': `about-${id}`,
        class: saved ? 'saved' : '',
      }),
      h('button', { type: 'submit', class: 'primary' }, ui('options_save')),
      h('button', { key: 'delete', type: 'button', disabled: !saved, onclick: () => deleteToken(origin) }, ui('options_delete')),
    ),
    h('p', { id: `about-${id}`, class: 'note' }, ui(TOLD.has(id) ? `options_token_${id}` : 'options_token_own', name)),
  );
}

/** An address without the `https://` that all of them begin with. */
function shortened(root: string): string {
  return root.replace(/^https:\/\//, '');
}

function addForge(event: Event): void {
  event.preventDefault();
  const root = rootOf(box('own')?.value ?? '');
  const offered = HOSTED.find(({ known }) => root !== null && known?.includes(root));
  const forge = offered?.id ?? box<HTMLSelectElement>('own-forge')?.value ?? '';
  wrong = '';
  if (root === null || known.forges.some(({ origin }) => origin !== '' && root.startsWith(origin))) {
    wrong = 'own';
    show();
    box('own')?.focus();
    return;
  }
  // The browser asks only while the click is under way: nothing is waited for before.
  const asked = chrome.permissions.request({ origins: [permission(root)] });
  attempt(async () => {
    if (!(await asked)) {
      await refresh(ui('options_own_refused', shortened(root)));
      return;
    }
    await keepForges([...(await ownForges()).filter((own) => own.root !== root), { root, forge }]);
    const input = box('own');
    if (input) input.value = '';
    await refresh(ui('options_own_added', shortened(root)));
  });
}

function allowForge(root: string): void {
  const asked = chrome.permissions.request({ origins: [permission(root)] });
  attempt(async () => refresh(ui((await asked) ? 'options_own_added' : 'options_own_refused', shortened(root))));
}

function removeForge(root: string): void {
  attempt(async () => {
    const left = (await ownForges()).filter((own) => own.root !== root);
    await keepForges(left);
    await keep(root, '');
    // The permission goes with the last forge at its host; one that was given at installation stays.
    const origins = [permission(root)];
    if (!left.some((own) => permission(own.root) === origins[0])) await chrome.permissions.remove({ origins }).catch(() => false);
    await refresh(ui('options_own_removed', shortened(root)));
  });
}

function forgeRow({ root, forge }: Own): Child {
  const host = shortened(root);
  return h(
    'li',
    { key: root },
    h('span', { class: 'address' }, host),
    h('span', { class: 'choice' }, HOSTED.find(({ id }) => id === forge)?.name ?? forge),
    h(
      'span',
      { class: 'row' },
      refused.has(root) && h('button', { key: 'allow', type: 'button', onclick: () => allowForge(root) }, ui('options_own_allow')),
      h('button', { key: 'remove', type: 'button', 'aria-label': ui('options_remove', host), onclick: () => removeForge(root) }, '✕'),
    ),
  );
}

function ownSection(): Child {
  return h(
    'section',
    { 'aria-labelledby': 'forges' },
    h('h2', { id: 'forges' }, ui('options_own')),
    h('p', null, ui('options_own_more')),
    forgesOfOwn.length > 0 && h('ul', { key: 'list', class: 'card list' }, forgesOfOwn.map(forgeRow)),
    h(
      'form',
      { class: 'card', novalidate: true, onsubmit: addForge },
      h(
        'div',
        { class: 'two' },
        field(
          'own',
          ui('options_own_address'),
          h('input', {
            id: 'own',
            type: 'url',
            autocomplete: 'off',
            spellcheck: 'false',
            placeholder: ui('options_own_hint'),
            list: 'own-known',
            'aria-invalid': wrong === 'own' ? 'true' : null,
            'aria-describedby': wrong === 'own' ? 'about-own' : null,
          }),
          '',
          ui('options_own_invalid'),
        ),
        field(
          'own-forge',
          ui('options_own_forge'),
          h(
            'select',
            { id: 'own-forge' },
            HOSTED.map(({ id, name }) => h('option', { key: id, value: id }, name)),
          ),
          '',
          '',
        ),
      ),
      h(
        'datalist',
        { id: 'own-known' },
        HOSTED.flatMap(({ name, known = [] }) => known.map((value) => h('option', { key: value, value }, name))),
      ),
      h('p', { class: 'row' }, h('button', { type: 'submit', class: 'primary' }, ui('options_own_add'))),
    ),
  );
}

function keepRepository(event: Event): void {
  event.preventDefault();
  const address = (box('repository')?.value ?? '').trim().replace(/(\.git)?\/*$/, '');
  const tool = box<HTMLSelectElement>('tool')?.value || null;
  const tagPattern = box('pattern')?.value.trim() || null;
  wrong = '';
  if (!isRepository(address)) wrong = 'repository';
  else if (tagPattern !== null && tagPattern.split('{version}').length !== 2) wrong = 'pattern';
  if (wrong) {
    show();
    box(wrong)?.focus();
    return;
  }
  attempt(async () => {
    const { settings } = await load();
    if (tool === null && tagPattern === null) delete settings.repositories[address];
    else settings.repositories[address] = { tool, tagPattern };
    await save(settings);
    for (const id of ['repository', 'tool', 'pattern']) {
      const input = box(id);
      if (input) input.value = '';
    }
    await refresh(ui('options_repository_saved', address));
  });
}

function removeRepository(address: string): void {
  attempt(async () => {
    const { settings } = await load();
    delete settings.repositories[address];
    await save(settings);
    await refresh(ui('options_repository_removed', address));
  });
}

function editRepository(address: string): void {
  const chosen = repositories[address];
  const [repository, tool, pattern] = [box('repository'), box<HTMLSelectElement>('tool'), box('pattern')];
  if (repository) repository.value = address;
  if (tool) tool.value = chosen?.tool ?? '';
  if (pattern) pattern.value = chosen?.tagPattern ?? '';
  repository?.focus();
}

function repositoryRow([address, chosen]: [string, RepositorySettings]): Child {
  const tool = known.tools.find(({ id }) => id === chosen.tool)?.name ?? chosen.tool ?? ui('options_tool_recognised');
  return h(
    'li',
    { key: address },
    h('span', { class: 'address' }, address),
    h('span', { class: 'choice' }, tool, chosen.tagPattern ? h('code', null, chosen.tagPattern) : null),
    h(
      'span',
      { class: 'row' },
      h('button', { type: 'button', 'aria-label': ui('options_edit', address), onclick: () => editRepository(address) }, '✎'),
      h('button', { type: 'button', 'aria-label': ui('options_remove', address), onclick: () => removeRepository(address) }, '✕'),
    ),
  );
}

function field(id: string, label: string, input: Child, note: string, error: string): Child {
  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label),
    input,
    wrong === id
      ? h('p', { key: 'error', id: `about-${id}`, class: 'error' }, error)
      : note !== '' && h('p', { key: 'note', id: `about-${id}`, class: 'note' }, note),
  );
}

function show(): void {
  paint(
    main,
    h('h1', null, ui('options_title')),
    h(
      'section',
      { 'aria-labelledby': 'tokens' },
      h('h2', { id: 'tokens' }, ui('options_tokens')),
      h('p', null, ui('options_tokens_more')),
      ...known.forges.filter(({ origin }) => origin !== '').map((forge) => tokenForm(forge, false)),
      ...forgesOfOwn.map(({ root, forge }) =>
        tokenForm({ id: forge, name: HOSTED.find(({ id }) => id === forge)?.name ?? forge, origin: root }, true),
      ),
    ),
    ownSection(),
    h(
      'section',
      { 'aria-labelledby': 'repositories' },
      h('h2', { id: 'repositories' }, ui('options_repositories')),
      h('p', null, ui('options_repositories_more')),
      Object.keys(repositories).length > 0 &&
        h('ul', { key: 'list', class: 'card list' }, Object.entries(repositories).sort().map(repositoryRow)),
      h(
        'form',
        { class: 'card', novalidate: true, onsubmit: keepRepository },
        field(
          'repository',
          ui('options_repository'),
          h('input', {
            id: 'repository',
            type: 'url',
            autocomplete: 'off',
            spellcheck: 'false',
            placeholder: ui('options_repository_hint'),
            'aria-invalid': wrong === 'repository' ? 'true' : null,
            'aria-describedby': wrong === 'repository' ? 'about-repository' : null,
          }),
          '',
          ui('options_repository_invalid'),
        ),
        h(
          'div',
          { class: 'two' },
          field(
            'tool',
            ui('options_tool'),
            h(
              'select',
              { id: 'tool' },
              h('option', { value: '' }, ui('options_tool_recognised')),
              known.tools.map(({ id, name }) => h('option', { key: id, value: id }, name)),
            ),
            '',
            '',
          ),
          field(
            'pattern',
            ui('options_pattern'),
            h('input', {
              id: 'pattern',
              type: 'text',
              autocomplete: 'off',
              spellcheck: 'false',
              placeholder: ui('options_pattern_hint'),
              'aria-invalid': wrong === 'pattern' ? 'true' : null,
              'aria-describedby': 'about-pattern',
            }),
            ui('options_pattern_more'),
            ui('options_pattern_invalid'),
          ),
        ),
        h('p', { class: 'row' }, h('button', { type: 'submit', class: 'primary' }, ui('options_add'))),
      ),
    ),
    h('p', { key: 'status', role: 'status', class: said ? 'status' : 'status empty' }, said),
    h('p', { key: 'privacy', class: 'note' }, ui('options_privacy')),
  );
}

async function open(): Promise<void> {
  document.documentElement.lang = chrome.i18n.getUILanguage();
  await refresh();
  try {
    await init();
    known = { forges: forges(), tools: tools() };
    show();
  } catch {
    said = ui('options_core_failed');
    show();
  }
}

void open();
