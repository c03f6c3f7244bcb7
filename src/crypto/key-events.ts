/** What happened to an encryption key, or to secrets under it. */
export type KeyEvent =
  | { readonly action: 'key.add'; readonly keyId: string }
  | { readonly action: 'key.retire'; readonly keyId: string }
  | { readonly action: 'key.rewrap'; readonly keyId: string; readonly formerKeyId: string };

/** Records key events in the audit log. Keys belong to no account, so `accounts/` implements it. */
export abstract class KeyEvents {
  /** Records the event in one account, or in every account. Call it inside the unit of work of the change. */
  abstract record(event: KeyEvent, accountId: string | null): Promise<void>;
}
