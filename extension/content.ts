// The content script of every forge: reads the page, mounts the pill and the panel, paints what it is told. It decides
// nothing and fetches nothing. What goes wrong here is never thrown into the page.

import type { EditView } from '../build/wire/EditView';
import type { Field } from '../build/wire/Field';
import type { PageContext } from '../build/wire/PageContext';
import type { Painted } from './entry';
import type { FromBackground, FromPage, ToContent } from './messages';
import { watchNavigation } from './navigation';
import { type Box, type Page, type Place, unread } from './pages/page';
import { broken, Panel, Pill, waiting } from './panel';
import { hear } from './text';

const PILL = 'squashcast-pill';
const PANEL = 'squashcast-panel';
/** The place of a pill that found none. */
const CORNER = 'corner';

/** Changes of the page are looked at this often at most, in milliseconds. */
const PAUSE = 150;
/** How long a page may take to show its header, in milliseconds. */
const PATIENCE = 5000;
/** How long is waited before a lost worker is called again: the first time, and at most, in milliseconds. */
const CALL_FIRST = 200;
const CALL_AT_MOST = 8000;
const CALLS = 7;

/** The reader's stay on one pull request. */
class Visit {
  readonly #leaving = new AbortController();
  readonly #page: Page;
  readonly #kind: 'pull' | 'new';
  readonly #pillHost = document.createElement(PILL);
  readonly #panelHost = document.createElement(PANEL);
  readonly #pill: Pill;
  readonly #panel: Panel;
  readonly #since = performance.now();
  readonly #changes = new MutationObserver(() => this.#changed());
  #view: Painted;
  #place: string | null = null;
  #room: HTMLElement | null = null;
  #port: chrome.runtime.Port | null = null;
  #sent = '';
  /** What was sent for each view that came. */
  readonly #told = new WeakMap<Painted, string>();
  /** Whether what was remembered is to be asked for again. */
  #afresh = false;
  #context: PageContext | null = null;
  #seq = 0;
  #awaited = false;
  /** How many views have come. */
  #seen = 0;
  #calls = 0;
  #frame = 0;
  #idle = 0;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #settled = 0;

