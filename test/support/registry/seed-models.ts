import type { TestDatabase } from '../database/database';

const ROWS_PER_STATEMENT = 500;

/** Copies a stored model `count` times, directly in the database. `nameOf` returns the name of each copy. */
export async function copyModel(
  database: TestDatabase,
  modelId: string,
  count: number,
  nameOf: (index: number) => string,
): Promise<void> {
  const [original] = await database.query('SELECT * FROM provider_models WHERE id = ?', [modelId]);
  const columns = Object.keys(original!);
  const row = `(${columns.map(() => '?').join(', ')})`;
  for (let start = 0; start < count; start += ROWS_PER_STATEMENT) {
    const size = Math.min(ROWS_PER_STATEMENT, count - start);
    const copies = Array.from({ length: size }, (_, index) => {
      const number = start + index;
      const id = `0193e0a2-0000-7000-8000-${String(number).padStart(12, '0')}`;
      return { ...original, id, model: nameOf(number), model_key: `copy-${number}`, default_of: null };
    });
    await database.query(
      `INSERT INTO provider_models (${columns.join(', ')}) VALUES ${copies.map(() => row).join(', ')}`,
      copies.flatMap((copy) => columns.map((column) => (copy as Record<string, unknown>)[column])),
    );
  }
}
