// The React-like page: its root is replaced on a soft navigation, the embedded data keeps describing the first page
// (as GitHub's does), and what stands in a box is what its state says, whatever the DOM was made to show.

const root = () => document.querySelector('[data-target="react-app.reactRoot"]');
const tell = (name) => document.dispatchEvent(new CustomEvent(name, { bubbles: true }));

let newest = 0;

// A visit that was left before it came is forgotten.
async function show(address) {
  newest += 1;
  const own = newest;
  const text = await (await fetch(address, { credentials: 'same-origin' })).text();
  if (own !== newest) return;
  const next = new DOMParser().parseFromString(text, 'text/html');
  const fresh = next.querySelector('[data-target="react-app.reactRoot"]');
  document.title = next.title;
  root().replaceChildren(...fresh.childNodes);
}

async function visit(address, remember) {
  tell('soft-nav:start');
  if (remember) history.pushState({}, '', address);
  await show(address);
  tell('soft-nav:react-done');
}

addEventListener('popstate', () => visit(location.href, false));

const native = (box) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), 'value');

/**
 * A box whose text is a state, as React keeps it: what is set through the box's own property is known already, so that the
 * `input` event behind it is none; and a text that did not become the state is set back.
 */
function controlled(box, value) {
  const { get, set } = native(box);
  let state = value;
  let known = value;
  set.call(box, value);
  Object.defineProperty(box, 'value', {
    configurable: true,
    get: () => get.call(box),
    set: (text) => {
      known = String(text);
      set.call(box, text);
    },
  });
  box.dataset.state = value;
  const render = () => {
    if (get.call(box) !== state) set.call(box, state);
    known = state;
  };
  box.addEventListener('input', () => {
    const text = get.call(box);
    if (text !== known) {
      known = text;
      state = text;
      box.dataset.state = state;
    }
    render();
  });
  box.addEventListener('change', render);
  return () => state;
}

function edit() {
  const area = document.querySelector('[data-component="TitleArea"]');
  const before = area.querySelector('.markdown-title').textContent;
  const box = document.createElement('input');
  box.setAttribute('aria-label', 'Title');
  const state = controlled(box, before);
  const save = document.createElement('button');
  save.className = 'button primary';
  save.textContent = 'Save';
  save.dataset.save = '';
  const cancel = document.createElement('button');
  cancel.className = 'button';
  cancel.textContent = 'Cancel';
  cancel.dataset.cancel = '';
  const kept = [...area.childNodes];
  save.onclick = async () => {
    await fetch(`${location.pathname.replace(/(\/pull\/\d+).*/, '$1')}/title`, {
      method: 'POST',
      body: JSON.stringify({ title: state() }),
    });
    await show(location.href);
  };
  cancel.onclick = () => area.replaceChildren(...kept);
  area.replaceChildren(box, save, cancel);
  box.focus();
}

function merge(button) {
  const box = button.closest('[data-testid="mergebox-partial"]');
  const actions = box.querySelector('.MergeBoxActions');
  const form = document.createElement('div');
  form.className = 'ConfirmMergeForm-module__form';
  const title = document.createElement('input');
  title.type = 'text';
  title.setAttribute('aria-label', 'Commit message');
  controlled(title, box.dataset.subject);
  const body = document.createElement('textarea');
  body.rows = 8;
  body.placeholder = 'Add an optional extended description…';
  body.setAttribute('aria-label', 'Extended description');
  controlled(body, box.dataset.body);
  form.append(title, body);
  const buttons = document.createElement('div');
  const confirm = document.createElement('button');
  confirm.className = 'button primary';
  confirm.textContent = 'Confirm squash and merge';
  const cancel = document.createElement('button');
  cancel.className = 'button';
  cancel.textContent = 'Cancel';
  cancel.dataset.cancel = '';
  cancel.onclick = () => {
    form.remove();
    buttons.replaceWith(actions);
  };
  buttons.append(confirm, cancel);
  actions.replaceWith(form, buttons);
}

// The page renders again by itself, as React does when its data comes.
document.addEventListener('demo:render', () => show(location.href));

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-soft]');
  if (link && event.button === 0 && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    visit(link.href, true);
  } else if (event.target.closest?.('[data-edit]')) edit();
  else if (event.target.closest?.('[data-merge]')) merge(event.target.closest('[data-merge]'));
});
