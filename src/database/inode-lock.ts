import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * Locks a file by its device and inode, so that hard links and moved files count as the same file. Returns the release,
 * or null if another process has the lock. The lock is a Linux socket in the abstract namespace, which has no file and
 * ends with the process. Other systems have none, and processes in another network namespace do not see it.
 */
export async function lockInode(file: string): Promise<(() => void) | null> {
  if (process.platform !== 'linux') return () => undefined;
  const { dev, ino } = statSync(file, { bigint: true });
  const server = createServer((socket) => socket.destroy()).unref();
  server.listen({ path: `\0caret-database-${dev}-${ino}`, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  }
  return () => void server.close();
}
