const bodies = new Map<string, WeakRef<Buffer>>();

const collected = new FinalizationRegistry<string>((digest) => {
  if (bodies.get(digest)?.deref() === undefined) bodies.delete(digest);
});

/**
 * Returns the body with this digest that is already in memory, or this one. Clients that read a large response slowly then
 * share one buffer, even if the response was built for each of them.
 */
export function shareBody(digest: string, body: Buffer): Buffer {
  const known = bodies.get(digest)?.deref();
  if (known !== undefined) return known;
  bodies.set(digest, new WeakRef(body));
  collected.register(body, digest);
  return body;
}
