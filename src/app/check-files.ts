import { join } from 'node:path';
import type { AppConfig, ConfigCheck } from '../config/config';
import { directoryProblem, isDatabaseFileEmpty, storageProblems } from '../config/storage-check';
import { KeyRingError } from '../crypto/crypto.errors';
import { findKeyRing, type KeySources } from '../crypto/find-key-ring';

/** Checks the database file, its folder and the encryption keys, without creating anything. */
export const checkFiles: ConfigCheck = (config, invalidVariables) => {
  const isDatabaseKnown = !invalidVariables.has('DATABASE_URL');
  const problems = isDatabaseKnown ? storageProblems(config) : [];
  const { encryptionKeys, encryptionKeysFile } = config;
  // loadConfig reports two sources of keys itself.
  if (encryptionKeys && encryptionKeysFile) return problems;
  const hasKeyVariable = Boolean(encryptionKeys ?? encryptionKeysFile);
  if (hasKeyVariable) return [...problems, ...keyProblems(config)];
  if (!isDatabaseKnown || problems.length > 0) return problems;
  const folderProblem = config.database.kind === 'sqlite' ? directoryProblem(config.dataDir) : null;
  return folderProblem ? [`DATA_DIR: ${folderProblem}`] : keyProblems(config);
};

/** The sources of keys that a configuration names. */
export function keySourcesOf({
  encryptionKeys,
  encryptionKeysFile,
  dataDir,
  database,
}: AppConfig): KeySources {
  return {
    inlineKeys: encryptionKeys,
    keyFile: encryptionKeysFile,
    defaultKeyFile: join(dataDir, 'encryption.keys'),
    embedded: database.kind === 'sqlite',
    isDatabaseEmpty: () => database.kind === 'sqlite' && isDatabaseFileEmpty(database.file),
  };
}

function keyProblems(config: AppConfig): string[] {
  try {
    findKeyRing(keySourcesOf(config));
    return [];
  } catch (error) {
    if (error instanceof KeyRingError) return [error.message];
    throw error;
  }
}
