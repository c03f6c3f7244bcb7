import { DataSource } from 'typeorm';
import type { TestApp } from '../app/app';

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
