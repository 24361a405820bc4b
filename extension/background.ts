// The background: hands pages to the core and its views back. Everything is decided and fetched in the core; no state
// that matters lives here, for the browser may end this worker at any moment. Listeners are registered at once, the
// Wasm starts when it is first wanted.

import type { PageContext } from '../build/wire/PageContext';
import type { PanelView } from '../build/wire/PanelView';
import type { Text } from '../build/wire/Text';
import * as core from './core.js';
import { Engine, isTrap } from './engine';
import { painted } from './entry';
import type { FromBackground, FromPage, Locate, Located, ToContent } from './messages';
import * as more from './more.js';
import { type Own, ownOf, register } from './own-forges';
import css from './panel.css';
import { isRepository, load, ownForges, save } from './settings';
import * as templates from './templates.js';
import { type Sentences, sentence } from './text';

/**
 * The base module, the one that holds every tool, and the one that fills a repository's own templates as well: a page
 * whose repository needs more is handed on to the next.
 */
const base = new Engine(core);
const engines = [base, new Engine(more), new Engine(templates)];

// A trap inside a future does not reject the promise that waits for it; it surfaces here, and does not say in which
// module it was.
function trapped(error: unknown): void {
  if (!isTrap(error)) return;
  for (const engine of engines) engine.drop(error);
}
self.addEventListener('error', (event) => trapped(event.error));
self.addEventListener('unhandledrejection', (event) => trapped(event.reason));

/** What pill and panel say by themselves. A page asks the browser for what is not among these. */
const INTERFACE = `
  panel loading loading_label unknown bump_none bump_patch bump_minor bump_major
  error warning info pill_findings findings field_title field_description field_commit
  field_dialogTitle field_dialogBody field_file better apply apply_all applied not_applied
  undo copy copied not_copied more fewer squash assumed
  releases packages to first why own entry raw
  not_by_messages alternatives choose choose_label assumptions failures until until_date
  detail retry token sources report options
`
  .trim()
  .split(/\s+/)
  .map((name) => `ui_${name}`)
  .concat('@@bidi_dir');

/** The modules remember for themselves, beside what the session's storage keeps for all. */
async function forget(): Promise<void> {
  for (const engine of engines) if (engine.running) await (await engine.start()).forget();
}

function listen(port: chrome.runtime.Port): void {
  // Where the port comes from is known by the browser; what a message says of it is not trusted.
  const origin = port.sender?.origin ?? (port.sender?.url ? new URL(port.sender.url).origin : '');
  const own = origin === new URL(chrome.runtime.getURL('')).origin;
  let alive: AbortController | null = null;
  let newest = -1;

  const post = (message: FromBackground) => {
    try {
      port.postMessage(message);
    } catch {
      // The page has gone in between.
    }
  };

  const told = new Set<string>();
  /** The sentences of these ids that this page has not been told yet. */
  const fresh = (ids: Iterable<string>) => {
    const sentences: Sentences = {};
    for (const id of ids) {
      if (told.has(id)) continue;
      told.add(id);
      const text = sentence(id);
      if (text) sentences[id] = text;
    }
    return sentences;
  };

  if (!own) post({ type: 'style', css, sentences: fresh(INTERFACE) });

  const answer = async (seq: number, read: PageContext, afresh: boolean) => {
    if (seq < newest) return;
    newest = seq;
    alive?.abort();
    const controller = new AbortController();
    alive = controller;
    const current = () => alive === controller && !controller.signal.aborted;
    try {
      if (afresh) await forget();
      const [{ settings, tokens }, forges] = await Promise.all([load(), ownForges()]);
      if (!current()) return;
      // Whose pages these are is what the user said, not what the page says.
      const at = ownOf(read.url, forges);
      const page = { ...read, root: at?.root ?? null, forge: at?.forge ?? read.forge };
      const paint = (view: PanelView) =>
        current() && post({ type: 'view', seq, view: painted(view), sentences: own ? {} : fresh(named(view)) });
      for (const engine of engines) {
        if (!(await engine.preview(page, settings, tokens, paint, controller.signal))) break;
      }
    } catch (error) {
      if (current()) post({ type: 'error', seq, message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    }
  };

  port.onMessage.addListener((message: FromPage) => {
    switch (message.type) {
      case 'page':
        // A page speaks for its own origin only; the popup speaks for the tab it stands over.
        if (own || originOf(message.page.url) === origin) void answer(message.seq, message.page, message.afresh ?? false);
        break;
      case 'choose':
        void choose(message, own ? originOf(message.repository) : origin);
        break;
      case 'options':
        void chrome.runtime.openOptionsPage();
        break;
    }
  });
  port.onDisconnect.addListener(() => {
    void chrome.runtime.lastError;
    alive?.abort();
    alive = null;
  });
}

/** The ids of all texts in a view. */
function named(value: unknown, into = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const each of value) named(each, into);
  else if (value !== null && typeof value === 'object') {
    const { id, args } = value as Partial<Text>;
    if (typeof id === 'string' && Array.isArray(args)) into.add(id);
    else for (const each of Object.values(value)) named(each, into);
  }
  return into;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}

async function choose({ tool, repository }: { tool: string; repository: string }, origin: string): Promise<void> {
  if (!isRepository(repository) || !repository.startsWith(`${origin}/`)) return;
  const { settings } = await load();
  settings.repositories[repository] = { tagPattern: null, ...settings.repositories[repository], tool };
  await save(settings);
}

chrome.runtime.onConnect.addListener((port) => {
  if (port.name === 'squashcast') listen(port);
});

chrome.runtime.onMessage.addListener((message: Locate, _sender, respond: (located: Located) => void) => {
  if (message.type !== 'locate') return false;
  locate(message.url).then(respond, () => respond(null));
  return true;
});

async function locate(url: string): Promise<Located> {
  const own = ownOf(url, await ownForges());
  // The last knows no forge that the one before it does not.
  for (const engine of engines.slice(0, -1)) {
    const located = (await engine.start()).locate(url, own?.forge, own?.root);
    if (located) return located;
  }
  return null;
}

// A choice made anywhere is seen everywhere. Pages whose port has gone are reached through their tabs.
chrome.storage.onChanged.addListener((_changes, area) => {
  if (area !== 'local') return;
  void refresh();
});

async function refresh(): Promise<void> {
  const own = await ownForges();
  await registered(own);
  const declared = chrome.runtime.getManifest().content_scripts?.flatMap((script) => script.matches ?? []) ?? [];
  const tabs = await chrome.tabs.query({ url: [...declared, ...own.map(({ root }) => `${root}/*`)] });
  for (const { id } of tabs) {
    if (id !== undefined) void chrome.tabs.sendMessage(id, { type: 'refresh' } satisfies ToContent).catch(() => undefined);
  }
}

// Registered scripts outlive the worker, but not an update of the extension; a permission can be taken back at any time.
let registering: Promise<void> = Promise.resolve();
function registered(own: Own[]): Promise<void> {
  registering = registering.then(() => register(own)).catch((error) => console.error(error));
  return registering;
}
const registerAll = () => void ownForges().then(registered);
chrome.runtime.onInstalled.addListener(registerAll);
chrome.runtime.onStartup.addListener(registerAll);
chrome.permissions.onAdded.addListener(registerAll);
chrome.permissions.onRemoved.addListener(registerAll);

// Content scripts could read what is stored otherwise; tokens are none of their business. Firefox has no such switch
// yet, and there, too, nothing but background and options reads them.
void chrome.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' }).catch(() => undefined);
