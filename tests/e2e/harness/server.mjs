// An HTTPS server on loopback that plays every host by its Host header. A request to a host that nobody plays is a
// failure of the test: no test reaches the network.

import { createServer } from 'node:https';
import { certificate } from './certificate.mjs';

/** Browsers ask for these by themselves; nobody is meant by it. */
const NOISE =
  /(^|\.)(mozilla\.(com|org|net)|firefox\.com|google\.com|googleapis\.com|gstatic\.com|gvt1\.com|googleusercontent\.com|clients\d*\.google\.com|example\.(com|org))$/;

/**
 * Starts the server. `hosts` is host name → `async (request) => answer`; a request is `{method, host, path, query,
 * headers, body, cookies}`, an answer `{status, headers, body}`, `'hang'` (never answered) or `'drop'` (the connection
 * is cut).
 */
export async function serve(hosts) {
  const log = [];
  const strangers = [];
  const sockets = new Set();
  const server = createServer(await certificate([...hosts.keys(), 'localhost']), async (incoming, outgoing) => {
    const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
    const url = new URL(incoming.url, `https://${host || 'localhost'}`);
    const play = hosts.get(host);
    if (!play) {
      if (!NOISE.test(host)) strangers.push(`${incoming.method} https://${host}${incoming.url}`);
      outgoing.writeHead(404).end();
      return;
    }
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const request = {
      method: incoming.method,
      host,
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    };
    let answer;
    try {
      answer = await play(request);
    } catch (error) {
      strangers.push(`${request.method} https://${host}${incoming.url}: ${error.stack}`);
      answer = { status: 500, headers: {}, body: '' };
    }
    log.push({ method: request.method, host, url: url.href, headers: request.headers, body: request.body, status: answer.status ?? 0 });
    if (answer === 'hang') return;
    if (answer === 'drop') {
      incoming.socket.destroy();
      return;
    }
    outgoing.writeHead(answer.status ?? 200, { 'cache-control': 'no-cache', ...answer.headers });
    outgoing.end(request.method === 'HEAD' ? undefined : answer.body);
    if (answer.cut) outgoing.destroy();
  });
  // Plain HTTP, where a page names it: nobody answers there.
  server.on('tlsClientError', (_, socket) => socket.destroy());
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    hosts,
    /** Every request that was answered, in order. */
    log,
    /** Requests nobody should have made. */
    strangers,
    /** Ends it, and every connection with it. */
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