  constructor(page: Page, kind: 'pull' | 'new') {
    this.#page = page;
    this.#kind = kind;
    this.#view = waiting(page.forge, false);
    // Turbo keeps a copy of the page it leaves; the copy shall not hold a pill without its shadow.
    for (const host of [this.#pillHost, this.#panelHost]) {
      host.setAttribute('data-turbo-temporary', '');
      host.setAttribute('data-turbo-cache', 'false');
      host.dataset.forge = page.forge;
    }
    this.#pill = new Pill(
      this.#pillHost.attachShadow({ mode: 'open' }),
      this.#view,
      (open) => this.#guard(() => this.#toggle(open)),
      () => page.status?.(kind) ?? null,
    );
    this.#panel = new Panel(this.#panelHost.attachShadow({ mode: 'open' }), this.#view, {
      applicable: (field) => page.box(field, kind) !== null || page.opener(field, kind) !== null,
      apply: (edits) => this.#apply(edits),
      current: (view) => this.#current(view),
      choose: (tool) => this.#tell({ type: 'choose', tool, repository: this.#view.repository }),
      options: () => this.#tell({ type: 'options' }),
      retry: () => this.#guard(() => this.again()),
    });

    const { signal } = this.#leaving;
    const soon = () => this.#soon();
    this.#changes.observe(document.documentElement, { childList: true, subtree: true });
    signal.addEventListener('abort', () => this.#changes.disconnect());
    for (const event of ['input', 'change', 'focusin', 'focusout', 'click'])
      document.addEventListener(event, soon, { signal, capture: true, passive: true });
    window.addEventListener('load', soon, { signal });
    this.#later(soon, PATIENCE);
    this.#guard(() => this.#settle());
  }

  /** What the popup wants to know. */
  get state(): { page: PageContext | null; view: Painted } {
    return { page: this.#context, view: this.#view };
  }

  /** Looks at the page again, as its address or its tab may have changed. */
  look(): void {
    if (this.#port === null && this.#awaited) this.#call();
    this.#soon();
  }

  /** Asks again, though nothing has changed on the page. */
  again(): void {
    this.#sent = '';
    this.#afresh = true;
    this.#calls = 0;
    this.#settle();
  }

  /** Takes everything away. */
  leave(): void {
    this.#leaving.abort();
    cancelAnimationFrame(this.#frame);
    cancelIdleCallback(this.#idle);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#pill.stop();
    this.#pillHost.remove();
    this.#panelHost.remove();
    this.#room?.remove();
    this.#port?.disconnect();
    this.#port = null;
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (orphaned()) end();
      else this.#unread(String(error));
    }
  }

  #later(work: () => void, pause: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, pause);
    this.#timers.add(timer);
  }

  // A busy page changes every frame. Whether the pill is still there is seen at once, the rest after a pause.
  #changed(): void {
    if (!this.#pillHost.isConnected || !this.#panelHost.isConnected) this.#soon();
    else if (!this.#settled) {
      this.#settled = 1;
      this.#later(() => {
        this.#settled = 0;
        this.#soon();
      }, PAUSE);
    }
  }

  #soon(): void {
    if (this.#frame || this.#leaving.signal.aborted) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#guard(() => this.#settle());
    });
  }

  #settle(): void {
    const url = new URL(location.href);
    // The next visit is on its way: what stands on the page may be either's.
    if (this.#page.kind(url) !== this.#kind) return;
    if (this.#page.missing()) return;
    // All reading goes before all writing: a question about the layout after a change would lay the page out twice.
    const read = this.#page.read(url, this.#kind);
    this.#mount();
    const late = this.#kind === 'pull' && document.readyState === 'complete' && performance.now() - this.#since >= PATIENCE - 100;
    if (!this.#pillHost.isConnected || this.#pillHost.dataset.place === CORNER) {
      // Nothing is asked about a page that may be none: the quiet pill only offers to report it.
      if (late && !this.#pillHost.isConnected) this.#unread('no place for the pill');
      return;
    }
    const context = read ?? (late ? unread(url, this.#page.forge) : null);
    if (!context) return;
    const told = JSON.stringify(context);
    if (told === this.#sent) return;
    this.#context = context;
    this.#sent = told;
    this.#calls = 0;
    this.#send();
    this.#paint();
  }

  #mount(): void {
    for (const name of [PILL, PANEL]) {
      for (const stray of [...document.getElementsByTagName(name)]) {
        if (stray !== this.#pillHost && stray !== this.#panelHost) stray.remove();
      }
    }
    const place = this.#page.pill(this.#kind);
    const own = this.#page.panel(this.#kind);
    if (place) put(this.#pillHost, place);
    if (this.#pill.open || this.#room) return;
    if (own) put(this.#panelHost, own);
    else this.#tuck();
    this.#place = own?.name ?? null;
    // What we have just done is no change of the page's.
    this.#changes.takeRecords();
  }

  // Into the pill, where only its popover shows it.
  #tuck(): void {
    if (this.#panelHost.parentNode === this.#pillHost) return;
    this.#panelHost.dataset.place = 'popover';
    this.#pillHost.append(this.#panelHost);
  }

  // Where the panel stands on the page it comes to the pill while that is open, and leaves its room behind.
  #toggle(open: boolean): void {
    if (open && this.#place !== null && this.#panelHost.parentNode !== this.#pillHost) {
      const style = getComputedStyle(this.#panelHost);
      this.#room = document.createElement('div');
      this.#room.style.cssText = `height:${this.#panelHost.offsetHeight}px;margin:${style.margin}`;
      this.#panelHost.replaceWith(this.#room);
      this.#tuck();
    } else if (!open && this.#room) {
      if (this.#room.isConnected) {
        this.#panelHost.dataset.place = this.#place ?? '';
        this.#room.replaceWith(this.#panelHost);
      }
      this.#room = null;
      this.#soon();
    }
    // A panel of a page that nothing was asked about has no style yet.
    if (open && !this.#panel.dressed)
      this.#guard(() => {
        this.#port ??= this.#connect();
      });
    this.#panel.paint(this.#view);
  }

  #unread(detail: string): void {
    try {
      this.#show(broken(this.#page.forge, { id: 'ui_page_unread', args: [] }, { id: 'ui_page_unread_remedy', args: [] }, detail));
      if (!this.#pillHost.isConnected) {
        put(this.#pillHost, { beside: document.body, where: 'end', name: CORNER });
        this.#place = null;
        this.#tuck();
      }
    } catch {
      // Not even a quiet pill can stand here.
    }
  }

  #show(view: Painted): void {
    this.#view = view;
    this.#pill.paint(view);
    this.#paint();
  }

  // What nobody sees is painted when the page has time; what is soon to change, when it has not changed for a moment.
  #paint(): void {
    const awaited = this.#view.phase === 'loading';
    if (awaited && !this.#panel.dressed) return;
    if (this.#pill.open) this.#panel.paint(this.#view);
    else if (awaited) this.#later(() => this.#rest(), PAUSE);
    else this.#rest();
  }

  #rest(): void {
    this.#idle ||= requestIdleCallback(
      () => {
        this.#idle = 0;
        this.#guard(() => this.#panel.paint(this.#view));
      },
      { timeout: 500 },
    );
  }

  // ---- the worker ----

  #connect(): chrome.runtime.Port {
    const port = chrome.runtime.connect({ name: 'squashcast' });
    port.onMessage.addListener((message: FromBackground) => this.#guard(() => this.#answer(message)));
    port.onDisconnect.addListener(() => {
      // Reading it keeps Chrome from logging it.
      void chrome.runtime?.lastError;
      if (this.#port !== port) return;
      this.#port = null;
      // The worker rests when it has nothing to do, and is called when there is something. Only an answer that is
      // still awaited is asked for again.
      if (this.#awaited && !this.#leaving.signal.aborted) this.#call();
    });
    return port;
  }

  #tell(message: FromPage): void {
    this.#guard(() => {
      this.#port ??= this.#connect();
      this.#port.postMessage(message);
    });
  }

  #send(): void {
    if (!this.#context) return;
    this.#seq += 1;
    this.#awaited = true;
    try {
      this.#port ??= this.#connect();
      this.#port.postMessage({ type: 'page', seq: this.#seq, page: this.#context, afresh: this.#afresh } satisfies FromPage);
      this.#afresh = false;
    } catch {
      this.#port = null;
      if (orphaned()) end();
      else this.#call();
    }
  }

  #call(): void {
    if (orphaned()) {
      end();
      return;
    }
    if (this.#calls >= CALLS) {
      this.#awaited = false;
      this.#show(broken(this.#page.forge, { id: 'ui_worker_silent', args: [] }, { id: 'ui_worker_silent_remedy', args: [] }, ''));
      return;
    }
    const pause = Math.min(CALL_FIRST * 2 ** this.#calls, CALL_AT_MOST);
    this.#calls += 1;
    this.#later(() => {
      if (this.#port === null && this.#awaited) this.#send();
    }, pause);
  }

  #answer(message: FromBackground): void {
    if (message.type === 'style') {
      hear(message.sentences);
      this.#panel.dress(message.css);
      // The first view mostly comes at once; where it does not, the waiting is to have its words.
      this.#later(() => {
        if (this.#seen === 0 && this.#view.phase === 'loading') this.#show(waiting(this.#page.forge));
      }, PAUSE);
      return;
    }
    if (message.seq !== this.#seq || this.#leaving.signal.aborted) return;
    this.#calls = 0;
    if (message.type === 'error') {
      this.#awaited = false;
      this.#show(
        broken(this.#page.forge, { id: 'ui_worker_failed', args: [] }, { id: 'ui_worker_failed_remedy', args: [] }, message.message),
      );
      return;
    }
    this.#awaited = message.view.phase === 'loading';
    this.#seen += 1;
    hear(message.sentences);
    this.#told.set(message.view, this.#sent);
    this.#show(message.view);
  }

  // ---- fixes ----

  #current(view: Painted): boolean {
    const read = this.#page.read(new URL(location.href), this.#kind);
    if (!read || JSON.stringify(read) === this.#told.get(view)) return true;
    this.#soon();
    return false;
  }

  /** Puts all texts into their boxes, or none; gives back what takes them out again. */
  async #apply(edits: EditView[]): Promise<(() => void) | null> {
    const before: { field: Field; value: string }[] = [];
    const open = this.#pill.open;
    const undo = () => {
      for (const { field, value } of before) {
        const box = this.#page.box(field, this.#kind);
        if (box) fill(box, value);
      }
      this.#soon();
    };
    try {
      for (const { field, value } of edits) {
        const box = await this.#box(field);
        if (!box) {
          undo();
          return null;
        }
        before.push({ field, value: box.value });
        fill(box, value);
      }
      this.#guard(() => this.#settle());
      // What takes the fix out again stands in the panel: it stays to be seen where the page has put its box in the pill's place.
      if (open) this.#pill.reopen();
      return undo;
    } catch {
      undo();
      return null;
    }
  }

  async #box(field: Field): Promise<Box | null> {
    const box = this.#page.box(field, this.#kind);
    if (box) return box;
    this.#page.opener(field, this.#kind)?.click();
    for (let frame = 0; frame < 60; frame += 1) {
      await new Promise(requestAnimationFrame);
      const opened = this.#page.box(field, this.#kind);
      if (opened) return opened;
    }
    return null;
  }
}

