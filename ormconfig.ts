import 'reflect-metadata';
import { schema } from './src/app/schema';
import { loadProcessConfig } from './src/config/config';
import { createDataSource } from './src/database/create-data-source';

/** For the TypeORM command line: `npm run typeorm -- migration:show`. Caret itself migrates at start. */
const config = loadProcessConfig();

export default createDataSource(config.database, config.databasePoolSize, schema);
