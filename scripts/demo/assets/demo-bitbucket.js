// The Bitbucket-like page: one root that is replaced on a soft navigation, and a merge dialog with one box.

let newest = 0;

// A visit that was left before it came is forgotten.
async function visit(address, remember) {
  newest += 1;
  const own = newest;
  if (remember) history.pushState({}, '', address);
  const text = await (await fetch(address, { credentials: 'same-origin' })).text();
  if (own !== newest) return;
  const next = new DOMParser().parseFromString(text, 'text/html');
  document.title = next.title;
  document.querySelector('#root').replaceChildren(...next.querySelector('#root').childNodes);
}

addEventListener('popstate', () => visit(location.href, false));

function merge(button) {
  const dialog = document.createElement('section');
  dialog.setAttribute('role', 'dialog');
  dialog.setAttribute('aria-label', 'Merge pull request');
  dialog.dataset.testid = 'modal-dialog';
  const box = document.createElement('textarea');
  box.name = 'merge-dialog-commit-message-textfield';
  box.setAttribute('aria-label', 'Commit message');
  box.value = button.dataset.message;
  box.dataset.state = box.value;
  box.addEventListener('input', () => {
    box.dataset.state = box.value;
  });
  const strategy = document.createElement('select');
  strategy.id = 'merge-strategy';
  strategy.setAttribute('aria-label', 'Merge strategy');
  for (const [value, name] of [
    ['squash', 'Squash'],
    ['merge_commit', 'Merge commit'],
    ['fast_forward', 'Fast forward'],
  ]) {
    strategy.append(new Option(name, value));
  }
  const cancel = document.createElement('button');
  cancel.className = 'button';
  cancel.dataset.cancel = '';
  cancel.textContent = 'Cancel';
  cancel.onclick = () => dialog.remove();
  dialog.append(box, strategy, cancel);
  document.body.append(dialog);
  box.focus();
}

document.addEventListener('demo:render', () => visit(location.href, false));

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-soft]');
  if (link && event.button === 0 && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    visit(link.href, true);
  } else if (event.target.closest?.('[data-merge]')) merge(event.target.closest('[data-merge]'));
});
