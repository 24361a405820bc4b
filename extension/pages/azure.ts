// Azure DevOps: a React page. No saved page was to be had; the selectors are those of other extensions, and what is not
// found is left to the core, which asks the interface by the address. The JSON in the page describes the page that was
// loaded first and is not read.

import type { Dialog } from '../../build/wire/Dialog';
import type { State } from '../../build/wire/State';
import { type Box, first, type Kind, type Page, type Place, unread, visible } from './page';

const PULL = /^(.*\/_git\/[^/]+\/pullrequest\/\d+)(?:\/.*)?$/i;
const NEW = /\/_git\/[^/]+\/pullrequestcreate\/?$/i;

const HEADER = '.repos-pr-header';
/** The title is a box that looks like a heading to those who may edit it. */
const TITLE_BOX = [
  'input[aria-label="Pull request title"]',
  '.repos-pr-title input',
  `${HEADER} input[type="text"]`,
  `${HEADER} .bolt-textfield-input`,
];
const TITLE = [`${HEADER} .bolt-header-title`, '.repos-pr-title', `${HEADER} h1`, '.bolt-header-title'];
const NEW_TITLE = ['.repos-pr-create input[aria-label="Title"]', 'input[aria-label="Enter a title"]', 'input[aria-label="Title"]'];
const NEW_BODY = ['.repos-pr-create textarea', 'textarea[aria-label="Description"]'];
const BRANCHES = '.pr-header-branches a, .pr-header-branches .bolt-link';
const DIALOG = 'div[role="dialog"][aria-modal="true"]';

const STATES: Record<string, State> = {
  active: 'open',
  draft: 'draft',
  completed: 'merged',
  abandoned: 'closed',
};

/** The completion dialog; its kind of merging is told by the words of its list. */
function completion(): HTMLElement | null {
  return [...document.querySelectorAll<HTMLElement>(DIALOG)].find((each) => visible(each) && kindOf(each) !== null) ?? null;
}

function kindOf(dialog: HTMLElement): string | null {
  const list = dialog.querySelector<HTMLElement>('[aria-haspopup="listbox"], [role="combobox"], .bolt-dropdown-expandable, select');
  const words = (list instanceof HTMLInputElement || list instanceof HTMLSelectElement ? list.value : list?.textContent) ?? '';
  if (/semi-linear|rebaseMerge/i.test(words)) return 'rebase-merge';
  if (/rebase/i.test(words)) return 'rebase';
  if (/squash/i.test(words)) return 'squash';
  return /no.?fast.?forward|two-parent|\bmerge\b/i.test(words) ? 'merge' : null;
}

/** The boxes are there where "Customize merge commit message" is checked. */
function box(field: 'dialogTitle' | 'dialogBody'): Box | null {
  const dialog = completion();
  const found = dialog?.querySelector<Box>(field === 'dialogTitle' ? 'input[aria-label="Title"]' : 'textarea') ?? null;
  return visible(found) ? found : null;
}

function customize(): HTMLElement | null {
  const marks = completion()?.querySelectorAll<HTMLElement>('[role="checkbox"][aria-checked="false"]') ?? [];
  return [...marks].find((each) => /merge commit message/i.test(each.textContent ?? each.getAttribute('aria-label') ?? '')) ?? null;
}

function dialog(): Dialog | null {
  const open = completion();
  if (!open) return null;
  return { title: box('dialogTitle')?.value ?? null, body: box('dialogBody')?.value ?? null, method: kindOf(open) };
}

function titleBox(): HTMLInputElement | null {
  const found = first<HTMLInputElement>(...TITLE_BOX);
  return visible(found) ? (found as HTMLInputElement) : null;
}

function state(): State | null {
  for (const element of document.querySelectorAll(`${HEADER} .bolt-pill, ${HEADER} [class*="pr-status"]`)) {
    const found = STATES[element.textContent?.trim().toLowerCase() ?? ''];
    if (found) return found;
  }
  return null;
}

function branches(): [string | null, string | null] {
  // From the branch it comes from to the branch it goes to.
  const names = [...new Set([...document.querySelectorAll(BRANCHES)].map((element) => element.textContent?.trim()).filter(Boolean))];
  return names.length > 1 ? [names[1] ?? null, names[0] ?? null] : [null, null];
}

/** What was last read and not being typed in: the box looks the same before and while it is edited. */
let stored: { at: string; title: string } = { at: '', title: '' };

export const azure: Page = {
  forge: 'azure',

  kind(url): Kind {
    if (PULL.test(url.pathname)) return 'pull';
    return NEW.test(url.pathname) ? 'new' : null;
  },

  stay(url) {
    return PULL.exec(url.pathname)?.[1] ?? url.pathname;
  },

  read(url, kind) {
    const page = unread(url, 'azure');
    if (kind === 'new') {
      const form = first<HTMLInputElement>(...NEW_TITLE);
      if (!visible(form)) return null;
      page.title = (form as HTMLInputElement).value;
      page.titleEdited = true;
      page.description = first<HTMLTextAreaElement>(...NEW_BODY)?.value ?? null;
      page.head = url.searchParams.get('sourceRef');
      page.base = url.searchParams.get('targetRef');
      return page;
    }
    const edited = titleBox();
    const at = this.stay?.(url) ?? '';
    const shown = edited?.value.trim() || first(...TITLE)?.textContent?.trim() || null;
    if (shown === null) return null;
    if (!edited || stored.at !== at || document.activeElement !== edited) stored = { at, title: shown };
    page.title = shown;
    page.titleEdited = shown !== stored.title;
    [page.base, page.head] = branches();
    page.state = state();
    page.dialog = dialog();
    return page;
  },

  missing() {
    return first('.error-page, .vss-ErrorPage') !== null;
  },

  status(kind) {
    return kind === 'new' ? null : document.querySelector('.pr-header-branches');
  },

  pill(kind): Place | null {
    if (kind === 'new') {
      const form = first(...NEW_TITLE);
      return visible(form) ? { beside: form, where: 'after', name: 'form' } : null;
    }
    // Beside the branches: React owns the row of the title's box.
    const beside = document.querySelector('.pr-header-branches') ?? first(...TITLE);
    return beside ? { beside, where: 'end', name: 'title' } : null;
  },

  panel(kind): Place | null {
    if (kind === 'new') return null;
    const beside = first('.repos-pr-description-card', '.repos-overview-left-pane > *');
    return beside ? { beside, where: 'before', name: 'azure' } : null;
  },

  box(field, kind): Box | null {
    switch (field) {
      case 'title': {
        const found = kind === 'new' ? first<HTMLInputElement>(...NEW_TITLE) : titleBox();
        return visible(found) ? (found as HTMLInputElement) : null;
      }
      case 'description':
        return kind === 'new' ? first<HTMLTextAreaElement>(...NEW_BODY) : null;
      case 'dialogTitle':
      case 'dialogBody':
        return box(field);
      default:
        return null;
    }
  },

  opener(field) {
    return field === 'dialogTitle' || field === 'dialogBody' ? customize() : null;
  },
};
