// The popup: this tab's preview, or why there is none.

import type { PageContext } from '../build/wire/PageContext';
import { h, paint } from './dom';
import type { Painted } from './entry';
import type { FromBackground, FromPage, Locate, Located, ToContent } from './messages';
import type { Own } from './own-forges';
import { unread } from './pages/page';
import { broken, Panel, waiting } from './panel';
import css from './panel.css';
import { isRepository, ownForges } from './settings';
import { ui } from './text';

const main = document.querySelector('main') as HTMLElement;

async function ask(id: number): Promise<{ page: PageContext | null; view: Painted } | null> {
  try {
    return (await chrome.tabs.sendMessage(id, { type: 'state' } satisfies ToContent)) ?? null;
  } catch {
    // No content script in this tab, or one of an older version.
    return null;
  }
}

function none(own: Own[]): void {
  const hosts = (chrome.runtime.getManifest().content_scripts ?? [])
    .flatMap((script) => script.matches ?? [])
    .map((match) => new URL(match.replace('*', '')).host)
    .concat(own.map(({ root }) => new URL(root).host));
  const options = () => void chrome.runtime.openOptionsPage();
  paint(
    main,
    h('h1', null, ui('popup_none')),
    h('p', null, ui('popup_none_more', new Intl.ListFormat(undefined, { type: 'conjunction' }).format(hosts))),
    h('p', null, h('button', { type: 'button', onclick: options }, ui('ui_options'))),
  );
}

function show(page: PageContext, first: Painted): void {
  const host = document.createElement('squashcast-panel');
  host.dataset.place = 'popup';
  main.append(host);
  let seq = 0;
  let repository = first.repository;
  let port: chrome.runtime.Port | null = null;
  const connect = () => {
    const opened = chrome.runtime.connect({ name: 'squashcast' });
    opened.onMessage.addListener((message: FromBackground) => {
      if (message.type === 'style' || message.seq !== seq) return;
      if (message.type === 'view') repository = message.view.repository;
      panel.paint(
        message.type === 'view'
          ? message.view
          : broken(page.forge, { id: 'ui_worker_failed', args: [] }, { id: 'ui_worker_failed_remedy', args: [] }, message.message),
      );
    });
    opened.onDisconnect.addListener(() => {
      void chrome.runtime.lastError;
      port = null;
    });
    return opened;
  };
  const tell = (message: FromPage) => {
    port ??= connect();
    port.postMessage(message);
  };
  const send = (afresh: boolean) => {
    seq += 1;
    tell({ type: 'page', seq, page, afresh });
  };
  const panel = new Panel(host.attachShadow({ mode: 'open' }), first, {
    choose: (tool) => {
      if (isRepository(repository)) tell({ type: 'choose', tool, repository });
    },
    options: () => void chrome.runtime.openOptionsPage(),
    retry: () => send(true),
  });
  panel.dress(css);
  panel.paint();
  chrome.storage.onChanged.addListener((_changes, area) => area === 'local' && send(true));
  send(false);
}

async function open(): Promise<void> {
  document.documentElement.lang = chrome.i18n.getUILanguage();
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  // The address of a tab is told only for the hosts squashcast has a permission for.
  const url = tab?.url ?? '';
  const state = tab?.id === undefined || !url ? null : await ask(tab.id);
  if (state?.page) {
    show(state.page, state.view);
    return;
  }
  const located: Located = url ? await chrome.runtime.sendMessage({ type: 'locate', url } satisfies Locate) : null;
  if (located && located.number !== null) show(unread(new URL(url), located.forge), waiting(located.forge));
  else none(await ownForges());
}

open().catch((error) => {
  const host = document.createElement('squashcast-panel');
  host.dataset.place = 'popup';
  main.append(host);
  const panel = new Panel(
    host.attachShadow({ mode: 'open' }),
    broken('', { id: 'ui_worker_silent', args: [] }, { id: 'ui_worker_silent_remedy', args: [] }, String(error)),
    {},
  );
  panel.dress(css);
  panel.paint();
});
