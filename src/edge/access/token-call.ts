import type { GatewayCall, GatewayReply } from '../gateway-call.ts';
import type { Authorization } from '../gateway-options.ts';
import { rateLimited } from '../limits/rate-limited.ts';
import { Refusal } from '../refusal.ts';
import { readJsonBody } from '../request/read-json-body.ts';
import { narrowGrants } from './narrow-grants.ts';
import { parseGrants } from './parse-grants.ts';
import type { SpeechGrants } from './speech-grants.ts';

/** What a page may say of the token that it asks for: less than it could have. */
interface TokenWish {
  readonly singleUse: boolean;
  readonly disclosure: string | undefined;
  readonly grants: SpeechGrants | undefined;
}

/** Gives a token to whom the app knows. A token is never asked for one: who holds it can't make another. */
export async function tokenCall(call: GatewayCall): Promise<GatewayReply> {
  const { request, settings, record, deadline } = call;
  const authorization = await settings.authorize(request);
  if (!authorization) throw new Refusal('not_authorized', 'The app does not know who asks: sign in first.');
  const { subject, tenant, grants } = authorization;
  record.subject = subject;
  await rateLimited(settings.rateLimit, subject);
  const wish = tokenWish(await readJsonBody(request, settings, deadline));
  const minted = await settings.tokens.mint({
    subject,
    tenant,
    grants: narrowGrants(grants && ownGrants(grants), wish.grants),
    isSingleUse: wish.singleUse,
    disclosure: acceptedNotice(settings.disclosure, authorization, wish),
  });
  return { response: Response.json(minted) };
}

function tokenWish({ singleUse = false, disclosure, grants, ...others }: Readonly<Record<string, unknown>>): TokenWish {
  if (Object.keys(others).length > 0) {
    throw new Refusal('invalid_request', 'The body holds a field that is not open here.');
  }
  if (typeof singleUse !== 'boolean') throw new Refusal('invalid_request', 'singleUse must be true or false.');
  if (disclosure !== undefined && typeof disclosure !== 'string') {
    throw new Refusal('invalid_request', 'disclosure must be the version of the accepted notice.');
  }
  return { singleUse, disclosure, grants: grants === undefined ? undefined : parseGrants(grants) };
}

/** What the app grants; its mistake is the operator's to see. */
function ownGrants(grants: SpeechGrants): SpeechGrants {
  try {
    return parseGrants(grants);
  } catch {
    throw new TypeError('authorize gave grants with a field that is unknown or not what it must be.');
  }
}

/**
 * The version of the notice that was accepted.
 *
 * @throws Refusal when the policy demands another one
 */
function acceptedNotice(
  demanded: string | undefined,
  { disclosure: known }: Authorization,
  { disclosure: told }: TokenWish,
): string | undefined {
  if (demanded === undefined) return known;
  if ((known ?? told) === demanded) return demanded;
  throw new Refusal('disclosure_required', 'The notice must be accepted first: send its version as disclosure.');
}
