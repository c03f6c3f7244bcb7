/** Returns a URL's host in lower case, without brackets and without the trailing dot. */
export function normaliseHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

/** Returns a URL's port. The default is 443 for `https:` and 80 for every other scheme. */
export function getPort(url: { readonly protocol: string; readonly port: string }): number {
  return url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
}
