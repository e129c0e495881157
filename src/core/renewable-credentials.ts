import type { Credentials, ExpiringToken } from './credentials.ts';
import { bearer } from './fixed-credentials.ts';

/** The longest time before its end at which a token is replaced, in milliseconds. */
const longestSkew = 30_000;

/**
 * Credentials whose token comes from `ask`: before the first request, shortly before it ends and once it was refused. Calls at
 * the same time share its answer, or its error.
 */
export function renewableCredentials(ask: () => Promise<ExpiringToken>): Credentials {
  let value: string | undefined;
  let renewAt = 0;
  let asking: Promise<string> | undefined;

  function renew(): Promise<string> {
    const renewing: Promise<string> = answer().finally(() => {
      if (asking === renewing) asking = undefined;
    });
    return (asking = renewing);

    async function answer(): Promise<string> {
      const { token, expiresAt = Infinity } = await ask();
      const fresh = bearer(token);
      // An answer that nobody waits for any more is too old.
      if (asking !== renewing) return fresh;
      value = fresh;
      renewAt = expiresAt - Math.min(longestSkew, (expiresAt - Date.now()) / 5);
      return fresh;
    }
  }

  return {
    header: async () => ['authorization', value && Date.now() < renewAt ? value : await (asking ?? renew())],
    refuse: (refused) => {
      if (value === refused) value = undefined;
    },
    giveUp: () => {
      asking = undefined;
    },
  };
}
