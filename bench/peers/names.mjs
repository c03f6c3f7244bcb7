export const API_KEY = 'sk-bench-0123456789abcdefghijklmnopqrstuv';

/** A name of fixed length, so that all responses about one deployment have the same length. */
const padded = (number) => String(number).padStart(6, '0');

export const deploymentName = (number) => `deployment-${padded(number)}`;
export const modelName = (number) => `model-${padded(number)}`;

/** Throws if a response does not name exactly the deployments with these numbers. */
export function expectModels(job, responses, numbers) {
  const found = new Set(responses.flatMap((bytes) => bytes.toString().match(/model-\d{6}/g) ?? []));
  const missing = numbers.filter((number) => !found.has(modelName(number)));
  if (missing.length > 0 || found.size !== numbers.length)
    throw new Error(`${job}: ${found.size} deployments, not ${numbers.length}; ${missing.length} missing`);
}
