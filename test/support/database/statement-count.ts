import { DataSource } from 'typeorm';
import type { TestApp } from '../app/app';

/** The environment of a service whose polls cannot fall into a count. */
export const WITHOUT_POLLS = { REGISTRY_POLL_MS: '60000' };

/** Counts how often the service requests a query runner from its database during `work`, on either engine. */
export async function countStatements(app: TestApp, work: () => Promise<unknown>): Promise<number> {
  const spy = jest.spyOn(app.app.get(DataSource), 'createQueryRunner');
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}
