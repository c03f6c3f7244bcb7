import 'reflect-metadata';
import { schema } from './src/app/schema';
import { loadConfig } from './src/config/config';
import { processEnvironment } from './src/config/environment';
import { createDataSource } from './src/database/create-data-source';

/** For the TypeORM command line: `npm run typeorm -- migration:show`. Caret itself migrates at start. */
const config = loadConfig(processEnvironment());

export default createDataSource(config.database, config.databasePoolSize, schema);