/** Puts a host to its place, unless it is there. What the page has put between is left in peace. */
function put(host: HTMLElement, { beside, where, name }: Place): void {
  if (host.dataset.place !== name) host.dataset.place = name;
  const parent = where === 'end' ? beside : beside.parentElement;
  if (host.isConnected && host.parentElement === parent) return;
  if (where === 'before') beside.before(host);
  else if (where === 'after') beside.after(host);
  else beside.append(host);
}

/** Puts a text into a box as if it were typed: the browser's undo takes it back, and React notices. */
function fill(box: Box, value: string): void {
  box.focus();
  box.select();
  let typed = false;
  try {
    // The only way there is to write into a box's own history of undoing.
    typed = value !== '' && document.execCommand('insertText', false, value);
  } catch {
    typed = false;
  }
  if (typed && box.value === value) return;
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), 'value')?.set;
  setter?.call(box, value);
  box.dispatchEvent(new InputEvent('input', { bubbles: true }));
  box.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Whether the extension was removed or replaced while this page stayed open. */
function orphaned(): boolean {
  return !chrome.runtime?.id;
}

const life = new AbortController();
let visit: Visit | null = null;
let at = '';

function end(): void {
  life.abort();
  visit?.leave();
  visit = null;
}

function moved(page: Page): void {
  try {
    if (orphaned()) {
      end();
      return;
    }
    const url = new URL(location.href);
    const kind = page.kind(url);
    // `/owner/name/pull/1` and all its tabs are one stay; the form of a new one is as long as its branches.
    const pull = () => page.stay?.(url) ?? url.pathname.split('/').slice(0, 5).join('/');
    const here = kind ? `${kind} ${kind === 'pull' ? pull() : url.pathname}` : '';
    if (here === at) {
      visit?.look();
      return;
    }
    at = here;
    visit?.leave();
    visit = kind ? new Visit(page, kind) : null;
  } catch {
    // The page must not suffer from us.
  }
}

/** Begins, on a page of the forge whose pages `page` reads. */
export function start(page: Page): void {
  chrome.runtime.onMessage.addListener((message: ToContent, _sender, respond: (state: Visit['state'] | null) => void) => {
    try {
      if (message.type === 'state') respond(visit?.state ?? null);
      else visit?.again();
    } catch {
      // As above.
    }
  });
  watchNavigation(() => moved(page), life.signal);
  moved(page);
}
