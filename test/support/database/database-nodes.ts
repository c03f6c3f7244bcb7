/** The URL of each node if the server is a cluster. */
const nodes = (process.env['CARET_TEST_MARIADB_NODES'] ?? '').split(' ').filter(Boolean);

export const isCluster = nodes.length > 1;

/** Points a further replica at the next node of a cluster. Returns the environment unchanged for a single server. */
export function envOfReplica<T extends { readonly DATABASE_URL: string }>(env: T, replica: number): T {
  const node = nodes[replica % nodes.length];
  if (node === undefined) return env;
  const url = new URL(env.DATABASE_URL);
  url.port = new URL(node).port;
  return { ...env, DATABASE_URL: url.href };
}
