/** Where the server is a cluster: the URL of each of its nodes. */
const nodes = (process.env['CARET_TEST_MARIADB_NODES'] ?? '').split(' ').filter(Boolean);

export const isCluster = nodes.length > 1;

/** The same database as a further replica reaches it: at the next node where the server is a cluster. */
export function envOfReplica<T extends { readonly DATABASE_URL: string }>(env: T, replica: number): T {
  const node = nodes[replica % nodes.length];
  if (node === undefined) return env;
  const url = new URL(env.DATABASE_URL);
  url.port = new URL(node).port;
  return { ...env, DATABASE_URL: url.href };
}
