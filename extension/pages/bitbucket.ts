// Bitbucket Cloud: a React page. No saved page of today's was to be had; the selectors are those of other extensions,
// each with something broader behind it. What is not found is left to the core, which asks the API by the address.

import type { Dialog } from '../../build/wire/Dialog';
import type { State } from '../../build/wire/State';
import { type Box, count, first, type Kind, type Page, type Place, unread, visible, written } from './page';

const PULL = /^\/[^/]+\/[^/]+\/pull-requests\/(\d+)(?:\/.*)?$/;
const NEW = /^\/[^/]+\/[^/]+\/pull-requests\/new\/?$/;

const HEADER = ['[data-testid="pr-header"]', '[data-qa="pr-header"]', 'main header', 'header:has(h1)'];
const HEADING = ['[data-testid="pr-header"] h1', '[data-qa="pr-header"] h1', 'main h1', 'header h1', 'h1'];
const BRANCHES = ['[data-qa="pr-branches-and-state-styles"]', '[data-testid="pr-branches-and-state"]'];
const TITLE_BOX = ['[data-testid="pr-header"] input[type="text"]', 'input[name="title"]', '#id_title'];
const BODY_BOX = ['textarea[name="description"]', '#id_description'];
const DIALOG = 'section[role="dialog"], [data-testid="modal-dialog"], [role="dialog"]';
const MESSAGE_BOX = [
  'textarea[name="merge-dialog-commit-message-textfield"]',
  '#id_commit_message',
  '[data-testid="modal-dialog"] textarea',
  'section[role="dialog"] textarea',
];
const STATES: Record<string, State> = { open: 'open', draft: 'draft', merged: 'merged', declined: 'closed', superseded: 'closed' };

function messageBox(): HTMLTextAreaElement | null {
  const box = first<HTMLTextAreaElement>(...MESSAGE_BOX);
  return visible(box) ? box : null;
}

function dialog(): Dialog | null {
  const box = messageBox();
  if (!box) return null;
  // A native select has a value; Atlassian's own has the words of the choice.
  const strategy = first('#merge-strategy, [name="merge-strategy"]');
  const chosen = strategy instanceof HTMLSelectElement || strategy instanceof HTMLInputElement ? strategy.value : '';
  const words = chosen || (strategy?.closest('[class*="control"]')?.textContent ?? strategy?.parentElement?.textContent ?? '');
  return { title: null, body: box.value, method: method(words.toLowerCase().replace('merge strategy', '')) };
}

/** The method of a strategy, by Bitbucket's name of it (`rebase_fast_forward`) or its words (`Rebase, fast-forward`). */
function method(words: string): string | null {
  if (/squash/.test(words)) return 'squash';
  const straight = /fast.?forward/.test(words);
  if (/rebase/.test(words)) return straight ? 'rebase' : 'rebase-merge';
  return straight ? 'fast-forward' : /merge/.test(words) ? 'merge' : null;
}

function branches(): [string | null, string | null] {
  const group = first(...BRANCHES);
  const names = group
    ? [...group.querySelectorAll('a[href*="/branch/"], [data-testid*="branch"], [data-qa*="branch-name"]')]
        .map((element) => element.textContent?.trim() ?? '')
        .filter(Boolean)
    : [];
  // From the branch it comes from to the branch it goes to.
  return names.length > 1 ? [names.at(-1) ?? null, names[0] ?? null] : [null, null];
}

function state(): State | null {
  const group = first(...BRANCHES, ...HEADER);
  for (const element of group?.querySelectorAll('span, strong') ?? []) {
    const found = element.children.length === 0 ? STATES[element.textContent?.trim().toLowerCase() ?? ''] : undefined;
    if (found) return found;
  }
  return null;
}

/** The title's element, without the `#N` that may stand in it. */
function title(number: string | undefined): string | null {
  const text = written(first(...HEADING));
  return text?.replace(new RegExp(`\\s*#${number}$`), '') || null;
}

export const bitbucket: Page = {
  forge: 'bitbucket',

  kind(url): Kind {
    if (url.origin !== 'https://bitbucket.org') return null;
    if (NEW.test(url.pathname)) return 'new';
    return PULL.test(url.pathname) ? 'pull' : null;
  },

  read(url, kind) {
    const page = unread(url, 'bitbucket');
    const box = first<HTMLInputElement>(...TITLE_BOX);
    if (kind === 'new') {
      if (!box) return null;
      page.title = box.value;
      page.titleEdited = true;
      page.description = first<HTMLTextAreaElement>(...BODY_BOX)?.value ?? null;
      page.head = url.searchParams.get('source')?.split(':').pop() || null;
      page.base = url.searchParams.get('dest')?.split(':').pop() || null;
      return page;
    }
    page.title = title(PULL.exec(url.pathname)?.[1]);
    if (visible(box)) {
      page.titleEdited = box.value !== page.title;
      page.title = box.value;
    }
    if (page.title === null) return null;
    [page.base, page.head] = branches();
    page.state = state();
    page.commits = count(first('a[href$="/commits"] [data-testid*="badge"], a[href$="/commits"] span[class*="adge"]')?.textContent);
    page.dialog = dialog();
    return page;
  },

  missing() {
    return /404|not found/i.test(document.title);
  },

  pill(kind): Place | null {
    const beside = kind === 'new' ? first(...TITLE_BOX) : (first(...HEADING) ?? first(...TITLE_BOX));
    return beside ? { beside, where: 'after', name: beside.localName === 'h1' ? 'title' : 'form' } : null;
  },

  status(kind) {
    return kind === 'new' ? null : first(...BRANCHES);
  },

  panel(kind): Place | null {
    if (kind === 'new' || !/\/pull-requests\/\d+(\/(overview|activity)?)?\/?$/.test(location.pathname)) return null;
    // Bitbucket merges from a button in the header: the panel stands above the description.
    const beside = first('#pull-request-description-panel', '[data-testid="pull-request-description-panel"]', '[data-qa="pr-description"]');
    return beside ? { beside, where: 'before', name: 'bitbucket' } : null;
  },

  box(field, kind): Box | null {
    switch (field) {
      case 'title': {
        const box = first<HTMLInputElement>(...TITLE_BOX);
        return visible(box) ? box : null;
      }
      case 'description':
        return kind === 'new' ? first<HTMLTextAreaElement>(...BODY_BOX) : null;
      // One box holds the whole message.
      case 'dialogBody':
        return document.querySelector(DIALOG) ? messageBox() : null;
      default:
        return null;
    }
  },

  opener() {
    return null;
  },
};
