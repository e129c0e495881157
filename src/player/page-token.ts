import type { SpeechClientOptions } from '../core/client-options.ts';
import type { Credentials, ExpiringToken } from '../core/credentials.ts';
import { gatewayAddress, gatewayToken } from '../core/gateway-token.ts';
import { renewableCredentials } from '../core/renewable-credentials.ts';
import type { Player } from './player.ts';

/** What asks one address with certain headers, and keeps the token. */
interface TokenHolder {
  readonly credentials: Credentials;
  /** When its token ends, in milliseconds since 1970. */
  endsAt: number;
}

/** By address and headers. */
type TokenHolders = Map<string, TokenHolder>;

/** Each player has its own: no script sees the sign-in cookie change, so that another user needs another player. */
const holders: WeakMap<Player, TokenHolders> = /* @__PURE__ */ new WeakMap<Player, TokenHolders>();

/**
 * What a speech of `player` asks for the token of the gateway whose address its `token` is: the last one that came, unless it
 * is too old; another one when asked again.
 *
 * @throws TypeError when it can't be an address
 */
export function pageToken(player: Player, options: SpeechClientOptions): () => Promise<string> {
  const { credentials } = holderOf(player, options);
  let given: string | undefined;
  return async () => {
    if (given) credentials.refuse?.(given);
    [, given = ''] = (await credentials.header()) ?? [];
    return given.slice('Bearer '.length);
  };
}

function holderOf(player: Player, options: SpeechClientOptions): TokenHolder {
  const { token, headers, timeout, idleTimeout, fetch } = options;
  const address = gatewayAddress(token as URL);
  const ask = (): Promise<ExpiringToken> => gatewayToken(address, { headers, timeout, idleTimeout, fetch });
  // What a fetch of the page's own adds is not known.
  if (fetch) return tokenHolder(ask);
  let known = holders.get(player);
  if (!known) holders.set(player, (known = new Map()));
  for (const [key, { endsAt }] of known) if (endsAt <= Date.now()) known.delete(key);
  const key = JSON.stringify([address, headers]);
  const holder = known.get(key) ?? tokenHolder(ask);
  known.set(key, holder);
  return holder;
}

function tokenHolder(ask: () => Promise<ExpiringToken>): TokenHolder {
  const holder: TokenHolder = { credentials: renewableCredentials(renew), endsAt: Infinity };
  return holder;

  async function renew(): Promise<ExpiringToken> {
    // Not known yet; who asks meanwhile shares the answer.
    holder.endsAt = Infinity;
    try {
      const answer = await ask();
      holder.endsAt = answer.expiresAt ?? Infinity;
      return answer;
    } catch (error) {
      holder.endsAt = 0;
      throw error;
    }
  }
}
