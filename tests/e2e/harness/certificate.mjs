// A certificate for the hosts that the local server plays, made anew for every run and kept nowhere.

import { generate } from 'selfsigned';

/** Key and certificate of these host names, in PEM. */
export async function certificate(hosts) {
  const made = await generate([{ name: 'commonName', value: 'squashcast tests' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) }],
  });
  return { key: made.private, cert: made.cert };
}
