export const API_KEY = 'sk-bench-0123456789abcdefghijklmnopqrstuv';

/** Of a fixed length, so that all answers that tell of one deployment have the same one. */
const padded = (number) => String(number).padStart(6, '0');

export const deploymentName = (number) => `deployment-${padded(number)}`;
export const modelName = (number) => `model-${padded(number)}`;

/** Rejects where an answer tells of others than the deployments with these numbers. */
export function expectModels(what, answers, numbers) {
  const told = new Set(answers.flatMap((bytes) => bytes.toString().match(/model-\d{6}/g) ?? []));
  const missing = numbers.filter((number) => !told.has(modelName(number)));
  if (missing.length > 0 || told.size !== numbers.length)
    throw new Error(`${what}: ${told.size} deployments, not ${numbers.length}; ${missing.length} missing`);
}
