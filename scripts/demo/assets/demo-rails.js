// The Rails-like page: Turbo replaces the whole body on a visit; title edit and merge form are in the page, hidden.

let newest = 0;

// A visit that was left before it came is forgotten.
async function visit(address, remember) {
  newest += 1;
  const own = newest;
  document.dispatchEvent(new CustomEvent('turbo:visit', { bubbles: true }));
  const text = await (await fetch(address, { credentials: 'same-origin' })).text();
  if (own !== newest) return;
  const next = new DOMParser().parseFromString(text, 'text/html');
  if (remember) history.pushState({ turbo: {} }, '', address);
  document.title = next.title;
  document.body.replaceWith(document.adoptNode(next.body));
  document.dispatchEvent(new CustomEvent('turbo:render', { bubbles: true }));
  document.dispatchEvent(new CustomEvent('turbo:load', { bubbles: true }));
}

addEventListener('popstate', () => visit(location.href, false));

const toggle = (editing) => {
  document.querySelector('.gh-header-show').hidden = editing;
  document.querySelector('.gh-header-edit').hidden = !editing;
  if (editing) document.querySelector('#issue_title').focus();
};

// A part of the page is replaced by a fresh one from the server.
document.addEventListener('demo:render', async () => {
  const text = await (await fetch(location.href)).text();
  const next = new DOMParser().parseFromString(text, 'text/html');
  document.querySelector('#partial-discussion-header').replaceWith(next.querySelector('#partial-discussion-header'));
});

document.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!event.target.matches('.js-issue-update')) return;
  const title = document.querySelector('#issue_title').value;
  await fetch(`${location.pathname.replace(/(\/pull\/\d+).*/, '$1')}/title`, { method: 'POST', body: JSON.stringify({ title }) });
  document.querySelector('.js-issue-title').textContent = title;
  toggle(false);
});

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-soft]');
  if (link && event.button === 0 && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    visit(link.href, true);
  } else if (event.target.closest?.('[data-edit]')) toggle(true);
  else if (event.target.closest?.('.js-cancel-issue-edit')) toggle(false);
  else if (event.target.closest?.('[data-merge], .js-merge-pr [data-cancel]')) {
    const form = document.querySelector('.js-merge-form');
    form.hidden = !form.hidden;
  }
});
