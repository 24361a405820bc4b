// The GitLab-like widget: its boxes are there while "Edit commit message" is ticked, and keep what was typed as Vue does.

const kept = new Map();

function render() {
  const list = document.querySelector('.editors');
  if (!list) return;
  const editing = document.querySelector('[data-testid="widget_edit_commit_message"]').checked;
  const squash = document.querySelector('input[name="squash"]').checked;
  const wanted = editing ? [...(squash ? ['squash'] : []), 'merge'] : [];
  list.replaceChildren(
    ...wanted.map((name) => {
      const item = document.querySelector(`#${name}-editor`).content.cloneNode(true);
      const box = item.querySelector('textarea');
      if (kept.has(box.id)) box.value = kept.get(box.id);
      box.dataset.state = box.value;
      return item;
    }),
  );
}

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-testid="widget_edit_commit_message"], input[name="squash"]')) render();
});

document.addEventListener('input', (event) => {
  if (!event.target.matches('textarea.commit-message-edit')) return;
  kept.set(event.target.id, event.target.value);
  event.target.dataset.state = event.target.value;
});
