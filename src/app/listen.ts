import { lookup } from 'node:dns/promises';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { StartupError } from '../common/startup-error';
import type { AppConfig } from '../config/config';
import { AdditionalListeners } from '../http/server/additional-listeners';
import { EgressPolicy } from '../upstream/egress/egress-policy';

type ListenAddress = Pick<AppConfig, 'host' | 'port'>;

/**
 * Listens on HOST and PORT, for `localhost` on all of its addresses, and denies the bound port as an upstream. Throws
 * StartupError with the variable at fault.
 */
export async function listen(app: NestFastifyApplication, { host, port }: ListenAddress): Promise<void> {
  const additional = new AdditionalListeners(app.getHttpAdapter().getInstance());
  try {
    const [first = host, ...others] = host === 'localhost' ? await addressesOf(host) : [];
    await app.listen(port, first);
    for (const other of others) await additional.listen(other);
  } catch (error) {
    const problem = problemOf(String((error as NodeJS.ErrnoException).code), { host, port });
    throw problem ? new StartupError(problem) : error;
  }
  app.get(EgressPolicy).denyOwnEndpoint({ host, port: boundPort(app) });
}

async function addressesOf(name: string): Promise<string[]> {
  // First the address that every machine has.
  const found = await lookup(name, { all: true, order: 'ipv4first' });
  return [...new Set(found.map(({ address }) => address))];
}

/** The URL of a service that listens on `host`. */
export function serviceUrl(app: NestFastifyApplication, host: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${boundPort(app)}`;
}

function boundPort(app: NestFastifyApplication): number {
  return (app.getHttpServer().address() as AddressInfo).port;
}

function problemOf(code: string, { host, port }: ListenAddress): string | undefined {
  const problems = new Map([
    ['EADDRINUSE', `PORT: another process listens on ${host}:${port}. Stop it, or set another PORT.`],
    ['EACCES', `PORT: ${port} needs privileges that this process does not have. Set a PORT from 1024.`],
    ['EADDRNOTAVAIL', 'HOST: is not an address of this machine.'],
    ['EAFNOSUPPORT', 'HOST: this machine does not support its address family.'],
    ['EINVAL', 'HOST: is not an address to listen on. A link-local address needs its zone.'],
    ['ENOTFOUND', 'HOST: the name does not resolve to an address.'],
    ['EAI_AGAIN', 'HOST: the name does not resolve to an address.'],
  ]);
  return problems.get(code);
}
