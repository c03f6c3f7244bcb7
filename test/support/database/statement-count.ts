import { DataSource } from 'typeorm';
import type { TestApp } from '../app/app';

/** How many times the service turned to its database while `work` ran, on either engine. */
export async function countStatements(app: TestApp, work: () => Promise<unknown>): Promise<number> {
  const spy = jest.spyOn(app.app.get(DataSource), 'createQueryRunner');
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}
