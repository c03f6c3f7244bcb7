import type { MariadbServer } from './mariadb-server';

const KEY = Symbol.for('caret.test.mariadb');
const store = globalThis as { [KEY]?: MariadbServer };

/** Jest loads set-up and teardown apart from one another: only the global object is common to both. */
export function shareServer(server: MariadbServer): void {
  store[KEY] = server;
}

export function sharedServer(): MariadbServer | undefined {
  return store[KEY];
}
