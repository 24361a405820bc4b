// GitHub: three generations of pages that are all in use. Rails (2016 to 2025, and GitHub Enterprise Server), Rails with
// a React merge box (2025), all React (2026). Class names of the last end in a hash that changes: only their beginnings
// are named. The JSON in the page describes the page that was loaded first, not the one that soft navigation led to;
// og:url has been seen to name another pull request. Neither is read, but for what the repository merges by: the address
// and the header tell everything else.

import type { Dialog } from '../../build/wire/Dialog';
import type { Field } from '../../build/wire/Field';
import type { State } from '../../build/wire/State';
import { type Box, count, first, type Kind, once, type Page, type Place, unread, visible, within, written } from './page';

// Refined GitHub's github-url-detection: a pull request is `pull/N` and whatever follows, but for its conflict editor.
const PULL = /^\/[^/]+\/[^/]+\/pull\/(\d+)(?:\/(?!conflicts)[^?#]*)?$/;
const COMPARE = /^\/[^/]+\/[^/]+\/compare(?:\/(.+))?$/;

const HEADING = 'h1[data-component="PH_Title"], h1[class^="prc-PageHeader-Title"], .gh-header-show h1, h1.gh-header-title';
const HEADER = '[class^="prc-PageLayout-Header"], #partial-discussion-header, .gh-header';
const NEW_TITLE = ['input[name="pull_request[title]"]', '#pull_request_title'];
const NEW_BODY = ['textarea[name="pull_request[body]"]', '#pull_request_body'];
const MERGE_BOX = '[data-testid="mergebox-partial"]';

const findHeading = () => [...document.getElementsByTagName('h1')].find((each) => each.matches(HEADING)) ?? null;
const findMergeBox = () => document.querySelector(MERGE_BOX);

const heading = (): HTMLElement | null => once(findHeading);
const mergeBox = () => once(findMergeBox);

/** The part of the page that tells of the pull request. */
function header(): ParentNode {
  const inner = heading()?.closest(HEADER);
  return inner?.parentElement?.closest(HEADER) ?? inner ?? document;
}

function titleBox(): Box | null {
  // The Rails box is always in the page, and hidden until "Edit" is pressed; React's is there only then, in the
  // title's place.
  const rails = document.getElementById('issue_title') as HTMLInputElement | null;
  return rails ?? header().querySelector('[class^="prc-PageLayout-Header"] :is(input[type="text"], input:not([type]))');
}

/** `main` of `acme/widgets:main`, `acme:main` and `main`; a branch's name holds no colon. */
function branch(text: string | null | undefined): string | null {
  const name = text?.trim().split(':').pop()?.trim();
  return name || null;
}

function rails(kind: 'base' | 'head'): string | null {
  // A merged page has further `.base-ref`s in its history; the header's comes first in no generation but by its place.
  const element = first(`.gh-header-meta .${kind}-ref`, `#partial-discussion-header .${kind}-ref`, `.${kind}-ref`);
  return element ? branch(element.title || element.textContent) : null;
}

function branches(): [string | null, string | null] {
  const summary = header().querySelector('[class*="PullRequestHeaderSummary"]');
  const names = summary ? [...summary.querySelectorAll('a[class^="PullRequestBranchName"], a[data-component="BranchName"]')] : [];
  if (names.length > 1) return [branch(names[0]?.textContent), branch(names[1]?.textContent)];
  return [rails('base'), rails('head')];
}

const STATES: Record<string, State> = {
  pullOpened: 'open',
  open: 'open',
  draft: 'draft',
  pullMerged: 'merged',
  merged: 'merged',
  pullClosed: 'closed',
  closed: 'closed',
  pullQueued: 'open',
};

function state(): State | null {
  const part = header();
  const status = part.querySelector<HTMLElement>('span[data-status]')?.dataset.status;
  if (status && STATES[status]) return STATES[status];
  const badge = within(part, ['.gh-header-meta .State', '.State', '[class^="prc-StateLabel-StateLabel"]']);
  const words = (badge?.textContent ?? '').trim().toLowerCase().split(/\s+/);
  return words.map((word) => STATES[word]).find(Boolean) ?? null;
}

function commits(): number | null {
  const tab = document.getElementById('commits_tab_counter');
  if (tab) return count(tab.textContent);
  const summary = header().querySelector('[class*="PullRequestHeaderSummary"]')?.textContent;
  return count(summary?.match(/[\d,.\u00A0\u202F]+\s+commits?\b/)?.[0]);
}

function dialogBox(field: 'dialogTitle' | 'dialogBody'): Box | null {
  const merge = mergeBox();
  // The only boxes of the merge box; what stands in them as a place-holder is in the reader's language.
  const box =
    merge?.querySelector<Box>(field === 'dialogTitle' ? 'input[type="text"]' : 'textarea') ??
    (document.getElementById(field === 'dialogTitle' ? 'merge_title_field' : 'merge_message_field') as Box | null);
  return visible(box) ? box : null;
}

/** What the merge box is set to: its old form has a choice, the new one only the words of its button. */
function method(): string | null {
  const rails = document.querySelector('.js-merge-pr, .merge-pr');
  const old = rails && within<HTMLInputElement>(rails, ['input[name="do"]:checked', 'input[name="do"]'])?.value;
  if (old) return old;
  for (const button of document.querySelector(MERGE_BOX)?.querySelectorAll('button') ?? []) {
    const words = button.textContent?.toLowerCase() ?? '';
    const found = /\b(?:squash|rebase)\b|^(?:confirm )?merge\b(?! when)/.exec(words)?.[0];
    if (found) return found.endsWith('merge') ? 'merge' : found;
  }
  return preferred();
}

/** What is told of each repository, once: a page holds its JSON as long as it stands. */
const told = new Map<string, string | null>();

/** What GitHub has chosen, by the page's JSON. Everybody who never chose is told a merge commit, which says nothing. */
function preferred(): string | null {
  const repository = location.pathname.split('/', 3).join('/');
  let found = told.get(repository);
  if (found === undefined && document.readyState === 'complete') {
    const name = repository.split('/')[2];
    const scripts = [...document.querySelectorAll('script[data-target$=".embeddedData"]')].map(({ textContent }) => textContent ?? '');
    // After a soft navigation the JSON may be of another repository.
    const own = scripts.find((text) => text.includes('"defaultMergeMethod"') && text.includes(`${name}`)) ?? '';
    found = /"defaultMergeMethod":"(SQUASH|REBASE)"/.exec(own)?.[1]?.toLowerCase() ?? null;
    told.set(repository, found);
  }
  return found ?? null;
}

/** The old merge box holds the messages of all methods. */
function suggestions(): Dialog[] {
  return [...document.querySelectorAll('.js-merge-pr [data-input-title-value], .merge-pr [data-input-title-value]')].map((item) => ({
    title: item.getAttribute('data-input-title-value'),
    body: item.getAttribute('data-input-message-value'),
    method: item.querySelector<HTMLInputElement>('input[name="do"]')?.value ?? item.getAttribute('value'),
  }));
}

function dialog(method: string | null): Dialog | null {
  const title = dialogBox('dialogTitle');
  const body = dialogBox('dialogBody');
  return title || body ? { title: title?.value ?? null, body: body?.value ?? null, method } : null;
}

export const github: Page = {
  forge: 'github',

  kind(url): Kind {
    if (PULL.test(url.pathname)) return 'pull';
    return COMPARE.test(url.pathname) ? 'new' : null;
  },

  read(url, kind) {
    const page = unread(url, 'github');
    if (kind === 'new') {
      const box = first<HTMLInputElement>(...NEW_TITLE);
      if (!box) return null;
      page.title = box.value;
      page.titleEdited = true;
      page.description = first<HTMLTextAreaElement>(...NEW_BODY)?.value ?? null;
      const range = decodeURIComponent(COMPARE.exec(url.pathname)?.[1] ?? '');
      const [base, head] = range.includes('...') ? range.split('...') : [null, range];
      page.base =
        branch(base) ??
        branch(first('.range-editor .commitish-suggester .css-truncate-target', '.range-editor .branch .css-truncate-target')?.textContent);
      page.head = head || null;
      return page;
    }
    const number = PULL.exec(url.pathname)?.[1];
    const head = heading();
    const box = titleBox();
    // After a soft navigation the old header stands for a moment under the new address.
    if (head && /#\d+/.test(head.textContent ?? '') && !head.textContent?.includes(`#${number}`)) return null;
    const title = box?.id === 'issue_title' ? (box.getAttribute('value') ?? null) : null;
    page.title = title?.trim() || written(within(head ?? document, ['.markdown-title', '.js-issue-title']));
    if (visible(box)) {
      page.titleEdited = box.value !== page.title;
      page.title = box.value;
    }
    if (page.title === null) return null;
    [page.base, page.head] = branches();
    page.state = state();
    page.commits = commits();
    page.method = method();
    page.suggestions = suggestions();
    page.dialog = dialog(page.method);
    return page;
  },

  missing() {
    return /^Page not found/i.test(document.title) || (!heading() && first('img[alt^="404"]') !== null);
  },

  pill(kind): Place | null {
    if (kind === 'new') {
      const box = first(...NEW_TITLE);
      const beside = box?.closest('text-expander') ?? box;
      return visible(box) && beside ? { beside, where: 'after', name: 'form' } : null;
    }
    const box = titleBox();
    // "Edit" hides the title and all that stands beside it.
    if (box?.id === 'issue_title' && visible(box)) {
      const form = box.closest('.gh-header-edit');
      if (form && !visible(first('.gh-header-show'))) return { beside: form, where: 'after', name: 'form' };
    }
    const head = heading();
    // React takes what it finds in its place for its own until it has started: nothing is put there before.
    const app = head?.closest('react-app');
    if (app && !app.classList.contains('loaded') && document.readyState !== 'complete') return null;
    if (head) return { beside: head, where: 'after', name: 'title' };
    const area = first('[data-component="TitleArea"]', '[class^="prc-PageHeader-TitleArea"]', '[class^="prc-PageLayout-HeaderContent"]');
    return area ? { beside: area, where: 'end', name: 'title' } : null;
  },

  status(kind) {
    return kind === 'new' ? null : within(header(), ['.gh-header-meta', '[class*="PullRequestHeaderSummary"]']);
  },

  panel(kind): Place | null {
    if (kind === 'new') return null;
    // Outermost first: React owns what is inside.
    const actions = document.getElementsByClassName('discussion-timeline-actions')[0];
    const beside =
      actions?.querySelector('.merge-pr') ??
      document.getElementById('partial-pull-merging') ??
      actions?.querySelector('react-partial[partial-name="mergebox-partial"]') ??
      mergeBox();
    return beside ? { beside, where: 'before', name: 'github' } : null;
  },

  box(field: Field, kind) {
    switch (field) {
      case 'title': {
        if (kind === 'new') return first<HTMLInputElement>(...NEW_TITLE);
        const box = titleBox();
        return visible(box) ? box : null;
      }
      case 'description':
        return kind === 'new' ? first<HTMLTextAreaElement>(...NEW_BODY) : null;
      case 'dialogTitle':
      case 'dialogBody':
        return dialogBox(field);
      default:
        return null;
    }
  },

  opener(field, kind) {
    if (field !== 'title' || kind === 'new') return null;
    // React's has an icon only; its name is in a tool tip.
    return (
      first<HTMLElement>('.js-title-edit-button', '.gh-header-show .js-details-target[aria-label^="Edit"]') ??
      first('h1[data-component="PH_Title"] button .octicon-pencil')?.closest('button') ??
      null
    );
  },
};
