// The background: hands pages to the core and its views back. Everything is decided and fetched in the core; no state
// that matters lives here, for the browser may end this worker at any moment. Listeners are registered at once, the
// Wasm starts when it is first wanted.

import type { PageContext } from '../build/wire/PageContext';
import type { PanelView } from '../build/wire/PanelView';
import type { Settings } from '../build/wire/Settings';
import init, * as core from './core.js';
import { painted } from './entry';
import type { FromBackground, FromPage, Locate, Located, ToContent } from './messages';
import { isRepository, load, save } from './settings';

/** A preview that takes longer is given up, in milliseconds: every request has a limit of its own of 10 s. */
const PATIENCE = 60_000;

let started: Promise<unknown> | null = null;
/** What still runs in the instance; all of it ends with the instance. */
const running = new Set<(trap: Error) => void>();
let trapped = false;

async function start(): Promise<void> {
  started ??= init();
  try {
    await started;
  } catch (error) {
    started = null;
    throw error;
  }
  if (trapped) {
    trapped = false;
    core.__wbg_reset_state();
  }
}

function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError;
}

// After a trap the instance's memory is not to be trusted: the next preview gets a new one.
function drop(error: unknown): void {
  trapped = true;
  const trap = error instanceof Error ? error : new Error(String(error));
  for (const end of [...running]) end(trap);
}

// A trap inside a future does not reject the promise that waits for it; it surfaces here.
self.addEventListener('error', (event) => {
  if (isTrap(event.error)) drop(event.error);
});
self.addEventListener('unhandledrejection', (event) => {
  if (isTrap(event.reason)) drop(event.reason);
});

/** Runs one preview; ends with the core's promise, with a trap, or when patience does. */
async function preview(
  page: PageContext,
  settings: Settings,
  tokens: Record<string, string>,
  paint: (view: PanelView) => void,
  signal: AbortSignal,
): Promise<void> {
  await start();
  if (signal.aborted) return;
  let end: ((trap: Error) => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cut = new Promise<never>((_, reject) => {
    end = reject;
    running.add(reject);
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
  });
  try {
    await Promise.race([core.preview(page, settings, tokens, paint, signal), cut]);
  } catch (error) {
    if (isTrap(error)) drop(error);
    throw error;
  } finally {
    clearTimeout(timer);
    if (end) running.delete(end);
  }
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

  const answer = async (seq: number, page: PageContext) => {
    if (seq < newest) return;
    newest = seq;
    alive?.abort();
    const controller = new AbortController();
    alive = controller;
    const current = () => alive === controller && !controller.signal.aborted;
    try {
      const { settings, tokens } = await load();
      if (!current()) return;
      await preview(page, settings, tokens, (view) => current() && post({ type: 'view', seq, view: painted(view) }), controller.signal);
    } catch (error) {
      if (current()) post({ type: 'error', seq, message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    }
  };

  port.onMessage.addListener((message: FromPage) => {
    switch (message.type) {
      case 'page':
        // A page speaks for its own origin only; the popup speaks for the tab it stands over.
        if (own || originOf(message.page.url) === origin) void answer(message.seq, message.page);
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
  start().then(
    () => respond(core.locate(message.url) ?? null),
    () => respond(null),
  );
  return true;
});

// A choice made anywhere is seen everywhere. Pages whose port has gone are reached through their tabs.
chrome.storage.onChanged.addListener((_changes, area) => {
  if (area !== 'local') return;
  const matches = chrome.runtime.getManifest().content_scripts?.flatMap((script) => script.matches ?? []) ?? [];
  void chrome.tabs.query({ url: matches }).then((tabs) => {
    for (const { id } of tabs) {
      if (id !== undefined) void chrome.tabs.sendMessage(id, { type: 'refresh' } satisfies ToContent).catch(() => undefined);
    }
  });
});

// Content scripts could read what is stored otherwise; tokens are none of their business. Firefox has no such switch
// yet, and there, too, nothing but background and options reads them.
void chrome.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' }).catch(() => undefined);
