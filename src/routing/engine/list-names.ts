/** Names for a message: quoted, the first ones only, with the number of the others. */
export function listNames(names: readonly string[], maximum = 20): string {
  const shown = names
    .slice(0, maximum)
    .map((name) => JSON.stringify(name))
    .join(', ');
  return names.length > maximum ? `${shown} and ${names.length - maximum} more` : shown;
}
