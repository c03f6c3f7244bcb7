import { sharedServer } from './mariadb.shared';

export default async function teardown(): Promise<void> {
  await sharedServer()?.stop();
}
