/** Loaded before Caret. Every DNS lookup fails, so no DNS query leaves the machine. */
import { createRequire, syncBuiltinESMExports } from 'node:module';

const dns = createRequire(import.meta.url)('node:dns/promises');
dns.lookup = async (hostname) => {
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname });
};
syncBuiltinESMExports();
