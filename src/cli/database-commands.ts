import { DatabaseService } from '../database/database.service';
import { UnitOfWork } from '../database/unit-of-work';
import { defineCommand, withServices } from './define-command';

export const migrate = defineCommand({
  name: 'migrate',
  summary: 'bring the schema up to date, as the service does at start',
  // Opening the database migrates it.
  prepare: () => withServices((_services, print) => Promise.resolve(print('The schema is up to date.'))),
});

/** Each query counts the rows that violate a rule of the registry. */
const RULES: readonly { readonly broken: string; readonly sql: string }[] = [
  {
    broken: 'providers with models but without a default',
    sql: `SELECT COUNT(*) AS broken FROM providers p WHERE EXISTS (SELECT 1 FROM provider_models m WHERE m.provider_id = p.id)
          AND NOT EXISTS (SELECT 1 FROM provider_models m WHERE m.default_of = p.id)`,
  },
  {
    broken: 'models that are the default of another provider',
    sql: 'SELECT COUNT(*) AS broken FROM provider_models WHERE default_of IS NOT NULL AND default_of <> provider_id',
  },
  {
    broken: 'models without their provider',
    sql: 'SELECT COUNT(*) AS broken FROM provider_models m LEFT JOIN providers p ON p.id = m.provider_id AND p.account_id = m.account_id WHERE p.id IS NULL',
  },
  {
    broken: 'models whose name is not in provider_model_names',
    sql: `SELECT COUNT(*) AS broken FROM provider_models m WHERE NOT EXISTS
          (SELECT 1 FROM provider_model_names n WHERE n.model_id = m.id AND n.provider_id = m.provider_id AND n.name_key = m.model_key)`,
  },
  {
    broken: 'providers or tokens without their account',
    sql: `SELECT COUNT(*) AS broken FROM (SELECT account_id FROM providers UNION ALL SELECT account_id FROM api_tokens) owned
          LEFT JOIN accounts a ON a.id = owned.account_id WHERE a.id IS NULL`,
  },
];

export const databaseCheck = defineCommand({
  name: 'check',
  summary: "check the integrity of the database and the registry's rules",
  prepare: () =>
    withServices(async (services, print) => {
      const unitOfWork = services.get(UnitOfWork);
      let isSound = await services.get(DatabaseService).isIntact();
      print(isSound ? 'database: intact' : 'database: DAMAGED');
      for (const { broken, sql } of RULES) {
        const [row] = await unitOfWork.manager.query<{ broken: number | string }[]>(sql);
        const count = Number(row!.broken);
        print(`${broken}: ${count}`);
        isSound &&= count === 0;
      }
      if (!isSound) process.exitCode = 1;
    }),
});
