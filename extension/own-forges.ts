// Forges at addresses of the user's own. An address is in the list because the user put it there and gave the permission
// for it: content scripts are registered for exactly these, and whatever a page says of itself, this list says what it is.

/** A forge that people host themselves: its id, and the name it is offered under. */
export interface Hosted {
  id: string;
  name: string;
  /** Where everybody can have an account: offered, so that it need not be typed. */
  known?: string[];
}

/** All of them, one line each; the content script of one is `content-ID.js`. */
export const HOSTED: Hosted[] = [
  { id: 'github', name: 'GitHub Enterprise Server' },
  { id: 'azure', name: 'Azure DevOps', known: ['https://dev.azure.com'] },
  { id: 'bitbucket-data-center', name: 'Bitbucket Data Center' },
  { id: 'forgejo', name: 'Forgejo', known: ['https://codeberg.org'] },
  { id: 'gitea', name: 'Gitea', known: ['https://gitea.com'] },
  { id: 'gitlab', name: 'GitLab' },
];

/** A forge of the user's own: where its pages begin, and which it is. */
export interface Own {
  /** `https://git.acme.org`, with the path it is served under where there is one; no slash at the end. */
  root: string;
  /** The id of one of `HOSTED`. */
  forge: string;
}

/** The address of a forge as the user types it, or pastes from anywhere within it; null where it cannot be one. */
export function rootOf(typed: string): string | null {
  const text = typed.trim();
  const address = /^[a-z][a-z\d+.-]*:/i.test(text) && !/^[^/]*:\d/.test(text) ? text : `https://${text}`;
  if (!URL.canParse(address)) return null;
  const { protocol, origin, hostname, pathname, username, port } = new URL(address);
  // Over plain HTTP a token would be anybody's; with a port, a permission cannot be as narrow as the address.
  if (protocol !== 'https:' || username || port || !/^[a-z\d-]+(\.[a-z\d-]+)*$/.test(hostname)) return null;
  const path = pathname.replace(/\/+$/, '');
  return /^(\/[\w.~-]+)*$/.test(path) ? origin + path : null;
}

/** What the browser is asked for: the host of the address, all of it, as host permissions know no paths. */
export function permission(root: string): string {
  return `${new URL(root).origin}/*`;
}

/** The forge of one's own that an address lies in; of several the innermost. */
export function ownOf(url: string, all: Own[]): Own | null {
  const within = all.filter(({ root }) => url === root || url.startsWith(`${root}/`));
  return within.sort((a, b) => b.root.length - a.root.length)[0] ?? null;
}

const PREFIX = 'own ';

/** Registers the content scripts of these forges, and no others; what has no permission (any more) is left out. */
export async function register(all: Own[]): Promise<void> {
  const permitted = await Promise.all(all.map(({ root }) => chrome.permissions.contains({ origins: [permission(root)] })));
  const wanted = new Map(all.filter((_, index) => permitted[index]).map((own) => [`${PREFIX}${own.root}`, own]));
  const there = (await chrome.scripting.getRegisteredContentScripts()).filter(({ id }) => id.startsWith(PREFIX));
  const script = ({ forge }: Own) => `content-${forge}.js`;
  const right = (id: string, js: string[] | undefined) => {
    const own = wanted.get(id);
    return own !== undefined && js?.join().endsWith(script(own));
  };
  const stale = there.filter(({ id, js }) => !right(id, js)).map(({ id }) => id);
  if (stale.length > 0) await chrome.scripting.unregisterContentScripts({ ids: stale });
  const kept = new Set(there.map(({ id }) => id).filter((id) => !stale.includes(id)));
  const fresh = [...wanted].filter(([id]) => !kept.has(id));
  if (fresh.length === 0) return;
  await chrome.scripting.registerContentScripts(
    fresh.map(([id, own]) => ({
      id,
      matches: [`${own.root}/*`],
      js: [script(own)],
      runAt: 'document_idle' as const,
      persistAcrossSessions: true,
    })),
  );
}
